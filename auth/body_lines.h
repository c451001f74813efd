// Two bodies as comparable lines: boundaries that merely have another name made alike, contents whose transfer
// encoding changed decoded on both sides. What was made alike is named here (docs/mutations.md); what is left to differ
// is auth/body_mutation's. Pure, linear.
#pragma once

#include <vector>

#include "auth/results.h"
#include "auth/text_lines.h"

namespace mailprobe::auth {

struct ComparableBodies {
  TextStore store;
  std::vector<TextLine> sent, received;
  std::vector<Mutation> named;                                    // ranges are offsets in the bodies
  std::vector<std::size_t> sent_delimiters, received_delimiters;  // offsets of the lines between parts
};

/// False where the bodies have more lines than are compared one by one.
bool make_comparable(const Message& sent, const Message& received, ComparableBodies& out);

}  // namespace mailprobe::auth
