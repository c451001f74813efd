#include "reporter/to_fix.h"

#include <algorithm>
#include <array>
#include <span>

#include "reporter/behind.h"
#include "reporter/cause_rows.h"
#include "reporter/clause.h"
#include "reporter/escape.h"
#include "reporter/phrases.h"
#include "reporter/summary.h"

namespace mailprobe::reporter {

namespace {

using evidence::Document;
using evidence::Expectation;
using evidence::Finding;
using evidence::Probe;
using evidence::Verdict;

constexpr std::size_t most_at_the_top = 3;
constexpr std::size_t most_checks = 3;
constexpr std::size_t longest = 400;

// --- what a finding says --------------------------------------------------------------------------------------------

void add_finding(ToFix& into, const Document& document, const Finding& finding) {
  into.check = finding.check;
  into.sentence = whole_sentence(finding.summary, longest);
  into.brief = short_sentence(finding.summary);
  into.advice = finding.advice.empty() ? "" : whole_sentence(finding.advice, longest);
  into.own_part = own_part(document, finding);
  into.whose = fix_by_phrase(finding.fix_by);
}

// --- what an expectation says ---------------------------------------------------------------------------------------

std::string name_of(const Probe& probe) { return one_line(probe.name.empty() ? probe.id : probe.name, longest); }

std::string found_words(const Expectation& expectation) {
  auto found = expectation.found.empty() ? "nothing" : one_line(expectation.found, longest);
  if (found.ends_with('.')) found.pop_back();
  return "expected " + one_line(expectation.text, longest) + ", found " + found;
}

std::string with_probe(std::string text, const Probe* probe) {
  return text + (probe == nullptr ? "" : " · probe " + name_of(*probe));
}

/// Where the message is, and not something about it.
bool is_about_folder(const Expectation& expectation) {
  return std::ranges::any_of(expectation.evidence, [](const auto& at) { return at.ends_with("/mailbox/folder"); });
}

/// In the words of the expectation, but for a message that is wrong on purpose and arrived all the same.
void add_expectation(ToFix& into, const Expectation& expectation, const Probe* probe) {
  const auto cause = expectation.cause ? " (" + std::string(cause_phrase(*expectation.cause)) + ")" : std::string();
  const auto found = found_words(expectation);
  if (probe == nullptr) {
    into.brief = whole_sentence("E" + found.substr(1), longest);
    into.sentence = whole_sentence("E" + found.substr(1) + cause, longest);
    return;
  }
  const auto name = "“" + name_of(*probe) + "”";
  const auto who = name + (probe->fault ? ", wrong on purpose (" + one_line(*probe->fault, longest) + ")" : "");
  const bool passed = is_let_pass(expectation, *probe);
  if (passed && is_about_folder(expectation)) {
    into.sentence = whole_sentence(who + ", arrived in " + one_line(expectation.found, longest), longest);
    into.brief = into.sentence;
    into.where = "expected " + one_line(expectation.text, longest);
  } else {
    into.sentence = whole_sentence(who + ": " + found + cause, longest);
    into.brief = whole_sentence(name + ": " + found, longest);
  }
  if (!passed) return;
  into.whose = fix_by_phrase(let_pass_fix_by);
  into.advice = let_pass_advice;
}

// --- where, and how many --------------------------------------------------------------------------------------------

using Findings = std::vector<const Finding*>;

std::vector<std::string> checks_of(const Findings& findings) {
  std::vector<std::string> names;
  for (const auto* each : findings)
    if (std::ranges::find(names, each->check) == names.end()) names.push_back(each->check);
  return names;
}

/// "a.b, a.c, a.d and 2 more"
std::string listed(const std::vector<std::string>& names) {
  const auto shown = names.size() > most_checks ? most_checks - 1 : names.size();
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) text += (i > 0 ? ", " : "") + names[i];
  return shown == names.size() ? text : text + " and " + std::to_string(names.size() - shown) + " more";
}

/// "a.b ×3"; "a.b, a.c"
std::string checks_phrase(const Findings& findings) {
  const auto names = checks_of(findings);
  return listed(names) + (findings.size() > names.size() ? " ×" + std::to_string(findings.size()) : "");
}

/// "3 expectations failed, 12 not determined"
std::string expectations_phrase(const CauseRow& row) {
  const auto failed = row.failed.size(), open = row.open.size();
  if (failed == 0) return count_of(open, "expectation", "expectations") + " not determined";
  auto text = count_of(failed, "expectation", "expectations") + " failed";
  return open == 0 ? text : text + ", " + std::to_string(open) + " not determined";
}

/// One expectation in its words; of several how many, and the first.
std::string expected_phrase(const Document& document, const CauseRow& row) {
  const auto& first = row.expectation();
  const auto words = with_probe(one_line(first.text, longest), probe_of(document, first));
  if (row.failed.size() + row.open.size() > 1) return expectations_phrase(row) + ", the first: " + words;
  return first.verdict == row.verdict() ? "expected " + words : expectations_phrase(row) + ": " + words;
}

/// Beside expectations only those that failed: what is not known is what those say.
Findings told_as_following(const CauseRow& row, bool asked) {
  auto all = row.following;
  if (asked) std::erase_if(all, [](const Finding* each) { return each->verdict != Verdict::fail; });
  return all;
}

std::string where_of(const Document& document, const CauseRow& row) {
  auto text = row.alike.empty() ? row.finding->check : checks_phrase(row.alike);
  text += " · " + (row.expected() ? expected_phrase(document, row) : row.finding->subject);
  const auto following = told_as_following(row, !document.expectations.empty());
  return following.empty() ? text : text + " · and so " + checks_phrase(following);
}

void count(ToFixCounts& counts, const Findings& findings, bool asked) {
  for (const auto* each : findings) {
    if (each->verdict == Verdict::fail)
      ++counts.failed;
    else if (each->verdict == Verdict::warn)
      ++counts.warnings;
    else if (!asked)
      ++counts.open;
  }
}

ToFixCounts counts_of(const CauseRow& row, bool asked) {
  ToFixCounts counts{.failed_expectations = row.failed.size(), .open_expectations = row.open.size()};
  if (row.expected()) return counts;
  count(counts, row.alike, asked);
  count(counts, row.following, asked);
  return counts;
}

ToFix told(const Document& document, const CauseRow& row) {
  ToFix out{.verdict = row.verdict(), .counts = counts_of(row, !document.expectations.empty())};
  if (row.finding != nullptr) {
    add_finding(out, document, *row.finding);
    out.where = where_of(document, row);
    return out;
  }
  const auto& expectation = row.expectation();
  add_expectation(out, expectation, probe_of(document, expectation));
  if (row.failed.size() + row.open.size() > 1)
    out.where = expectations_phrase(row) + (out.where.empty() ? "" : " · " + out.where);
  return out;
}

// --- the few at the top ---------------------------------------------------------------------------------------------

std::string title_of(Verdict verdict) {
  if (verdict == Verdict::fail) return "What to fix first";
  return verdict == Verdict::warn ? "What could be better" : "What stands in the way";
}

struct Counted {
  std::size_t ToFixCounts::* which;
  std::string_view one, many;
};
constexpr std::array<Counted, 5> counted{
    {{&ToFixCounts::failed_expectations, "more expectation that failed", "more expectations that failed"},
     {&ToFixCounts::failed, "more failure", "more failures"},
     {&ToFixCounts::open_expectations, "more expectation that is not determined",
      "more expectations that are not determined"},
     {&ToFixCounts::open, "more that is not determined", "more that are not determined"},
     {&ToFixCounts::warnings, "more warning", "more warnings"}}};

std::string rest_of(std::span<const ToFixCounts> rest) {
  std::string text;
  for (const auto& [which, one, many] : counted) {
    std::size_t all = 0;
    for (const auto& each : rest) all += each.*which;
    if (all > 0) text += (text.empty() ? "And " : ", ") + count_of(all, one, many);
  }
  return text.empty() ? text : text + ", below.";
}

bool is_told(const CauseRow& row) { return row.rank != Rank::nothing; }

/// What is wrong, by cause; nothing where all is well.
std::vector<CauseRow> rows_of(const Document& document) {
  return overall_verdict(document) == Verdict::pass ? std::vector<CauseRow>{} : rows_by_cause(document);
}

}  // namespace

std::vector<ToFix> all_to_fix(const Document& document) {
  std::vector<ToFix> all;
  for (const auto& row : rows_of(document))
    if (is_told(row)) all.push_back(told(document, row));
  return all;
}

FirstToFix first_to_fix(const Document& document) {
  FirstToFix out;
  std::vector<ToFixCounts> rest;
  for (const auto& row : rows_of(document))
    if (is_told(row) && out.few.size() < most_at_the_top)
      out.few.push_back(told(document, row));
    else
      rest.push_back(counts_of(row, !document.expectations.empty()));
  if (out.few.empty()) return {};
  out.title = title_of(out.few.front().verdict);
  out.rest = rest_of(rest);
  return out;
}

}  // namespace mailprobe::reporter
