// Encoded words in a field's value (RFC 2047), decoded for comparing: octets in the word's own charset.
// Not for display, and not a validator: what is no encoded word stays as it is.
#pragma once

#include <string>
#include <string_view>

namespace mailprobe::auth {

/// Folds undone, white space between encoded words dropped (RFC 2047 §6.2).
std::string decode_words(std::string_view value);

}  // namespace mailprobe::auth
