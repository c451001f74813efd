// Whether a run is what its scenario expected: expressions over the evidence document and its findings. Pure. What
// could not be determined is inconclusive, with its cause; a probe that is wrong on purpose counts beside its control
// only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/assess.h"

namespace mailprobe::scenarios {

/// One line of `expect`.
struct Awaited {
  std::optional<std::string> probe;  // its id; null: it is about several
  std::string text;
};

/// `raw` reads what was sent: without it nobody knows which of our signatures were removed on the way.
std::vector<evidence::Expectation> judge(const evidence::Document& document, const std::vector<Awaited>& awaited,
                                         const evidence::RawReader& raw);

/// The same expectations, of a document that has come to hold more.
std::vector<evidence::Expectation> judge_again(const evidence::Document& document, const evidence::RawReader& raw);

}  // namespace mailprobe::scenarios
