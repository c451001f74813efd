// What happened to a body on its way, named as in docs/mutations.md. Pure, near-linear.
#pragma once

#include <vector>

#include "auth/dkim_sign.h"
#include "auth/header_block.h"
#include "auth/results.h"

namespace mailprobe::auth {

/// Ranges are offsets in the bodies. Diffs show the canonical form; of encoded text what it says.
std::vector<Mutation> body_mutations(const Message& sent, const Message& received, Canon canon);

}  // namespace mailprobe::auth
