// Whether the MTA-STS policy that a trap rests on was to be had when mail came to it. Who finds none has to send as if
// there were none (RFC 8461 §3.3, §5): then mail at the trap says nothing of who sent it. Pure.
#pragma once

#include <optional>
#include <string>

#include "evidence/trapped.h"

namespace mailprobe::evidence {

struct PolicyHad {
  std::optional<std::string> fetched_at;  // what shows that it was: a pointer
  std::optional<Judgement> doubt;         // else: why nothing follows
};

/// `came` is the session that brought the mail.
PolicyHad policy_had(const Trapped& traps, const AtTrap& came);

}  // namespace mailprobe::evidence
