// What it means that mail came to a trap, or did not, in plain words: a table. For reporter/trap_story.h.
#pragma once

#include <string_view>

#include "evidence/finding.h"

namespace mailprobe::reporter {

/// A sentence, and how good that is.
struct Meaning {
  evidence::Verdict verdict = evidence::Verdict::inconclusive;
  std::string_view text;
};

/// Of a trap that a check is there for: what it comes to when that holds, and when it does not.
struct Judged {
  std::string_view trap, check, holds, broken;
};
/// nullptr: not one of these.
const Judged* judged_trap(std::string_view trap);

/// Of one where what is done is worth knowing: mail came over TLS, in plain text, or not at all while its control was
/// served. Where a check has a finding about "trap CASE", the verdict is that finding's.
struct Shown {
  std::string_view trap, check;  // no check: a control
  Meaning tls, plain, absent;
};
/// nullptr: not one of these.
const Shown* shown_trap(std::string_view trap);

}  // namespace mailprobe::reporter
