#include "reporter/summary.h"
#include "reporter/escape.h"

#include <algorithm>
#include <array>

#include "evidence/explained.h"
#include "reporter/expectations.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

using evidence::Document;
using evidence::Finding;
using evidence::Verdict;

int severity(Verdict verdict) {
  constexpr std::array order{Verdict::fail, Verdict::error, Verdict::inconclusive,
                             Verdict::warn, Verdict::info,  Verdict::pass};  // what was not tested comes last
  return static_cast<int>(std::ranges::find(order, verdict) - order.begin());
}

std::size_t count(const Document& document, std::initializer_list<Verdict> verdicts) {
  return static_cast<std::size_t>(std::ranges::count_if(
      document.findings, [&](const Finding& f) { return std::ranges::find(verdicts, f.verdict) != verdicts.end(); }));
}

/// Directions in the order in which people ask.
std::vector<std::string> directions(const Document& document) {
  std::vector<std::string> names{"path", "inbound", "published", "outbound", "self"};
  for (const auto& finding : document.findings)
    if (std::ranges::find(names, direction_of(finding)) == names.end()) names.emplace_back(direction_of(finding));
  return names;
}

bool is_tested(const Finding& finding) {
  return finding.verdict != Verdict::not_tested && finding.verdict != Verdict::not_applicable;
}

}  // namespace

std::string_view direction_of(const Finding& finding) {
  return std::string_view(finding.check).substr(0, finding.check.find('.'));
}

std::vector<Group> tested_groups(const Document& document) {
  std::vector<Group> groups;
  for (auto& name : directions(document)) {
    Group group{std::move(name), {}};
    for (const auto& finding : document.findings)
      if (is_tested(finding) && direction_of(finding) == group.direction) group.findings.emplace_back(finding);
    std::ranges::sort(group.findings, {}, [](const Finding& f) { return std::pair{severity(f.verdict), &f}; });
    if (!group.findings.empty()) groups.push_back(std::move(group));
  }
  return groups;
}

std::vector<Merged> merged(const Document& document) {
  std::vector<Merged> all;
  for (const auto& finding : document.findings) {
    const auto of_same = [&](const Merged& each) { return each.worst.get().check == finding.check; };
    const auto found = std::ranges::find_if(all, of_same);
    if (found == all.end()) {
      all.push_back({finding});
      continue;
    }
    ++found->subjects;
    const int before = severity(found->worst.get().verdict), here = severity(finding.verdict);
    if (here == before) ++found->as_bad;
    if (here < before) *found = {finding, found->subjects, 1};
  }
  return all;
}

FindingRefs untested(const Document& document) {
  FindingRefs found;
  for (const auto& finding : document.findings)
    if (!is_tested(finding) || finding.verdict == Verdict::inconclusive) found.emplace_back(finding);
  return found;
}

std::vector<Alike> alike(const FindingRefs& findings) {
  std::vector<Alike> all;
  for (const Finding& finding : findings) {
    const auto same = [&](const Alike& each) {
      const Finding& other = each.first;
      return other.check == finding.check && other.verdict == finding.verdict && other.summary == finding.summary;
    };
    const auto found = std::ranges::find_if(all, same);
    if (found == all.end())
      all.push_back({.first = finding, .subjects = {finding.subject}});
    else
      found->subjects.push_back(finding.subject);
  }
  return all;
}

std::string addressee(const Document& document) {
  if (document.probes.size() == 1) return document.probes.front().to;
  return document.run.target.empty() ? document.target.domain : document.run.target;
}

std::string counts_text(const Document& document) {
  auto expected = expectation_counts(document);
  if (expected.empty()) return finding_counts(document);
  expected.pop_back();  // the full stop
  return expected + ", " + finding_counts(document);
}

std::string finding_counts(const Document& document) {
  std::vector<std::string> parts;
  const auto add = [&](std::size_t n, std::string_view one, std::string_view many) {
    if (n > 0) parts.push_back(count_of(n, one, many));
  };
  add(count(document, {Verdict::fail}), "check failed", "checks failed");
  add(count(document, {Verdict::inconclusive}), "inconclusive", "inconclusive");
  add(count(document, {Verdict::error}), "error of ours", "errors of ours");
  add(count(document, {Verdict::warn}), "warning", "warnings");
  add(count(document, {Verdict::pass}), "passed", "passed");
  add(count(document, {Verdict::not_tested}), "not tested", "not tested");
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

Verdict overall_verdict(const Document& document) {
  const int status = document.run.exit.value_or(evidence::exit_status(document, false));
  if (status == 1) return Verdict::fail;
  if (status == 3) return count(document, {Verdict::error}) > 0 ? Verdict::error : Verdict::inconclusive;
  if (status != 0) return Verdict::error;
  if (!document.expectations.empty()) return Verdict::pass;  // they all hold: that is what was asked
  return evidence::nagios_status(document) == 0 ? Verdict::pass : Verdict::warn;
}

namespace {

/// Whether the exit status takes notice of it: were it a failure, would it fail the run?
bool counts(Document& alone, const Finding& finding) {
  alone.findings = {finding};
  alone.findings.front().verdict = Verdict::fail;
  return evidence::exit_status(alone, false) == 1;
}

}  // namespace

Bearing bearing_of(Verdict verdict, Strictness strictness) {
  const bool warning = verdict == Verdict::warn && strictness == Strictness::warnings_too;
  if (verdict == Verdict::fail || warning) return Bearing::failure;
  if (verdict == Verdict::inconclusive || verdict == Verdict::error) return Bearing::error;
  return Bearing::none;
}

std::vector<Bearing> bearings(const Document& document, Strictness strictness) {
  Document alone = document;
  alone.run.interrupted = false;
  alone.expectations.clear();
  std::vector<Bearing> found;
  for (const auto& finding : document.findings) {
    const auto bearing = bearing_of(finding.verdict, strictness);
    found.push_back(bearing != Bearing::none && counts(alone, finding) ? bearing : Bearing::none);
  }
  return found;
}

std::string run_problem(const Document& document, const std::vector<Bearing>& bearing) {
  if (document.run.interrupted) return "The run was interrupted before it was complete";
  if (document.run.problem) return "The run is incomplete: " + one_line(*document.run.problem, 200);
  const bool told = std::ranges::any_of(bearing, [](Bearing b) { return b != Bearing::none; });
  if (told || !document.expectations.empty() || evidence::exit_status(document, false) == 0) return {};
  return "Nothing that is expected of this command was judged";
}

std::string probe_name(const Document& document, const Finding& finding) {
  if (!finding.probe) return {};
  for (const auto& probe : document.probes)
    if (probe.id == *finding.probe) return probe.name.empty() ? probe.id : probe.name;
  return *finding.probe;
}

std::string own_part(const Document& document, const Finding& finding) {
  std::string text;
  for (const auto* ours : evidence::explanations(document.findings, finding)) {
    auto summary = ours->summary;
    if (summary.ends_with('.')) summary.pop_back();
    text += (text.empty() ? "" : "; ") + ours->check + " (" + summary + ")";
  }
  return text;
}

}  // namespace mailprobe::reporter
