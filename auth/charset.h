// Text of the charsets that hosts convert mail between, as UTF-8, so that two dresses of one text compare equal.
// Not a general converter: what is neither ISO 8859-1 nor windows-1252 stays as it is. Pure.
#pragma once

#include <string_view>

#include "auth/text_lines.h"

namespace mailprobe::auth {

/// `charset` in lower case; a copy is made only where the text has octets beyond ASCII.
std::string_view as_utf8(std::string_view text, std::string_view charset, TextStore& store);

}  // namespace mailprobe::auth
