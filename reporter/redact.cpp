#include <algorithm>
#include <set>

#include "base/text.h"
#include "reporter/each_text.h"
#include "reporter/mask.h"
#include "reporter/reporter.h"

namespace mailprobe::reporter {

namespace {

using evidence::Document;
using evidence::MailboxWatch;

/// Names that say nothing about a person.
bool common_folder(std::string_view name) {
  constexpr std::array<std::string_view, 8> names{"INBOX", "Junk", "Spam", "Archive", "Sent", "Trash", "Drafts", "All"};
  return std::ranges::any_of(names, [&](auto common) { return iequals(name, common); });
}

void add_local_part(std::set<std::string>& words, std::string_view address) {
  const auto local = address.substr(0, std::min(address.rfind('@'), address.size()));
  if (local.size() >= 3 && local != masked) words.emplace(local);
}

/// What must go wherever it stands alone, in a sentence as in a transcript.
std::set<std::string> private_words(const Document& document) {
  std::set<std::string> words;
  add_local_part(words, document.run.target.contains('@') ? document.run.target : std::string{});
  for (const auto& probe : document.probes) {
    for (const auto& address : {probe.to, probe.reverse_path, probe.from}) add_local_part(words, address);
    if (probe.mailbox && !common_folder(probe.mailbox->folder)) words.insert(probe.mailbox->folder);
    if (!probe.watch) continue;
    for (const auto& folder : probe.watch->folders)
      if (!common_folder(folder)) words.insert(folder);
  }
  words.erase("");
  return words;
}

/// Of an IMAP session the commands' names and the tagged answers' states stay: "a3 UID FETCH …", "a3 OK …".
void shorten(Event& event) {
  if (event.dir == Direction::note) return;
  const auto words = split(event.text, ' ');
  const auto keep = std::min<std::size_t>(words.size(), words.size() > 1 && iequals(words[1], "UID") ? 3 : 2);
  const bool untagged = event.dir == Direction::in && event.text.starts_with('*');
  std::string kept;
  for (std::size_t i = 0; i < keep && !untagged; ++i) kept += std::string(words[i]) + ' ';
  if (untagged) kept = "* ";
  if (event.dir == Direction::in && !untagged && (words.size() < 2 || words[0].size() > 8)) kept.clear();
  event.text = kept + std::string(masked);
}

void hide_mailbox(MailboxWatch& watch) {
  for (auto& event : watch.events) shorten(event);
  for (auto& folder : watch.folders)
    if (!common_folder(folder)) folder = masked;
}

/// The digest stays: who holds the message can show that it is the one.
void drop_bytes(evidence::Raw& raw) {
  raw.base64.reset();
  raw.path.reset();
}

}  // namespace

Document redacted(const Document& document) {
  auto copy = document;
  const auto words = private_words(document);
  for (auto& probe : copy.probes) {
    if (probe.watch) hide_mailbox(*probe.watch);
    if (probe.mailbox) drop_bytes(probe.mailbox->raw);
    if (probe.sent) drop_bytes(probe.sent->raw);
  }
  each_text(copy, [&](std::string& text) { text = mask_words(mask_addresses(text), words); });
  return copy;
}

}  // namespace mailprobe::reporter
