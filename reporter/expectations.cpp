#include "reporter/expectations.h"

#include <algorithm>
#include <array>

#include "reporter/behind.h"
#include "reporter/escape.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

using evidence::Document;
using evidence::Expectation;
using evidence::Verdict;

std::string name_of(const Document& document, const Expectation& expectation) {
  const auto* probe = probe_of(document, expectation);
  return probe == nullptr || probe->name.empty() ? expectation.probe.value_or("") : probe->name;
}

std::size_t count(const Document& document, Verdict verdict) {
  return static_cast<std::size_t>(std::ranges::count(document.expectations, verdict, &Expectation::verdict));
}

std::string summary_of(const Expectation& expectation) {
  auto text = one_line(expectation.text, 300);
  if (expectation.verdict == Verdict::pass) return text;
  return text + ": found " + (expectation.found.empty() ? "nothing" : one_line(expectation.found, 300));
}

/// What to do, and who: of what stands behind it.
void add_advice(evidence::Finding& into, const Causes& causes, const Expectation& expectation,
                const evidence::Probe* probe) {
  if (const auto* finding = causes.behind(expectation)) {
    into.advice = finding->advice;
    into.reference = finding->reference;
    into.fix_by = finding->fix_by;
  } else if (probe != nullptr && is_let_pass(expectation, *probe)) {
    into.advice = let_pass_advice;
    into.fix_by = let_pass_fix_by;
  }
}

}  // namespace

std::vector<ExpectationRow> expectation_rows(const Document& document) {
  std::vector<ExpectationRow> rows;
  for (const auto verdict : {Verdict::fail, Verdict::error, Verdict::inconclusive, Verdict::warn, Verdict::info,
                             Verdict::not_tested, Verdict::not_applicable, Verdict::pass})
    for (const auto& each : document.expectations)
      if (each.verdict == verdict)
        rows.push_back({each.verdict, name_of(document, each), each.text, each.expected, each.found,
                        each.cause ? std::string(cause_phrase(*each.cause)) : "", each.evidence});
  return rows;
}

std::string expectation_counts(const Document& document) {
  const auto all = document.expectations.size();
  if (all == 0) return {};
  const auto held = count(document, Verdict::pass), failed = count(document, Verdict::fail);
  auto text = std::to_string(held) + " of " + count_of(all, "expectation") + (held == 1 ? " holds" : " hold");
  if (held + failed < all) text += ", " + std::to_string(all - held - failed) + " could not be determined";
  if (failed > 0) text += ", " + std::to_string(failed) + " failed";
  return text + ".";
}

std::vector<evidence::Finding> expectation_findings(const Document& document) {
  std::vector<evidence::Finding> findings;
  findings.reserve(document.expectations.size());
  const Causes causes(document);
  for (const auto& each : document.expectations) {
    evidence::Finding finding;
    finding.check = "expect";
    const auto name = name_of(document, each);
    finding.subject = name.empty() ? "" : "probe " + name;
    finding.probe = each.probe;
    finding.verdict = each.verdict;
    finding.cause = each.cause;
    finding.summary = summary_of(each);
    finding.evidence = each.evidence;
    if (is_open(each.verdict)) add_advice(finding, causes, each, probe_of(document, each));
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace mailprobe::reporter
