#include "evidence/assess.h"

#include <algorithm>

#include "base/encoding.h"
#include "evidence/explained.h"
#include "evidence/findings.h"
#include "evidence/scores.h"
#include "evidence/used_address.h"

namespace mailprobe::evidence {

namespace {

constexpr int exit_ok = 0, exit_fail = 1, exit_inconclusive = 3;

/// inbound.* of an address that was tried and then left for another does not count (docs/architecture.md).
bool of_used_address(const Document& document, const Finding& finding) {
  return std::ranges::any_of(document.probes, [&](const Probe& probe) { return about_address_of(finding, probe); });
}

/// At a trap the target does what that asks of it: said, and not held against it (docs/traps.md).
bool counts(const Document& document, const Finding& finding) {
  const auto* check = find_check(finding.check);
  if (check == nullptr) return false;
  if (of_run(document)) return false;
  if (of_doctor(document)) return check->expected_by_doctor;
  if (of_inspect(document)) return check->expected_by_inspect;
  if (!check->expected_by_send || of_trap(finding)) return false;
  return !finding.check.starts_with("inbound.") || of_used_address(document, finding);
}

bool any(const Document& document, std::initializer_list<Verdict> verdicts) {
  const auto among = [&](Verdict verdict) { return std::ranges::find(verdicts, verdict) != verdicts.end(); };
  if (of_run(document) &&
      std::ranges::any_of(document.expectations, [&](const Expectation& each) { return among(each.verdict); }))
    return true;
  return std::ranges::any_of(
      document.findings, [&](const Finding& finding) { return among(finding.verdict) && counts(document, finding); });
}

/// Neither a probe nor anything of ours was judged: nothing can have held.
bool nothing_judged(const Document& document) {
  if (document.probes.empty() && !of_doctor(document) && !of_inspect(document)) return true;
  if (of_run(document)) return document.expectations.empty();
  return std::ranges::none_of(document.findings, [&](const Finding& finding) { return counts(document, finding); });
}

bool undetermined(const Document& document) {
  return document.run.problem || any(document, {Verdict::inconclusive, Verdict::error}) || nothing_judged(document);
}

/// What nobody expects is a warning at worst. A run is asked for its expectations and nothing else.
bool wrong_besides(const Document& document) {
  return !of_run(document) && std::ranges::any_of(document.findings, [](const Finding& finding) {
    return finding.verdict == Verdict::warn || finding.verdict == Verdict::fail;
  });
}

}  // namespace

/// The families in the order of the catalogue.
std::vector<Finding> assess(const Document& document, const RawReader& raw) {
  Findings findings;
  judge_published(document, findings);
  judge_records(document, findings);
  judge_policies(document, findings);
  judge_dane(document, findings);
  judge_mta_sts(document, findings);
  judge_inbound(document, findings);
  judge_smuggling(document, findings);
  judge_evaluation(document, findings);
  judge_skipped(document, findings);
  judge_path(document, raw, findings);
  judge_traps(document, findings);
  judge_outbound(document, raw, findings);
  judge_forward(document, raw, findings);
  judge_self(document, findings);
  auto all = findings.take();
  mark_explained(all);
  return all;
}

void conclude(Document& document, const RawReader& raw) {
  document.findings = assess(document, raw);
  document.scores = score(document);
  document.run.exit = exit_status(document, false);
}

int exit_status(const Document& document, bool fail_on_warn) {
  if (document.run.interrupted) return exit_inconclusive;
  if (any(document, {Verdict::fail})) return exit_fail;
  if (fail_on_warn && any(document, {Verdict::warn})) return exit_fail;
  return undetermined(document) ? exit_inconclusive : exit_ok;
}

int nagios_status(const Document& document) {
  constexpr int ok = 0, warning = 1, critical = 2, unknown = 3;
  if (document.run.interrupted) return unknown;
  if (any(document, {Verdict::fail})) return critical;
  if (undetermined(document)) return unknown;
  return any(document, {Verdict::warn}) || wrong_besides(document) ? warning : ok;
}

std::optional<std::string> embedded(const Raw& raw) { return raw.base64 ? from_base64(*raw.base64) : std::nullopt; }

}  // namespace mailprobe::evidence
