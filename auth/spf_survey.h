// Who may send by an SPF record, and what it costs to find out: the record with all includes and redirects followed,
// whoever sends. Does not evaluate a message: that is auth/spf.h. RFC 7208 §4.6.4, §5, §6.1.
#pragma once

#include <string>

#include "auth/results.h"
#include "base/task.h"
#include "dns/resolver.h"

namespace mailprobe::auth {

/// Of the record at `domain`, which is there. Goes on behind the limits, to say by how much they are exceeded.
Task<SpfSurvey> survey_spf(std::string domain, dns::Resolver& resolver);

}  // namespace mailprobe::auth
