// Whether a text is a mustache template that may be used, and the names in it: a scan of its tags, pure and bounded by
// the text. Fills nothing in: that is html.cpp's. mustache(5).
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "base/error.h"

namespace mailprobe::reporter {

/// What variables and sections are called, "." aside.
std::set<std::string> names_in(std::string_view text);

/// Failure::usage says the line and what is wrong with it: a tag or a section that does not end, text that would not be
/// escaped, other delimiters, a name that is not among `known`, a partial other than badge and session.
Result<void> check_template(std::string_view text, const std::set<std::string>& known);

}  // namespace mailprobe::reporter
