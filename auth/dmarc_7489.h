// What a receiver that still runs RFC 7489 says of a message: organisational domain by the public suffix list, pct=,
// no np=, psd= or t=. Beside RFC 9989's answer, never instead of it.
#pragma once

#include <optional>
#include <string>

#include "auth/dmarc_identifiers.h"
#include "auth/dmarc_lookup.h"
#include "auth/results.h"
#include "base/task.h"

namespace mailprobe::auth {

/// nullopt: it could not say either (no SPF result, and no aligned DKIM pass). The references outlive the task.
Task<std::optional<DmarcResult7489>> check_dmarc_7489(std::string author, const Identifiers& identifiers,
                                                      DmarcLookup& lookup);

}  // namespace mailprobe::auth
