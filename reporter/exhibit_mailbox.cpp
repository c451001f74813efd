#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "evidence/secrecy.h"
#include "reporter/dkim_story.h"
#include "reporter/exhibit_parts.h"
#include "reporter/headline.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

using evidence::MailboxCopy;

constexpr std::size_t most_signatures = 3, most_changed = 4;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string result_text(const auth::MethodResult& result) {
  auto text = result.method + "=" + result.result;
  if (!result.reason.empty()) text += " (" + result.reason + ")";
  for (const auto& [name, value] : result.properties) text.append(" ").append(name).append("=").append(value);
  return text;
}

std::string dkim_text(const auth::Dkim& one) {
  return fmt::format("{} {} {}: {}{}", one.selector, one.algorithm, one.canonicalization, word(one.result),
                     one.reason.empty() ? "" : ", " + one.reason);
}

std::string_view kind_of(std::string_view line) {
  return line.starts_with('+') ? "added" : line.starts_with('-') ? "removed" : "";
}

/// The lines that differ, not those around them.
void add_changed(ExhibitLines& lines, std::string_view diff) {
  std::size_t count = 0;
  if (trim(diff) == evidence::not_shown && lines.empty()) lines.push_back({"note", std::string(evidence::not_shown)});
  for (const auto line : diff_lines(diff)) {
    const auto kind = kind_of(line);
    if (kind.empty() || trim(line.substr(1)).empty() || count == most_changed) continue;
    lines.push_back({kind, std::string(line.substr(1))});
    ++count;
  }
}

}  // namespace

ExhibitLines folder_lines(const evidence::Probe& probe) {
  if (probe.mailbox) {
    const auto& copy = *probe.mailbox;
    return {{"", "in " + copy.folder + ", " + duration(copy.delay_ms) + " after it was accepted" +
                     (copy.copies > 1 ? fmt::format(", {} copies", copy.copies) : "")}};
  }
  if (!probe.watch || !handed_over(probe)) return {};
  const auto& watch = *probe.watch;
  ExhibitLines lines{{"", (watch.completed ? "in none of " : "not found until now in ") + joined(watch.folders) +
                              ", after " + duration(watch.waited_ms)}};
  if (watch.error) lines.push_back({"note", *watch.error});
  return lines;
}

ExhibitLines recorded_lines(const MailboxCopy& copy, std::string_view method) {
  ExhibitLines lines;
  for (const auto& field : copy.authentication_results) {
    const auto whose = (field.authserv_id.empty() ? "no authserv-id" : field.authserv_id) +
                       (field.trusted ? ": " : " (not trusted): ");
    for (const auto& result : field.results)
      if (method.empty() || iequals(result.method, method)) lines.push_back({"", whose + result_text(result)});
  }
  if (lines.empty())
    lines.push_back({"note", method.empty() ? "no Authentication-Results in the copy"
                                            : "nothing of " + std::string(method) + " in the copy"});
  return lines;
}

ExhibitLines dkim_lines(const std::vector<auth::Dkim>& signatures) {
  ExhibitLines lines;
  for (const bool broken : {true, false})
    for (const auto& one : signatures)
      if ((one.result != auth::DkimOutcome::pass) == broken && lines.size() < most_signatures)
        lines.push_back({"", dkim_text(one)});
  if (signatures.size() > lines.size())
    lines.push_back({"note", fmt::format("and {} more", signatures.size() - lines.size())});
  if (signatures.empty()) lines.push_back({"note", "no DKIM signature"});
  return lines;
}

ExhibitLines signature_lines(const MailboxCopy& copy) {
  auto lines = dkim_lines(copy.dkim);
  const auto all = changes(copy);
  if (!all.empty()) add_changed(lines, all.front().mutation.diff);
  return lines;
}

ExhibitLines change_lines(const MailboxCopy& copy, bool body) {
  ExhibitLines lines;
  for (const auto& change : changes(copy))
    if ((change.mutation.part == "body") == body) add_changed(lines, change.mutation.diff);
  return lines;
}

ExhibitLines hop_lines(const MailboxCopy& copy) {
  ExhibitLines lines;
  for (const auto& hop : copy.hops)
    lines.push_back({"", fmt::format("from {} by {} with {}{}", hop.from.empty() ? "?" : hop.from, hop.by, hop.protocol,
                                     hop.tls ? fmt::format(", {} ({})", *hop.tls, word(hop.tls_source)) : "")});
  return lines;
}

ExhibitLines spf_lines(const std::optional<auth::Spf>& spf) {
  if (!spf) return {};
  return {
      {"", fmt::format("{} for {}{}{}", word(spf->result), spf->domain, spf->mechanism ? ", by " + *spf->mechanism : "",
                       spf->reason.empty() ? "" : ": " + spf->reason)}};
}

ExhibitLines dmarc_lines(const auth::Dmarc& dmarc) {
  return {{"", fmt::format("{} of {}{}{}", dmarc.result ? word(*dmarc.result) : "not evaluated", dmarc.domain,
                           dmarc.policy ? fmt::format(", p={}", word(*dmarc.policy)) : "",
                           dmarc.reason.empty() ? "" : ": " + dmarc.reason)}};
}

ExhibitLines arc_lines(const std::optional<auth::Arc>& arc) {
  if (!arc) return {};
  ExhibitLines lines{{"", std::string(word(arc->result)) + (arc->reason.empty() ? "" : ": " + arc->reason)}};
  for (const auto& set : arc->instances)
    lines.push_back({"", fmt::format("i={} by {}, cv={}", set.instance, set.domain, set.cv)});
  return lines;
}

}  // namespace mailprobe::reporter
