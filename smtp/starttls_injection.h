// Does a server run as a command what came in the clear behind STARTTLS? One session that says NOOP in the same segment
// and counts the answers after TLS. Asks before that whether mail would be taken in plain text (MAIL, then RSET), and
// sends none. CVE-2011-0411, RFC 3207 §4, §6.
#pragma once

#include <optional>
#include <string_view>

#include "smtp/client.h"

namespace mailprobe::smtp {

constexpr std::string_view injected_command = "NOOP";

struct Injection {
  Session session;                // `error` says why it ended early
  std::optional<int> plain_mail;  // the code that answers MAIL FROM:<> before STARTTLS; null: it did not come to that
  std::optional<bool> executed;   // null: the session did not get that far, so nothing is known
};

/// Of `conditions` the HELO name, the handshake and the timeouts count.
Task<Injection> try_injection(tls::Stream& stream, Delivery conditions, Transcript& transcript);

}  // namespace mailprobe::smtp
