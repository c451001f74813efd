// Which of the results that the target recorded speak of what we sent: of our signatures, our reverse-path, our author
// domain. Those of others' signatures and of other identities say nothing of ours. RFC 8601 §2.7.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::evidence {

/// Of the copy's trusted fields, in order. A result that does not say what it is about is about ours.
std::vector<const auth::MethodResult*> own_results(const Probe& probe, std::string_view method);

/// One word for a method: pass where any of them is (several signatures), else the first in lower case; null: none.
std::optional<std::string> recorded_word(const Probe& probe, std::string_view method);

/// There are trusted results of the method, and all are of others.
bool recorded_of_others(const Probe& probe, std::string_view method);

}  // namespace mailprobe::evidence
