// Probes that could not be made with this configuration: what they would have told is not tested.
#include "base/safe_text.h"
#include "evidence/findings.h"

namespace mailprobe::evidence {

void judge_skipped(const Document& document, Findings& findings) {
  for (std::size_t i = 0; i < document.run.skipped.size(); ++i) {
    const auto& one = document.run.skipped[i];
    if (find_check(one.check) == nullptr) continue;  // of another version
    findings
        .add(one.check, "probe " + safe_text(one.probe, 300),
             {.verdict = Verdict::not_tested,
              .summary = "Probe " + quoted(one.probe, 80) + " was left out: " + plain(one.reason, 300),
              .cause = Cause::own_limit,
              .evidence = {pointer("run", "skipped", i)}})
        .probe = one.probe;
  }
}

}  // namespace mailprobe::evidence
