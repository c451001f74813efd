// The traps of the lab's probe (evidence/traps.h): an address in 127/8 for each, [::1] for ipv6-only, and where their
// MTA-STS policy is served. The probe's own receiver listens there; the lab keeps the places free and publishes the
// records.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ip.h"
#include "receiver/settings.h"

namespace mailprobe::lab {

/// At `port`, but for ipv6-only: the only IPv6 address of loopback has a target at that port already. `ipv6_port` 0: it
/// is left out.
std::vector<receiver::TrapHost> trap_hosts(std::uint16_t port, std::uint16_t ipv6_port);

/// "trap-ipv6-only.probe.test"
std::string ipv6_trap_host();

inline const IpAddress ipv6_loopback = *IpAddress::parse("::1");
inline const IpAddress trap_policy_address = IpAddress::v4({127, 53, 4, 100});

}  // namespace mailprobe::lab
