#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "evidence/secrecy.h"
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

/// Names of functions, not of people (RFC 2142), and words of our own vocabulary: masked in addresses only.
bool common_word(std::string_view local) {
  constexpr std::array<std::string_view, 14> words{"postmaster", "abuse",  "info",    "support", "admin",
                                                   "root",       "test",   "mail",    "mailbox", "probe",
                                                   "address",    "domain", "default", "reply"};
  return local.size() < 3 || std::ranges::any_of(words, [&](auto common) { return iequals(local, common); });
}

void add_local_part(std::set<std::string>& words, std::string_view address) {
  const auto at = address.rfind('@');
  if (at == std::string_view::npos) return;
  const auto local = address.substr(0, at);
  if (!common_word(local)) words.emplace(local);
}

/// What must go wherever it stands alone, in a sentence as in a transcript.
std::set<std::string> private_words(const Document& document) {
  std::set<std::string> words;
  add_local_part(words, document.run.target);
  for (const auto& probe : document.probes) {
    add_local_part(words, probe.to);
    if (probe.mailbox && !common_folder(probe.mailbox->folder)) words.insert(probe.mailbox->folder);
    if (probe.smuggling && probe.smuggling->folder && !common_folder(*probe.smuggling->folder))
      words.insert(*probe.smuggling->folder);
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
  for (auto& mark : watch.marks)
    if (!common_folder(mark.folder)) mark.folder = masked;
}

/// All that holds text of a message, ours or theirs. The digest stays: who holds the message can show that it is the
/// one; and so does what was changed, and where.
void drop_messages(evidence::Probe& probe) {
  evidence::each_raw(probe, [](evidence::Raw& raw) {
    raw.base64.reset();
    raw.path.reset();
  });
  evidence::each_mutation(probe, [](auth::Mutation& mutation) { mutation.diff.clear(); });
  if (probe.reflection && !probe.reflection->headers.empty()) probe.reflection->headers = masked;
}

/// Where our files lie tells who we are: in our own words, which findings repeat.
void hide_paths(Document& document) {
  const auto hide = [](std::optional<std::string>& text) {
    if (text) text = mask_paths(*text);
  };
  hide(document.run.problem);
  for (auto& record : document.self.records) hide(record.problem);
  for (auto& probe : document.probes) {
    if (probe.watch) hide(probe.watch->error);
    if (probe.dns_witness) hide(probe.dns_witness->problem);
    if (probe.reply_watch) hide(probe.reply_watch->error);
  }
  for (auto& finding : document.findings) finding.summary = mask_paths(finding.summary);
}

}  // namespace

Document redacted(const Document& document) {
  auto copy = document;
  const auto words = private_words(document);
  for (auto& probe : copy.probes) {
    if (probe.watch) hide_mailbox(*probe.watch);
    drop_messages(probe);
  }
  hide_paths(copy);
  each_text(copy, [&](std::string& text) { text = mask_words(mask_addresses(text), words); });
  return copy;
}

}  // namespace mailprobe::reporter
