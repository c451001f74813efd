// The organisational domain as RFC 7489 §3.2 has it: by the public suffix list, which is libpsl's.
// Not RFC 9989's, which is found in DNS: auth/dmarc_lookup.h.
#pragma once

#include <string>

namespace mailprobe::auth {

/// `domain` in lower case, A-labels. A public suffix itself is its own organisational domain.
std::string registrable_domain(const std::string& domain);

}  // namespace mailprobe::auth
