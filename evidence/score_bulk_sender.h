// What the large mailbox providers ask of who sends to them, rule by rule: 1 of 1, or 0 of 1. Known from answers that
// came, and from records. For evidence/scores.cpp.
#pragma once

#include "evidence/held.h"

namespace mailprobe::evidence {

std::vector<Score> score_bulk_sender(const Document& document);

}  // namespace mailprobe::evidence
