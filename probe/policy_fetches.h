// Who fetched the MTA-STS policy of our traps, by the record that the receiving process keeps (receiver/policy_log.h),
// into a probe: what mail at sts-wrong is judged by (evidence/policy_had.h).
#pragma once

#include "evidence/document.h"
#include "probe/settings.h"

namespace mailprobe::probe {

/// Anew each time: what was noted before is in the record still, or known to the probe.
void note_policy_fetches(const Settings& settings, evidence::Probe& probe);

/// Those that tell: of each client, in vain since `sent`; who had it since; who had it in the time before in which a
/// policy is kept. Of each kind so many.
std::vector<evidence::PolicyFetch> telling(const std::vector<evidence::PolicyFetch>& all, Time sent);

}  // namespace mailprobe::probe
