#include "lab/mailbox_view.h"

#include <algorithm>

namespace mailprobe::lab {

using Message = MailStore::Message;

MailboxView::MailboxView(MailStore& store, std::string folder, bool read_only)
    : store_(store), name_(std::move(folder)), read_only_(read_only) {
  std::ranges::transform(this->folder().messages, std::back_inserter(uids_), &Message::uid);
}

/// Both are in the order of UIDs.
std::vector<MailboxView::Entry> MailboxView::entries() const {
  std::vector<Entry> all;
  std::uint32_t number = 0;
  auto message = folder().messages.begin();
  const auto end = folder().messages.end();
  for (const auto uid : uids_) {
    ++number;
    while (message != end && message->uid < uid) ++message;
    if (message != end && message->uid == uid) all.push_back({number, &*message});
  }
  return all;
}

std::vector<MailboxView::Entry> MailboxView::chosen(const NumberSet& set, bool by_uid) const {
  auto all = entries();
  const auto last = static_cast<std::uint32_t>(count());
  std::erase_if(all, [&](const Entry& entry) {
    return !(by_uid ? set.contains(entry.message->uid, largest_uid()) : set.contains(entry.number, last));
  });
  return all;
}

/// From the highest number down, so that none of them changes on the way.
std::string MailboxView::removals() {
  std::string lines;
  for (auto number = uids_.size(); number > 0; --number) {
    const auto at = uids_.begin() + static_cast<std::ptrdiff_t>(number - 1);
    const auto& messages = folder().messages;
    if (std::ranges::binary_search(messages, *at, {}, &Message::uid)) continue;
    uids_.erase(at);
    lines += "* " + std::to_string(number) + " EXPUNGE\r\n";
  }
  return lines;
}

std::string MailboxView::news(bool with_removals) {
  auto lines = with_removals ? removals() : std::string{};
  const auto before = uids_.size();
  for (const auto& message : folder().messages)
    if (message.uid > largest_uid()) uids_.push_back(message.uid);
  if (uids_.size() > before) lines += "* " + std::to_string(uids_.size()) + " EXISTS\r\n";
  return lines;
}

}  // namespace mailprobe::lab
