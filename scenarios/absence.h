// Why something is not in the evidence of a probe: because the target did not do it, which is an answer, or because we
// could not see it, which is none.
#pragma once

#include <optional>
#include <string>

#include "evidence/document.h"
#include "scenarios/expression.h"

namespace mailprobe::scenarios {

struct Absence {
  bool determined = true;  // it is not there, and would have been seen
  std::string found;       // "refused: 550 5.1.1 …", "not found in the mailbox"
  std::optional<Cause> cause;
};

/// `way` begins at the probe. What an interrupted run did not come to was not tried.
Absence absence_of(const evidence::Probe& probe, const Path& way, bool interrupted);

/// Where the session ended before the target could say what it can do: neither what stands there nor that nothing does
/// is an answer.
std::optional<Absence> unheard(const evidence::Probe& probe, const Path& way);

/// The cause why a value that is there is no answer: temperror, a 4xx, nothing after the final dot, a notice of
/// delay. `pointer` leads to it from the document.
std::optional<Absence> undetermined(const evidence::Probe& probe, const Path& path, const std::string& pointer,
                                    const std::string& value);

}  // namespace mailprobe::scenarios
