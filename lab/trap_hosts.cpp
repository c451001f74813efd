#include "lab/trap_hosts.h"

#include "evidence/traps.h"
#include "lab/zones.h"
#include "receiver/traps.h"

namespace mailprobe::lab {

namespace trap = evidence::trap;

std::vector<receiver::TrapHost> trap_hosts(std::uint16_t port, std::uint16_t ipv6_port) {
  std::vector<receiver::TrapHost> all;
  all.reserve(evidence::trap_cases.size());
  std::uint8_t number = 0;
  for (const auto& one : evidence::trap_cases) {
    if (one.name != trap::ipv6_only)
      all.push_back({std::string(one.name), IpAddress::v4({127, 53, 4, ++number}), port});
    else if (ipv6_port != 0)
      all.push_back({std::string(one.name), ipv6_loopback, ipv6_port});
  }
  return all;
}

std::string ipv6_trap_host() { return receiver::trap_domain(trap::ipv6_only, probe_domain); }

}  // namespace mailprobe::lab
