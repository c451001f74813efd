// Whether the records are published that suites need which send what is to fail: names below an identity's domain
// (evidence/negative_names.h) and a revoked key. Looks up, judges nothing.
#pragma once

#include <string>
#include <vector>

#include "base/task.h"
#include "dns/resolver.h"
#include "evidence/document.h"

namespace mailprobe::probe {

/// Of all of them; `what` is the label, "spf-fail", or "revoked".
Task<std::vector<evidence::OwnRecord>> check_negative_records(std::string domain, dns::Resolver& resolver);

}  // namespace mailprobe::probe
