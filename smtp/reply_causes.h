// What a refusal means, from its code, its enhanced code and the words of known servers and providers: a data table.
// A guess where the words are free text: the reply itself is always kept beside it. RFC 3463, RFC 7372.
#pragma once

#include "smtp/reply.h"

namespace mailprobe::smtp {

/// For a 4xx or 5xx: greylisted, rate_limited, blocked, policy; refused where nothing more is known.
Cause cause_of(const Reply& refusal);

}  // namespace mailprobe::smtp
