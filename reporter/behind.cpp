#include "reporter/behind.h"

#include <algorithm>

#include "evidence/trail.h"
#include "reporter/summary.h"

namespace mailprobe::reporter {

namespace {

using evidence::Document;
using evidence::Expectation;
using evidence::Finding;
using evidence::Verdict;

const Finding* pointed_to(const Document& document, std::string_view pointer) {
  evidence::Trail trail(pointer);
  if (trail.next() != "findings") return nullptr;
  const auto* finding = trail.of(document.findings);
  return trail.at_end() ? finding : nullptr;
}

/// Of the findings that an expectation is about, one that came out as it did; else the first that is wrong.
const Finding* worst_named(const Document& document, const Expectation& expectation) {
  const Finding* first = nullptr;
  for (const auto& pointer : expectation.evidence) {
    const auto* finding = pointed_to(document, pointer);
    if (finding == nullptr || !is_open(finding->verdict)) continue;
    if (finding->verdict == expectation.verdict) return finding;
    if (first == nullptr || (is_wrong(finding->verdict) && !is_wrong(first->verdict))) first = finding;
  }
  return first;
}

/// "/probes/0/mailbox" holds "/probes/0/mailbox/folder".
bool holds(std::string_view outer, std::string_view inner) {
  return inner.starts_with(outer) && (inner.size() == outer.size() || inner[outer.size()] == '/');
}

/// How closely a finding is about what an expectation found: the length of the pointer that they share.
std::size_t closeness(const Finding& finding, const Expectation& expectation) {
  std::size_t best = 0;
  for (const auto& of_finding : finding.evidence)
    for (const auto& pointer : expectation.evidence)
      if (of_finding.size() > best && holds(of_finding, pointer)) best = of_finding.size();
  return best;
}

/// What is wrong with the same piece of evidence.
const Finding* closest(const Document& document, const Expectation& expectation) {
  const Finding* found = nullptr;
  std::size_t best = 0;
  for (const auto& finding : document.findings) {
    if (!is_open(finding.verdict)) continue;
    if (const auto close = closeness(finding, expectation); close > best) {
      best = close;
      found = &finding;
    }
  }
  return found;
}

/// Why there is no copy that an expectation could look at.
const Finding* why_missing(const Document& document, const Expectation& expectation) {
  const auto* probe = probe_of(document, expectation);
  const auto is_copy = [](const std::string& pointer) { return pointer.ends_with("/mailbox"); };
  if (probe == nullptr || probe->mailbox || std::ranges::none_of(expectation.evidence, is_copy)) return nullptr;
  for (const std::string_view check : {"path.accepted", "path.delivered"})
    for (const auto& finding : document.findings)
      if (finding.check == check && finding.probe == probe->name && finding.verdict == expectation.verdict)
        return &finding;
  return nullptr;
}

}  // namespace

bool is_open(Verdict verdict) { return bearing_of(verdict, Strictness::warnings_too) != Bearing::none; }

bool is_wrong(Verdict verdict) { return verdict == Verdict::fail || verdict == Verdict::warn; }

const evidence::Probe* probe_of(const Document& document, const Expectation& expectation) {
  if (!expectation.probe) return nullptr;
  const auto found = std::ranges::find(document.probes, *expectation.probe, &evidence::Probe::id);
  return found == document.probes.end() ? nullptr : &*found;
}

const Finding* behind(const Document& document, const Expectation& expectation) {
  if (const auto* named = worst_named(document, expectation)) return named;
  if (const auto* close = closest(document, expectation)) return close;
  return why_missing(document, expectation);
}

bool is_let_pass(const Expectation& expectation, const evidence::Probe& probe) {
  return probe.fault && expectation.verdict == Verdict::fail;
}

}  // namespace mailprobe::reporter
