// When what happened, as stretches of time: getting ready, each session with its commands, what the target looked up
// meanwhile, the wait, the retrieval, the answer. Only what the evidence has a time of. Not the transcript: that has
// every line.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

struct Stretch {
  std::string label, tone;
  std::int64_t begin_ms = 0, end_ms = 0;
  bool within = false;  // part of the session above it
};

/// A document may come from anybody, with any number: what is told in a picture is at most a year.
constexpr std::int64_t bounded_ms(std::int64_t ms) {
  return std::clamp<std::int64_t>(ms, 0, std::chrono::milliseconds(std::chrono::days(366)).count());
}

/// From the first connection on, or from `begun`, the start of a run that has no other probe.
std::vector<Stretch> timeline(const evidence::Probe& probe, std::optional<Time> begun = {});

}  // namespace mailprobe::reporter
