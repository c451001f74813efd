// Findings, and expectations, that read the same are told once, with whom they are about. No judgement: the order is
// that of the first of each.
#pragma once

#include <string>
#include <vector>

#include "reporter/expectations.h"
#include "reporter/summary.h"

namespace mailprobe::reporter {

struct Gathered {
  std::reference_wrapper<const evidence::Finding> first;
  std::size_t times = 1;
  std::vector<std::string> subjects, probes;  // each once; probes by their names
  bool varied = false;                        // each took its own time: "after 5 ms", "after 7 ms"
};
std::vector<Gathered> gathered(const FindingRefs& findings, const evidence::Document& document);

struct GatheredRow {
  ExpectationRow first;
  std::vector<std::string> probes;
};
std::vector<GatheredRow> gathered(std::vector<ExpectationRow> rows);

/// "a, b, c and 34 more".
std::string some_of(const std::vector<std::string>& names);

}  // namespace mailprobe::reporter
