// The parts of evidence/compare.h, for the sources of this room: each adds to a comparison what differs in its part of
// two documents.
#pragma once

#include "evidence/compare.h"

namespace mailprobe::evidence {

/// Findings, expectations and scores.
void compare_verdicts(const Document& before, const Document& after, Comparison& into);
/// The target's hosts, addresses, records, sessions and certificates.
void compare_servers(const Document& before, const Document& after, Comparison& into);
/// What became of each probe: its folder, and how long it took.
void compare_probes(const Document& before, const Document& after, Comparison& into);

/// "slower" or "faster" by the rule of evidence/compare.h; nothing where it is neither.
void compare_times(Difference about, std::int64_t before, std::int64_t after, std::int64_t least, Comparison& into);

}  // namespace mailprobe::evidence
