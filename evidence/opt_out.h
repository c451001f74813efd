// Whether somebody who answers a probe asks for no more of them, in the words that the probe itself names: the subject,
// or the first line that is written, is "stop" or the like and nothing else. Guesses at no other words. Pure, bounded.
#pragma once

#include "auth/header_block.h"

namespace mailprobe::evidence {

/// Of a message that is known to be a person's: evidence/answer.h.
bool asks_for_no_more(const auth::Message& message);

}  // namespace mailprobe::evidence
