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

/// nullopt: not a query, or not one to answer.
std::optional<std::string> reply_to(std::string_view query, const std::vector<Zone>& zones, Transport transport);

}  // namespace mailprobe::dns
