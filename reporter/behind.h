// What stands behind an expectation that does not hold: the finding that says what is wrong, with advice and an owner.
#pragma once

#include <string_view>

#include "evidence/document.h"

namespace mailprobe::reporter {

/// Of a pass and of what was not tested: no.
bool is_open(evidence::Verdict verdict);
/// A fault, and not what could not be determined.
bool is_wrong(evidence::Verdict verdict);

/// nullptr: it is about several, or about none that is there.
const evidence::Probe* probe_of(const evidence::Document& document, const evidence::Expectation& expectation);

/// Of the findings that it names the worst; else the one that is closest to what it looked at; else, where there is no
/// copy to look at, why it did not arrive. nullptr: no finding says it.
const evidence::Finding* behind(const evidence::Document& document, const evidence::Expectation& expectation);

/// A message that is wrong on purpose, and was not treated as such: no finding says it, and the receiving side can mend
/// it.
bool is_let_pass(const evidence::Expectation& expectation, const evidence::Probe& probe);
inline constexpr auto let_pass_fix_by = evidence::FixBy::provider;
inline constexpr std::string_view let_pass_advice =
    "Let the receiving server look at what is wrong with such a message, and act upon it.";

}  // namespace mailprobe::reporter
