// Are the addresses that we send from on the block lists that are configured? Looks them up; judging is
// evidence/assess. RFC 5782.
#pragma once

#include <string>

#include "base/ip.h"
#include "dns/resolver.h"
#include "evidence/document.h"

namespace mailprobe::probe {

/// Of one list and one address. What the list says counts only where its own test entries show that it works
/// (RFC 5782 §5) and it does not refuse to answer: else the record has a cause.
Task<evidence::OwnRecord> check_blocklist(std::string zone, IpAddress source, dns::Resolver& resolver);

/// Where no address is known: own-limit.
evidence::OwnRecord unasked_blocklist(const std::string& zone);

}  // namespace mailprobe::probe
