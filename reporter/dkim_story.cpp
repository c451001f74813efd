#include "reporter/dkim_story.h"

#include <algorithm>

#include "base/text.h"
#include "reporter/escape.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

bool same(const auth::Mutation& a, const auth::Mutation& b) {
  return a.kind == b.kind && a.part == b.part && a.sent == b.sent && a.received == b.received;
}

}  // namespace

std::vector<Change> changes(const evidence::MailboxCopy& copy) {
  std::vector<Change> found;
  for (const auto& signature : copy.dkim)
    for (const auto& mutation : signature.mutation) {
      auto known = std::ranges::find_if(found, [&](const Change& c) { return same(c.mutation, mutation); });
      if (known == found.end()) known = found.insert(found.end(), Change{mutation, {}, {}});
      (signature.result == auth::DkimOutcome::pass ? known->survived : known->broken).push_back(&signature);
    }
  return found;
}

std::string signature_names(const std::vector<const auth::Dkim*>& signatures) {
  std::string text;
  for (const auto* signature : signatures)
    text += (text.empty() ? "" : ", ") + signature->selector + " " + signature->canonicalization;
  return text;
}

std::string remedy_of(const auth::Mutation& mutation) {
  constexpr std::size_t most_bytes = 300;
  auto text = mutation_phrase(mutation.kind, mutation.part).remedy;
  if (!mutation.headers || mutation.headers->empty()) return text;
  std::string list;
  for (const auto& name : *mutation.headers) list += (list.empty() ? "" : ":") + name;
  return text + (text.empty() ? "" : " ") + "With h=" + one_line(list, most_bytes) + " it would have held.";
}

std::vector<std::string_view> diff_lines(std::string_view diff) {
  auto lines = split(diff, '\n');
  if (lines.back().empty()) lines.pop_back();
  const auto first = std::ranges::find_if(lines, [](std::string_view line) { return !trim(line).empty(); });
  lines.erase(lines.begin(), first);
  return lines;
}

std::string parts_phrase(const auth::Dkim& signature) {
  if (!signature.header_ok || !signature.body_ok) return {};
  const bool header = *signature.header_ok, body = *signature.body_ok;
  if (header == body) return header ? "header and body intact" : "header and body changed";
  return header ? "header intact, body changed" : "header changed, body intact";
}

}  // namespace mailprobe::reporter
