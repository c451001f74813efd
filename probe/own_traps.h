// Whether our traps are what they are there for: published, and signed where that is their point. One that is not in
// place would blame the target for what we left out. Looks things up; judges no target. RFC 7672 §2.1, RFC 8461 §3.1.
#pragma once

#include <vector>

#include "base/task.h"
#include "dns/resolver.h"
#include "evidence/document.h"
#include "probe/settings.h"

namespace mailprobe::probe {

/// One a trap, in the order of the configuration: `what` is "trap CASE".
Task<std::vector<evidence::OwnRecord>> check_traps(const Settings& settings, dns::Resolver& resolver);

/// The case of such a record.
std::string trap_of(const evidence::OwnRecord& record);

}  // namespace mailprobe::probe
