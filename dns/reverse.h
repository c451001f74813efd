// The names of an address, and whether one of them leads back to it. Looks up; what it means is for others to say.
// RFC 1035 §3.5, RFC 8601 §2.7.3 ("iprev"), RFC 1912 §2.1.
#pragma once

#include <optional>
#include <string>

#include "base/ip.h"
#include "dns/resolver.h"

namespace mailprobe::dns {

struct ReverseName {
  std::optional<std::string> name;  // the one that leads back, else the first; null: none, or it is not known
  std::optional<bool> confirmed;    // null: a look-up failed
};

Task<ReverseName> reverse_name(IpAddress address, Resolver& resolver);

}  // namespace mailprobe::dns
