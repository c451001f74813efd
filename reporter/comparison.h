// A comparison with an earlier run as people read it, for the terminal and the page: in groups, each thing with its
// name, its sentence and what it was. No judgement of its own: evidence/compare has made it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

struct DifferenceRow {
  std::string title;          // "inbound.certificate", "Certificate"
  std::string subject, text;  // the sentence
  std::string before, after;  // of what has no verdict, shortened; else empty
  std::string_view tone;
  bool quiet = false;  // came or went without anything being wrong
};

struct DifferenceGroup {
  std::string_view title, tone;
  std::vector<DifferenceRow> rows;
};

/// Those that there are: worse, new, changed, better, gone.
std::vector<DifferenceGroup> difference_groups(const evidence::Comparison& comparison);

/// "2 worse, 1 changed, 3 better", or that nothing has changed.
std::string difference_counts(const evidence::Comparison& comparison);

/// "the run of 31 Jan 2026, 12:00:00 UTC (20260131T120000Z-k7q3zx)"
std::string earlier_phrase(const evidence::EarlierRun& run);

}  // namespace mailprobe::reporter
