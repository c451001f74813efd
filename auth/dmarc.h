// DMARC evaluation (RFC 9989): author domain, policy discovery by tree walk, alignment, disposition; and beside it what
// RFC 7489 would say. Does not verify SPF or DKIM: it takes what they came to. No I/O besides DNS.
#pragma once

#include <optional>
#include <vector>

#include "auth/header_block.h"
#include "auth/results.h"
#include "base/task.h"
#include "dns/resolver.h"

namespace mailprobe::auth {

/// `spf` is null where no address was known: without an aligned DKIM pass the result is then null, with a reason.
/// Order of events stands in dmarc.cpp.
Task<Dmarc> check_dmarc(const Message& message, const std::optional<Spf>& spf, const std::vector<Dkim>& dkim,
                        dns::Resolver& resolver);

}  // namespace mailprobe::auth
