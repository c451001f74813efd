// Received fields: by whom, from whom, how and when each host took the message (RFC 5321 §4.4, RFC 3848). Pure.
// Reads what Postfix, Exim, Sendmail, Google, Exchange, Dovecot, qmail, OpenSMTPD and others write; never an error,
// what is not said stays empty. Anybody can write such a field: which one to believe is decided elsewhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/header_block.h"
#include "auth/results.h"
#include "base/ip.h"

namespace mailprobe::auth {

struct Received {
  std::string from;                 // the word behind "from": the HELO name, with Exim and qmail the host's own name
  std::string helo;                 // the client's HELO or EHLO name
  std::string client_name;          // as the receiving host looked it up; empty: unknown, or doubtful to the host
  std::optional<IpAddress> client;  // the address that the receiving host saw
  std::string by, protocol, id, recipient;
  std::optional<std::string> envelope_from;  // without angle brackets
  std::optional<std::string> tls;            // "TLSv1.3 TLS_AES_256_GCM_SHA384", or "TLS" where only RFC 3848 says so
  std::optional<Time> time;
};

Received parse_received(std::string_view value);

/// All of a message, topmost first; no more than limits::hops.
std::vector<Received> received_of(const Message& message);

/// In the order of travel, with the delays between them; a clock that is behind makes one negative.
std::vector<Hop> hops_of(const std::vector<Received>& topmost_first);

}  // namespace mailprobe::auth
