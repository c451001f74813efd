// Whose Authentication-Results to believe (RFC 8601 §4.1, §5 and §7.1): by configured authserv-ids, else by position.
// Fields above the Received by which the target's first host took the message are the target's own, and those right
// below it that we did not send (a milter's); all others, and those in what we sent, are shown and never trusted. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "auth/authentication_results.h"
#include "auth/evaluate.h"
#include "auth/header_block.h"

namespace mailprobe::auth {

/// Every Authentication-Results field, topmost first, judged; one that cannot be read has only `raw`.
std::vector<RecordedResults> judge_recorded(const Message& message, const Context& context);

/// What the topmost trusted dmarc result says was done, or was to be done: "none", "quarantine", "reject", or the
/// host's own word. Nothing where no trusted field says it.
std::optional<std::string> claimed_disposition(const std::vector<RecordedResults>& recorded);

}  // namespace mailprobe::auth
