// Is our own port 25 open? Asked of a control host of ours, never of a stranger's.
#pragma once

#include <string>

#include "dns/resolver.h"
#include "probe/network.h"

namespace mailprobe::probe {

/// `control` is "HOST:25". "open": it answers; "closed": it does not; "presumed-closed": there is none to ask.
Task<std::string> examine_port25(std::string control, Network network, dns::Resolver& resolver);

/// "HOST:PORT", "[2001:db8::1]:25", or a host alone: then `otherwise`.
std::pair<std::string, std::uint16_t> host_and_port(const std::string& text, std::uint16_t otherwise);

}  // namespace mailprobe::probe
