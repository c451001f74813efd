// Our own standing, so that our fault is never charged to the target: what we publish (SPF, DKIM, DMARC, MX, addresses
// of the HELO name), PTR, port 25, clock. Looks things up; judging is evidence/assess (`self.*`).
#pragma once

#include "base/error.h"
#include "base/task.h"
#include "dns/resolver.h"
#include "evidence/document.h"
#include "probe/settings.h"

namespace mailprobe::probe {

/// The key records of one identity: what a run looks up before it sends. A key that differs from ours is
/// Failure::usage, with what to publish.
Task<Result<std::vector<evidence::OwnRecord>>> check_keys(const Identity& identity, dns::Resolver& resolver);

/// Everything, for `doctor`.
Task<evidence::Self> examine_self(const Settings& settings, const Identity& identity, dns::Resolver& resolver);

}  // namespace mailprobe::probe
