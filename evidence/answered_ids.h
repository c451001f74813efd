// Which messages an answer says that it is about. Who answers From instead of Reply-To (people, responders, ticket
// systems), or returns a message to an address without our token, names it so all the same. Claims: whose ids they are
// is for who knows what was sent. RFC 5322 §3.6.4 (In-Reply-To, References), RFC 6522 §3 (what a bounce returns). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/header_block.h"

namespace mailprobe::evidence {

constexpr std::size_t max_answered_ids = 10;  // of one message: each is looked for on the disk

/// What of the message ids there may be an id of ours, in lower case: the likeliest first, each once. None of a
/// feedback report, which is no answer: evidence/feedback_report.h.
std::vector<std::string> answered_ids(const auth::Message& message, std::string_view reverse_path);

/// The same of the header of the message that something is about.
std::vector<std::string> returned_ids(std::string_view header);

}  // namespace mailprobe::evidence
