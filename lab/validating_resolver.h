// A resolver that says of the lab's own zones what one that validates would: secure where a zone is signed, SERVFAIL
// where its keys do not fit. By the table of zones: checks no signature.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "dns/resolver.h"

namespace mailprobe::lab {

/// Origin → how a name below it validates; the longest origin counts.
using ZoneStates = std::map<std::string, Dnssec>;

/// `records` answers, and outlives it.
std::unique_ptr<dns::Resolver> validating_resolver(dns::Resolver& records, ZoneStates states);

}  // namespace mailprobe::lab
