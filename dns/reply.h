// A query in, the authoritative reply out: pure. Never recursive; names outside the zones are REFUSED. RFC 1035, RFC
// 6891 (EDNS), RFC 4035 §3.1 (DO).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/zone.h"

namespace mailprobe::dns {

enum class Transport { udp, tcp };

struct Asked {
  std::string name;  // lower case, escaped as in RFC 1035 §5.1; the root is empty
  std::uint16_t type = 0;
  std::optional<ClientSubnet> client_subnet{};
};

/// What an ordinary query asks for; nullopt: it is none.
std::optional<Asked> asked_by(std::string_view query);
/// "TXT"; "TYPE4711" for what has no name here (RFC 3597 §5).
std::string type_text(std::uint16_t type);

/// To a query over UDP from somebody who asks too much: come by TCP (RFC 1035 §4.1.1), nothing else.
std::optional<std::string> truncated_reply_to(std::string_view query);

/// nullopt: not a query, or not one to answer.
std::optional<std::string> reply_to(std::string_view query, const std::vector<Zone>& zones, Transport transport);

}  // namespace mailprobe::dns
