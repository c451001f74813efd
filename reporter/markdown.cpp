// A summary to paste into a ticket: what to fix first, what was expected and does not hold, what is wrong, whose it is
// and what to do; then what holds, in one line. GitHub's and GitLab's Markdown.
#include <map>

#include <fmt/format.h>

#include "reporter/comparison.h"
#include "reporter/gathered.h"
#include "reporter/markdown_parts.h"
#include "reporter/phrases.h"
#include "reporter/reporter.h"
#include "reporter/score_words.h"
#include "reporter/summary.h"
#include "reporter/to_fix.h"

namespace mailprobe::reporter {

namespace {

using evidence::Document;
using evidence::Verdict;

bool is_open(const evidence::Finding& finding) {
  return finding.verdict == Verdict::fail || finding.verdict == Verdict::warn || finding.verdict == Verdict::error ||
         finding.verdict == Verdict::inconclusive;
}

std::string told(const Document& document, const evidence::Finding& finding) {
  auto text = finding.summary;
  if (const auto ours = own_part(document, finding); !ours.empty()) text += " May come from us: " + ours + ".";
  return text + (finding.advice.empty() ? "" : " ") + finding.advice;
}

/// What to fix first, and who can.
void add_first(std::string& out, const Document& document) {
  const auto first = first_to_fix(document);
  if (first.few.empty()) return;
  out += fmt::format("\n### {}\n\n", first.title);
  for (std::size_t i = 0; i < first.few.size(); ++i) {
    const auto& each = first.few[i];
    out += fmt::format("{}. **{}**", i + 1, markdown_text(each.sentence));
    if (!each.where.empty()) out += " (" + markdown_text(each.where) + ")";
    if (!each.own_part.empty()) out += " May come from us: " + markdown_text(each.own_part) + ".";
    if (!each.advice.empty()) out += " " + markdown_text(each.advice);
    if (!each.whose.empty()) out += " *To be fixed by " + each.whose + ".*";
    out += "\n";
  }
  if (!first.rest.empty()) out += "\n" + first.rest + "\n";
}

/// What does not hold of what a scenario expects; those that read the same in one row.
void add_expectations(std::string& out, const Document& document) {
  std::string rows;
  for (const auto& [row, probes] : gathered(expectation_rows(document)))
    if (row.verdict != Verdict::pass)
      rows += fmt::format("| **{}** | {} | {} | {} |\n", word(row.verdict), markdown_text(row.text),
                          markdown_text((row.found.empty() ? "nothing" : row.found) +
                                        (row.cause.empty() ? "" : " (" + row.cause + ")")),
                          markdown_text(some_of(probes)));
  if (!rows.empty()) out += "\n### What was expected\n\n| | Expected | Found | Probe |\n|---|---|---|---|\n" + rows;
}

std::string where_of(const Gathered& each) {
  return some_of(each.probes.size() > 1 || each.subjects.empty() ? each.probes : each.subjects);
}

void add_table(std::string& out, const Document& document) {
  std::string rows;
  for (const auto& group : tested_groups(document))
    for (const auto& each : gathered(group.findings, document)) {
      const evidence::Finding& finding = each.first;
      if (!is_open(finding)) continue;
      const auto times = each.times > 1 ? fmt::format(" ×{}", each.times) : "";
      rows += fmt::format("| **{}** | {}{} | {} | {} | {} |\n", word(finding.verdict), markdown_text(finding.check),
                          times, markdown_text(where_of(each)), markdown_text(told(document, finding)),
                          fix_by_phrase(finding.fix_by));
    }
  if (rows.empty()) return;
  out +=
      "\n### Findings\n\n| | Check | Where | What, and what to do | Who can fix it |\n|---|---|---|---|---|\n" + rows;
}

/// What came of a check, over all that it is about.
struct Came {
  std::size_t held = 0, open = 0, not_tested = 0;
};

std::string name_and_count(const std::string& check, std::size_t some, std::size_t all) {
  return markdown_text(check) + (some < all ? fmt::format(" ({} of {})", some, all) : "");
}

/// Each check in one of the two lines, or in none: what does not hold everywhere stands in the table above.
void add_names(std::string& out, const Document& document) {
  std::map<std::string_view, Came> checks;
  std::vector<std::string_view> order;
  for (const auto& finding : document.findings) {
    const auto [came, added] = checks.try_emplace(finding.check);
    if (added) order.push_back(finding.check);
    came->second.held += finding.verdict == Verdict::pass ? 1U : 0U;
    came->second.open += is_open(finding) ? 1U : 0U;
    came->second.not_tested += finding.verdict == Verdict::not_tested ? 1U : 0U;
  }
  std::string holds, not_tested;
  for (const auto check : order) {
    const auto& [held, open, untested] = checks[check];
    if (open > 0) continue;
    auto& names = held > 0 ? holds : not_tested;
    if (held + untested > 0)
      names +=
          (names.empty() ? "" : ", ") + name_and_count(std::string(check), held > 0 ? held : untested, held + untested);
  }
  if (!holds.empty()) out += "\nHolds: " + holds + "\n";
  if (!not_tested.empty()) out += "\nNot tested: " + not_tested + "\n";
}

void add_scores(std::string& out, const Document& document) {
  for (const auto& profile : score_profiles(document)) {
    if (profile.rules) continue;
    std::string line;
    for (const auto& category : profile.categories)
      line +=
          fmt::format("{}{} {}", line.empty() ? "" : "; ", markdown_text(category.name), markdown_text(category.value));
    out += fmt::format("\n{}: {}\n", markdown_text(profile.title), line);
  }
}

/// What is worth a line: not what came or went and is well.
void add_since(std::string& out, const Document& document) {
  if (!document.comparison) return;
  out += fmt::format("\nSince {}: **{}**\n", markdown_text(earlier_phrase(document.comparison->with)),
                     markdown_text(difference_counts(*document.comparison)));
  std::string lines;
  for (const auto& group : difference_groups(*document.comparison))
    for (const auto& row : group.rows)
      if (!row.quiet)
        lines +=
            fmt::format("- {}: {}{}: {}\n", group.title, markdown_text(row.title),
                        row.subject.empty() ? "" : " (" + markdown_text(row.subject) + ")", markdown_text(row.text));
  if (!lines.empty()) out += "\n" + lines;
}

std::string section(const Document& document) {
  const auto head = headline(document);
  const auto whom = addressee(document);
  auto out = fmt::format("## {}: {}\n\n**{}**\n\n", markdown_text(whom.empty() ? "mailprobe" : whom),
                         verdict_label(head.verdict), markdown_text(head.sentence));
  out += fmt::format("{}{}, mailprobe {}{}\n", markdown_text(moment(document.run.started)),
                     head.counts.empty() ? "" : ": " + markdown_text(head.counts), markdown_text(document.run.version),
                     document.run.id ? ", run " + markdown_text(*document.run.id) : "");
  add_first(out, document);
  add_expectations(out, document);
  add_table(out, document);
  out += markdown_traps(document);
  add_since(out, document);
  add_names(out, document);
  add_scores(out, document);
  return out;
}

}  // namespace

std::string markdown(const Documents& documents) {
  std::string out;
  for (const auto& document : documents) out += (out.empty() ? "" : "\n") + section(document);
  return out;
}

}  // namespace mailprobe::reporter
