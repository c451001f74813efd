// Whether the header of a signature holds too, once the transfer encoding that a hop changed is undone there: with the
// Content-Transfer-Encoding that was signed, b= verifies. RFC 6152 §3, RFC 6376 §3.7. No I/O besides DNS.
#pragma once

#include <string_view>
#include <vector>

#include "auth/dkim_verify.h"
#include "auth/single_message.h"

namespace mailprobe::auth {

/// Adds to `known`, what known_alone() says of these signatures, for each whose body was found to be re-encoded and
/// whose header does not verify. `raw` is the whole message, of which `message` is the parts.
Task<void> try_restored_headers(std::string_view raw, const Message& message, const std::vector<Dkim>& dkim,
                                std::vector<Known>& known, Time time, dns::Resolver& resolver);

}  // namespace mailprobe::auth
