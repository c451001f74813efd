// ARC validation: the whole chain (RFC 8617 §5.2). Whom of its sealers to believe is not judged here.
// No I/O besides DNS.
#pragma once

#include <vector>

#include "auth/body_hashes.h"
#include "auth/header_block.h"
#include "auth/results.h"
#include "base/task.h"
#include "dns/resolver.h"

namespace mailprobe::auth {

/// One signature that was verified on the way: an ARC-Seal, or an ARC-Message-Signature.
struct ArcCheck {
  int instance = 0;
  bool seal = false;
  Dkim dkim;
};

/// Without any ARC field the result is `none`. A key that cannot be looked up is `fail` as any other failure (§5.2.1),
/// with the name in `reason` and `temporary` set. `time` is the clock for x=. Order of events stands in arc_verify.cpp.
/// `bodies` are those of the message, where others hash them too; into `checks` goes what was verified, in order.
Task<Arc> verify_arc(const Message& message, Time time, dns::Resolver& resolver, BodyHashes* bodies = nullptr,
                     std::vector<ArcCheck>* checks = nullptr);

}  // namespace mailprobe::auth
