// Whether our traps are what they are there for: published, with our receiver where their names lead, signed where that
// is their point, their policy served. One that is not in place would blame the target for what we left out. Looks
// things up; judges no target. RFC 7672 §2.1, RFC 8461 §3.1.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/task.h"
#include "dns/resolver.h"
#include "evidence/document.h"
#include "probe/network.h"
#include "probe/settings.h"
#include "tls/context.h"

namespace mailprobe::probe {

/// What it takes. The references outlive the call.
struct TrapMeans {
  const Settings& settings;
  dns::Resolver& resolver;
  Network network;
  std::shared_ptr<const tls::Context> context;  // whom a policy host's certificate has to be of
};

/// One a trap, in the order of the configuration, then those that it does not name, with the cause own-limit: `what` is
/// "trap CASE". Nothing where no trap is configured. Where somebody receives (`mailprobe reflect`, or a run while it
/// waits) each is called; else its addresses are compared with the configuration, and MTA-STS policies, which are
/// served then only, have that cause too.
Task<std::vector<evidence::OwnRecord>> check_traps(TrapMeans means);

/// The case of such a record; empty: it is of no trap.
std::string trap_of(const evidence::OwnRecord& record);
/// Of those that are not in place, and why.
std::vector<evidence::TrapLeftOut> left_out(const std::vector<evidence::OwnRecord>& records);

}  // namespace mailprobe::probe
