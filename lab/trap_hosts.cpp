#include "lab/trap_hosts.h"

#include "evidence/traps.h"

namespace mailprobe::lab {

std::vector<receiver::TrapHost> trap_hosts(std::uint16_t port) {
  std::vector<receiver::TrapHost> all;
  all.reserve(evidence::trap_cases.size());
  for (const auto& one : evidence::trap_cases) {
    const auto number = static_cast<std::uint8_t>(all.size() + 1);
    if (one.name != evidence::trap::ipv6_only)
      all.push_back({std::string(one.name), IpAddress::v4({127, 53, 4, number}), port});
  }
  return all;
}

}  // namespace mailprobe::lab
