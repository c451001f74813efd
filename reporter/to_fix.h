// What to fix first, and who can: of all that is wrong the worst, each cause once, and before what follows from it. No
// judgement of its own: verdict, words, advice and whose it is are those of the findings and expectations.
#pragma once

#include <string>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

/// What does not hold for one cause. Findings are not counted where expectations are: they are what stands behind them.
struct ToFixCounts {
  std::size_t failed_expectations = 0, open_expectations = 0;
  std::size_t failed = 0, open = 0, warnings = 0;
};

struct ToFix {
  evidence::Verdict verdict = evidence::Verdict::fail;
  std::string check;     // empty: an expectation behind which no finding stands
  std::string sentence;  // what is wrong, with a full stop
  std::string brief;     // the same in whole clauses, for a headline
  std::string where;     // "inbound.certificate ×3 · address mx.example.org 192.0.2.1"
  std::string advice;
  std::string own_part;  // what of our own may be behind it
  std::string whose;     // "the mail provider"; empty: nobody's
  ToFixCounts counts;
};

/// Expectations before findings, and what counts for the exit status before what does not: failures, what could not be
/// determined, warnings. Of a run whose expectations all hold nothing.
std::vector<ToFix> all_to_fix(const evidence::Document& document);

/// The few that stand at the top.
struct FirstToFix {
  std::string title;
  std::vector<ToFix> few;
  std::string rest;  // "And 1 more failure, 3 more warnings, below."; or empty
};
FirstToFix first_to_fix(const evidence::Document& document);

}  // namespace mailprobe::reporter
