// The author domain of a message: the domain of its RFC5322.From (RFC 9989 §3.2.2, RFC 5322 §3.4 and §4.4).
// Reads raw bytes, tolerantly, and never guesses between two: several domains are no author domain.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/header_block.h"
#include "base/error.h"

namespace mailprobe::auth {

/// The one domain of all authors, as A-labels in lower case; the error says why there is none.
Result<std::string> author_domain(const Message& message);

/// The addresses of an address list, as written: groups, comments, quoted strings and obsolete routes undone,
/// display names dropped. What has no @ is left out.
std::vector<std::string> addresses_of(std::string_view field_value);

}  // namespace mailprobe::auth
