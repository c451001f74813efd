// What a Received field claims of TLS: version and cipher, in the words of its host, the version in one spelling.
// A claim, never an observation. Pure. RFC 3848, RFC 8314 §4.3 (the tls clause).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailprobe::auth {

/// `protocol` is the "with" word; `cipher` that of a "tls" clause, or empty.
std::optional<std::string> claimed_tls(const std::vector<std::string>& comments, std::string_view protocol,
                                       std::string_view cipher);

}  // namespace mailprobe::auth
