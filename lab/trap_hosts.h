// The traps of the lab's probe (evidence/traps.h): an address in 127/8 for each, and where their MTA-STS policy is
// served. The probe's own receiver listens there; the lab keeps the addresses free and publishes the records.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ip.h"
#include "receiver/settings.h"

namespace mailprobe::lab {

/// All but ipv6-only: the only IPv6 address of loopback is a target's.
std::vector<receiver::TrapHost> trap_hosts(std::uint16_t port);

inline const IpAddress trap_policy_address = IpAddress::v4({127, 53, 4, 100});

}  // namespace mailprobe::lab
