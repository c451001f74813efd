#include <fmt/format.h>

#include "reporter/escape.h"
#include "reporter/expectations.h"
#include "reporter/reporter.h"
#include "reporter/summary.h"

namespace mailprobe::reporter {

namespace {

using evidence::Finding;
using evidence::Verdict;

/// A fault that does not count for the exit status is a TODO (TAP 14, "Directives"): shown, but no failure.
std::string directive(const Finding& finding, Bearing bearing) {
  if (bearing != Bearing::none) return {};
  switch (finding.verdict) {
    case Verdict::fail:
    case Verdict::inconclusive:
    case Verdict::error: return fmt::format(" # TODO {}, not expected of this command", word(finding.verdict));
    case Verdict::not_tested:
    case Verdict::not_applicable: return fmt::format(" # SKIP {}", word(finding.verdict));
    default: return {};
  }
}

bool is_ok(const Finding& finding, Bearing bearing) {
  const auto v = finding.verdict;
  return bearing == Bearing::none && v != Verdict::fail && v != Verdict::inconclusive && v != Verdict::error;
}

void pair(std::string& out, std::string_view key, std::string_view value) {
  if (!value.empty()) out += fmt::format("  {}: {}\n", key, yaml_text(value));
}

std::string diagnostics(const Finding& finding) {
  std::string out = "  ---\n";
  pair(out, "verdict", word(finding.verdict));
  if (finding.grade) pair(out, "grade", word(*finding.grade));
  if (finding.cause) pair(out, "cause", word(*finding.cause));
  pair(out, "subject", finding.subject);
  pair(out, "probe", finding.probe.value_or(""));
  pair(out, "advice", finding.advice);
  pair(out, "reference", finding.reference);
  if (!finding.explained_by.empty()) out += "  explained_by:\n";
  for (const auto& pointer : finding.explained_by) out += fmt::format("    - {}\n", yaml_text(pointer));
  if (!finding.evidence.empty()) out += "  evidence:\n";
  for (const auto& pointer : finding.evidence) out += fmt::format("    - {}\n", yaml_text(pointer));
  return out + "  ...\n";
}

std::string point(const Finding& finding, Bearing bearing, std::size_t number) {
  return fmt::format("{} {} - {}: {}{}\n", is_ok(finding, bearing) ? "ok" : "not ok", number, tap_text(finding.check),
                     tap_text(finding.summary), directive(finding, bearing)) +
         diagnostics(finding);
}

std::size_t count_of_points(const evidence::Document& document) {
  return document.findings.size() + document.expectations.size();
}

/// Numbered from `number` on; what was expected comes first.
std::string points(const evidence::Document& document, Strictness strictness, std::size_t number) {
  std::string out;
  for (const auto& finding : expectation_findings(document))
    out += point(finding, bearing_of(finding.verdict, strictness), number++);
  const auto bearing = bearings(document, strictness);
  for (std::size_t i = 0; i < document.findings.size(); ++i) out += point(document.findings[i], bearing[i], number++);
  return out;
}

std::string plan(std::size_t count) { return fmt::format("TAP version 14\n1..{}\n", count); }

}  // namespace

std::string tap(const evidence::Document& document, Strictness strictness) {
  auto out = plan(count_of_points(document)) + points(document, strictness, 1);
  if (const auto problem = run_problem(document, bearings(document, strictness)); !problem.empty())
    out += "Bail out! " + problem + "\n";
  return out;
}

/// A domain that came to nothing is a point that is not ok: the others go on.
std::string tap(const Documents& documents, Strictness strictness) {
  if (documents.size() == 1) return tap(documents.front(), strictness);
  std::string out;
  std::size_t number = 1;
  for (const auto& document : documents) {
    out += fmt::format("# {}\n", tap_text(document.run.target)) + points(document, strictness, number);
    number += count_of_points(document);
    if (const auto problem = run_problem(document, bearings(document, strictness)); !problem.empty())
      out += fmt::format("not ok {} - {}: {}\n", number++, tap_text(document.run.target), tap_text(problem));
  }
  return plan(number - 1) + out;
}

}  // namespace mailprobe::reporter
