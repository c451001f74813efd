// What does not hold of a document, gathered by cause: for each the finding that says it, the others that say the same
// or follow from it, and the expectations that do not hold for it. No words: those are to_fix's.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "reporter/behind.h"

namespace mailprobe::reporter {

/// From what is to be seen to first.
enum class Rank {
  failure,
  hindrance,  // a failure for which something that was expected could not be determined
  unknown,
  unexpected_failure,
  warning,
  unexpected_warning,
  nothing  // does not count, and is only counted
};

struct CauseRow {
  Rank rank = Rank::nothing;
  const evidence::Finding* finding = nullptr;       // nullptr: no finding says it
  std::vector<const evidence::Finding*> alike;      // that one, and those that say the same elsewhere
  std::vector<const evidence::Finding*> following;  // that are a consequence of it
  std::vector<const evidence::Expectation*> failed, open;

  [[nodiscard]] evidence::Verdict verdict() const;
  [[nodiscard]] bool expected() const { return !failed.empty() || !open.empty(); }
  /// The first of those that are told first.
  [[nodiscard]] const evidence::Expectation& expectation() const {
    return failed.empty() ? *open.front() : *failed.front();
  }
};

/// In the order in which they are to be told. What nobody expects, and could not be determined, comes last, and so do
/// warnings beside expectations.
std::vector<CauseRow> rows_by_cause(const evidence::Document& document);

}  // namespace mailprobe::reporter
