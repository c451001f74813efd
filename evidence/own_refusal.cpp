#include "evidence/own_refusal.h"

#include <algorithm>

namespace mailprobe::evidence {

namespace {

/// RFC 3463 §2, §3.4: "421 4.3.2 Too many connections", "452 4.3.1 No room left".
bool about_our_system(const Event& event) {
  return event.dir == Direction::out && event.text.starts_with('4') && event.text.substr(3).starts_with(" 4.3.");
}

}  // namespace

std::optional<std::string> own_refusal(const Session& session) {
  const auto found = std::ranges::find_if(session.events, about_our_system);
  return found == session.events.end() ? std::nullopt : std::optional(found->text);
}

bool turned_away(const Session& session) {
  return !session.helo && !session.tls && !session.tls_alert && own_refusal(session);
}

}  // namespace mailprobe::evidence
