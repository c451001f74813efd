#include "probe/sent_to.h"

#include <fcntl.h>

#include <algorithm>

#include "base/files.h"
#include "base/text.h"
#include "receiver/folder.h"

namespace mailprobe::probe {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_file = 256UL * 1024 * 1024;  // some millions of messages in a month
constexpr std::size_t months_kept = 4;                 // the one that goes on, and three before it

/// "2026-01": names in the order of time.
bool is_month(std::string_view name) {
  return name.size() == 7 && name[4] == '-' &&
         std::ranges::all_of(name, [](char c) { return is_digit(c) || c == '-'; });
}

/// "id time domain recipient", or "id recipient" of an older version. A recipient may have spaces, and is no time.
std::optional<SentMessage> message_of(std::string_view line) {
  const auto word = [&line] {
    const auto end = std::min(line.find(' '), line.size());
    const auto one = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return one;
  };
  SentMessage message;
  message.id = word();
  if (message.id.empty() || line.empty()) return std::nullopt;
  message.recipient = line;
  message.at = parse_rfc3339(word());
  if (!message.at) return message;
  message.from_domain = word();
  message.recipient = line;
  return message;
}

Result<std::string> text_of(const fs::path& path) {
  const auto file = File::open(path, O_RDONLY);
  if (!file) return std::unexpected(file.error());
  return read_all(*file, max_file, path);
}

}  // namespace

SentTo SentTo::beside(const fs::path& runs) { return SentTo(receiver::home_of(runs) / "sent"); }

/// The newest first.
std::vector<fs::path> SentTo::files() const {
  std::vector<fs::path> all;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error))
    if (is_month(entry.path().filename().string())) all.push_back(entry.path());
  std::ranges::sort(all, std::greater{});
  return all;
}

void SentTo::forget_old() const {
  const auto all = files();
  std::error_code ignored;
  for (std::size_t i = months_kept; i < all.size(); ++i) fs::remove(all[i], ignored);
}

Result<void> SentTo::note(std::string_view id, const Mailbox& recipient, std::string_view from_domain, Time now) const {
  if (auto done = make_directory(folder_); !done) return done;
  const auto path = folder_ / rfc3339(now).substr(0, 7);
  std::error_code error;
  if (!fs::exists(path, error)) forget_old();
  const auto file = File::open(path, O_WRONLY | O_CREAT | O_APPEND);
  if (!file) return std::unexpected(file.error());
  const auto line =
      std::string(id) + " " + rfc3339(now) + " " + to_lower(from_domain) + " " + to_lower(recipient.text()) + "\n";
  return write_all(*file, line, path);
}

/// The newest month first, and in it the order of sending.
Result<std::optional<SentMessage>> SentTo::find_if(const Wanted& wanted) const {
  for (const auto& path : files()) {
    const auto text = text_of(path);
    if (!text) return std::unexpected(text.error());
    for (const auto line : split(*text, '\n')) {
      const auto message = message_of(line);
      if (message && wanted(*message)) return message;
    }
  }
  return std::nullopt;
}

Result<std::optional<SentMessage>> SentTo::find(const std::vector<std::string>& ids) const {
  return find_if([&](const SentMessage& message) { return std::ranges::find(ids, message.id) != ids.end(); });
}

Result<std::vector<SentMessage>> SentTo::between(Time from, Time until) const {
  std::vector<SentMessage> all;
  const auto searched = find_if([&](const SentMessage& message) {
    if (message.at && *message.at >= from && *message.at <= until) all.push_back(message);
    return false;
  });
  if (!searched) return std::unexpected(searched.error());
  return all;
}

Result<bool> SentTo::knows(const Mailbox& recipient) const {
  const auto address = to_lower(recipient.text());
  const auto found = find_if([&](const SentMessage& message) { return message.recipient == address; });
  if (!found) return std::unexpected(found.error());
  return found->has_value();
}

}  // namespace mailprobe::probe
