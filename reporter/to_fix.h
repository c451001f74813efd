// What to fix first, and who can: of all that is wrong the worst, each kind once. No judgement of its own: verdict,
// words, advice and whose it is are those of the findings and expectations.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

struct ToFix {
  evidence::Verdict verdict = evidence::Verdict::fail;
  std::string check;     // empty: an expectation behind which no finding stands
  std::string sentence;  // what is wrong, with a full stop
  std::string where;     // "inbound.certificate ×3 · address mx.example.org 192.0.2.1"
  std::string advice;
  std::string own_part;  // what of our own may be behind it
  std::string whose;     // "the mail provider"; empty: nobody's
  std::size_t times = 1;
};

/// Expectations before findings, and what counts for the exit status before what does not: failures, what could not be
/// determined, warnings. Of a run whose expectations all hold nothing.
std::vector<ToFix> all_to_fix(const evidence::Document& document);

/// The few that stand at the top.
struct FirstToFix {
  std::string title;
  std::vector<ToFix> few;
  std::string rest;  // "1 more failure, 3 more warnings: see below."; or empty
};
FirstToFix first_to_fix(const evidence::Document& document);

}  // namespace mailprobe::reporter
