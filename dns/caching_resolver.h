// A resolver before another: within one run each question is asked once, and who asks it meanwhile waits for that
// answer. By TTL (RFC 2181 §8) and bounded; failures are not kept. Not a validator: dnssec is what the other one said.
#pragma once

#include <memory>

#include "dns/resolver.h"

namespace mailprobe::dns {

/// The other one outlives it.
std::unique_ptr<Resolver> caching_resolver(Resolver& behind);

}  // namespace mailprobe::dns
