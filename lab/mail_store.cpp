#include <algorithm>

#include "base/text.h"
#include "lab/mailbox.h"

namespace mailprobe::lab {

namespace {

/// Another one at each start, so that no client takes old UIDs for these (RFC 3501 §2.3.1.1).
std::uint32_t new_uidvalidity() {
  return static_cast<std::uint32_t>(std::chrono::floor<std::chrono::seconds>(now()).time_since_epoch().count());
}

}  // namespace

MailStore::MailStore() {
  const auto validity = new_uidvalidity();
  for (const auto& [name, use] : {std::pair{"INBOX", ""}, {"Junk", "\\Junk"}})
    folders_.push_back({.name = name, .special_use = use, .uidvalidity = validity, .uidnext = 1, .messages = {}});
}

MailStore::Folder* MailStore::find(std::string_view name) {
  const auto found = std::ranges::find_if(folders_, [&](const Folder& folder) {
    return folder.name == "INBOX" ? iequals(name, "INBOX") : folder.name == name;  // RFC 3501 §5.1
  });
  return found == folders_.end() ? nullptr : &*found;
}

void MailStore::append(std::string_view folder, std::string raw) {
  auto* into = find(folder);
  if (!into) return;
  into->messages.push_back({.uid = into->uidnext++, .received = now(), .raw = std::move(raw)});
  tell();
}

void MailStore::remove_if(Folder& folder, const std::function<bool(const Message&)>& gone) {
  if (std::erase_if(folder.messages, gone) > 0) tell();
}

std::uint64_t MailStore::subscribe(std::function<void()> callback) {
  subscribers_.emplace_back(next_key_, std::move(callback));
  return next_key_++;
}

void MailStore::unsubscribe(std::uint64_t key) {
  std::erase_if(subscribers_, [key](const auto& each) { return each.first == key; });
}

void MailStore::tell() const {
  const auto all = subscribers_;  // who is told may subscribe or go
  for (const auto& [key, callback] : all) callback();
}

}  // namespace mailprobe::lab
