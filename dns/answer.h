// An answer out of a DNS message: the records of the asked type at the end of the CNAME chain. Pure.
// Not a validator: what the DNSSEC status is, the caller knows. RFC 1034 §4.3.2, RFC 2308 §2.
#pragma once

#include "dns/resolver.h"
#include "dns/wire.h"

namespace mailprobe::dns {

/// Status ok, nodata or nxdomain; nothing where the message's rcode is another. `dnssec` is left unknown.
std::optional<Answer> answer_in(const Message& reply, const Labels& name, Type type);

/// An answer that there is none, and why.
Answer failure(Status status, std::string why);

}  // namespace mailprobe::dns
