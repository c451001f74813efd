// Where a session of somebody with our receiver came to nothing by a limit of ours: too many connections, no room,
// going down. Then it says nothing of whoever called. RFC 3463 §3.4.
#pragma once

#include <optional>
#include <string>

#include "evidence/document.h"

namespace mailprobe::evidence {

/// What our receiver said: a 4yz with the enhanced code 4.3.z, which is about the system that receives. nullopt: no
/// such thing.
std::optional<std::string> own_refusal(const Session& session);

/// It was sent away before it came to MAIL: at the banner, or because we were going down.
bool turned_away(const Session& session);

}  // namespace mailprobe::evidence
