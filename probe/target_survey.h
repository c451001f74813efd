// `send --survey`: what TLS the servers accept that the mail was tried at, asked after the mail has gone; the same
// questions as `inspect`'s, within the same limits. Judges nothing. RFC 9325.
#pragma once

#include <vector>

#include "base/task.h"
#include "evidence/document.h"
#include "probe/visits.h"

namespace mailprobe::probe {

/// Fills `survey` of the addresses of target.mx that one of `attempts` came to TLS with. What the time until `until`
/// was too short for is said in it, and the next run goes on from there.
Task<void> survey_tried(evidence::Target& target, std::vector<const evidence::Attempt*> attempts, VisitMeans means,
                        Steady until);

}  // namespace mailprobe::probe
