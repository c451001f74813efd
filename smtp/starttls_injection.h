// Does a server run as a command what came in the clear behind STARTTLS? One session that says NOOP in the same segment
// and counts the answers after TLS. Asks for nothing else and sends no mail. CVE-2011-0411, RFC 3207 §6.
#pragma once

#include <optional>
#include <string_view>

#include "smtp/client.h"

namespace mailprobe::smtp {

constexpr std::string_view injected_command = "NOOP";

struct Injection {
  Session session;               // `error` says why it ended early
  std::optional<bool> executed;  // null: the session did not get that far, so nothing is known
};

/// Of `conditions` the HELO name, the handshake and the timeouts count.
Task<Injection> try_injection(tls::Stream& stream, Delivery conditions, Transcript& transcript);

}  // namespace mailprobe::smtp
