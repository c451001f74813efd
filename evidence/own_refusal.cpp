#include "evidence/own_refusal.h"

#include <algorithm>
#include <string_view>

namespace mailprobe::evidence {

namespace {

/// RFC 3463 §2, §3.4: "421 4.3.2 Too many connections", "452 4.3.1 No room left".
bool about_our_system(const Event& event) {
  const std::string_view text = event.text;  // of any length: it may come with a file
  constexpr std::size_t code = 3;
  return event.dir == Direction::out && text.size() > code && text.starts_with('4') &&
         text.substr(code).starts_with(" 4.3.");
}

}  // namespace

std::optional<std::string> own_refusal(const Session& session) {
  const auto found = std::ranges::find_if(session.events, about_our_system);
  return found == session.events.end() ? std::nullopt : std::optional(found->text);
}

bool turned_away(const Session& session) { return !session.mail_from && !session.tls_alert && own_refusal(session); }

}  // namespace mailprobe::evidence
