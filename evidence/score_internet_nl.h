// The categories of internet.nl's mail test (1.11, API 2.7), in per cent of what is in place of its subtests; which of
// ours stands for which of theirs is in docs/internet-nl.md. An optional protection that is absent counts as missing.
// For evidence/scores.cpp.
#pragma once

#include "evidence/held.h"

namespace mailprobe::evidence {

std::vector<Score> score_internet_nl(const Document& document);

}  // namespace mailprobe::evidence
