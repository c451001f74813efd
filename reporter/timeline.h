// When what happened, as stretches of time from the first connection on. Not the transcript: that has every line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

struct Stretch {
  std::string label, tone;
  std::int64_t begin_ms = 0, end_ms = 0;
};

std::vector<Stretch> timeline(const evidence::Probe& probe);

}  // namespace mailprobe::reporter
