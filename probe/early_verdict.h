// Whether an expectation has failed already, while the run goes on: for --fail-fast. Pure, but for the messages that
// are read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/assess.h"
#include "evidence/document.h"
#include "scenarios/judge.h"

namespace mailprobe::probe {

/// `document` holds the probes that are over, each with what it was sent beside. The first expectation that failed, as
/// "PROBE: LINE". What is not known yet is no failure.
std::optional<std::string> failed_already(evidence::Document document, const std::vector<scenarios::Awaited>& awaited,
                                          const evidence::RawReader& raw);

/// One of the two is the other's control.
bool belong_together(const evidence::Probe& a, const evidence::Probe& b);

}  // namespace mailprobe::probe
