// A summary to paste into a ticket: what is wrong, whose it is and what to do; then what holds, in one line. GitHub's
// and GitLab's Markdown.
#include <fmt/format.h>

#include "reporter/comparison.h"
#include "reporter/markdown_parts.h"
#include "reporter/phrases.h"
#include "reporter/reporter.h"
#include "reporter/score_words.h"
#include "reporter/summary.h"

namespace mailprobe::reporter {

namespace {

using evidence::Document;
using evidence::FixBy;
using evidence::Verdict;

std::string_view whose(FixBy who) {
  switch (who) {
    case FixBy::domain_owner: return "the domain's owner";
    case FixBy::provider: return "the provider";
    case FixBy::us: return "us, who test";
    case FixBy::nobody: break;
  }
  return "";
}

bool is_open(const evidence::Finding& finding) {
  return finding.verdict == Verdict::fail || finding.verdict == Verdict::warn || finding.verdict == Verdict::error ||
         finding.verdict == Verdict::inconclusive;
}

std::string told(const Document& document, const evidence::Finding& finding) {
  auto text = finding.summary;
  if (const auto ours = own_part(document, finding); !ours.empty()) text += " May come from us: " + ours + ".";
  return text + (finding.advice.empty() ? "" : " ") + finding.advice;
}

void add_table(std::string& out, const Document& document) {
  std::string rows;
  for (const auto& group : tested_groups(document))
    for (const evidence::Finding& finding : group.findings)
      if (is_open(finding))
        rows +=
            fmt::format("| **{}** | {} | {} | {} | {} |\n", word(finding.verdict), markdown_text(finding.check),
                        markdown_text(finding.subject), markdown_text(told(document, finding)), whose(finding.fix_by));
  if (rows.empty()) return;
  out += "\n| | Check | Where | What, and what to do | Who can fix it |\n|---|---|---|---|---|\n" + rows;
}

void add_names(std::string& out, const Document& document, Verdict verdict, std::string_view title) {
  std::string names;
  std::string last;
  for (const auto& finding : document.findings) {
    if (finding.verdict != verdict || finding.check == last) continue;
    last = finding.check;
    names += (names.empty() ? "" : ", ") + markdown_text(finding.check);
  }
  if (!names.empty()) out += fmt::format("\n{}: {}\n", title, names);
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
  add_table(out, document);
  out += markdown_traps(document);
  add_since(out, document);
  add_names(out, document, Verdict::pass, "Holds");
  add_names(out, document, Verdict::not_tested, "Not tested");
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
