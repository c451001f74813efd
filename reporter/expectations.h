// What a scenario expected, for people: the worst first, a row each, and all of it in one sentence. No verdicts of its
// own: those are scenarios/judge's.
#pragma once

#include <string>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

struct ExpectationRow {
  evidence::Verdict verdict = evidence::Verdict::info;
  std::string probe;  // its name; empty: it is about several
  std::string text, expected, found;
  std::string cause;  // in words
  std::vector<std::string> evidence;
};

/// Those that do not hold come first, otherwise in the document's order.
std::vector<ExpectationRow> expectation_rows(const evidence::Document& document);

/// "9 of 12 expectations hold, 2 could not be determined, 1 failed."; empty where there are none. What counts most is
/// last, where what follows may tell of it.
std::string expectation_counts(const evidence::Document& document);

/// Each in the shape of a finding, for what lists checks and nothing else; `check` is "expect". Advice, reference and
/// owner are those of the finding behind it.
std::vector<evidence::Finding> expectation_findings(const evidence::Document& document);

}  // namespace mailprobe::reporter
