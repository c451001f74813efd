// Which probes of a run are controls: the positive twins of one that is wrong on purpose, or is tried for its own sake.
// A probe that has one counts only where it arrived (docs/architecture.md, The idea everything follows from).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evidence/findings.h"

namespace mailprobe::evidence {

/// The name as a scenario has it: without what a matrix ("/"), a repeat ("#") or --each-mx (" ") adds.
std::string_view base_name(std::string_view name);

/// Its controls; of those of the same variation where there are any, and to the same MX.
std::vector<const Probe*> controls_of(const Document& document, const Probe& probe);

/// It was delivered, in whichever folder, or answered, or came back to us, but not as a bounce: one meaning for
/// everybody.
bool arrived(const Probe& probe);
/// Its copy is known to lie there.
bool lies_in_junk(const Probe& probe);
/// Its copy is known, and lies elsewhere.
bool lies_outside_junk(const Probe& probe);

/// What is said of a probe none of whose controls arrived; `at` is what it would have been judged by.
Judgement without_control(const std::vector<const Probe*>& controls, const std::string& at);

}  // namespace mailprobe::evidence
