// Scores: profiles over a document's findings, each line of them explained. Not a verdict: nothing here changes a
// finding or an exit status. Monotonic: a protection that is added never lowers a score. docs/scores.md has the tables.
#pragma once

#include <string_view>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::evidence {

/// The profiles mecsa, internet-nl and bulk-sender, in this order; nothing for a document without a target. Where
/// nothing of a category could be determined its `max` is 0, and `why` says what is missing.
std::vector<Score> score(const Document& document);

/// A line of `why` that says that it is not known.
bool is_undetermined(std::string_view line);
/// All that the category asks for could be determined.
bool wholly_known(const Score& score);

}  // namespace mailprobe::evidence
