// Whether a run is what its scenario expected: expressions over the evidence document and its findings. Pure. What
// could not be determined is inconclusive, with its cause; a probe that is wrong on purpose counts beside its control
// only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::scenarios {

/// One line of `expect`.
struct Awaited {
  std::optional<std::string> probe;  // its id; null: it is about several
  std::string text;
};

std::vector<evidence::Expectation> judge(const evidence::Document& document, const std::vector<Awaited>& awaited);

/// The same expectations, of a document that has come to hold more.
std::vector<evidence::Expectation> judge_again(const evidence::Document& document);

}  // namespace mailprobe::scenarios
