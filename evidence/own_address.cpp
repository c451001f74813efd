#include "evidence/own_address.h"

#include <algorithm>

namespace mailprobe::evidence {

namespace {

std::optional<IpAddress> parsed(const std::optional<std::string>& text) {
  const auto address = text ? IpAddress::parse(*text) : std::nullopt;
  if (!address) return std::nullopt;
  return address->unmapped();
}

}  // namespace

std::vector<IpAddress> own_addresses(const Document& document, const Probe& probe) {
  std::vector<IpAddress> all;
  for (const auto& attempt : probe.attempts) {
    const auto address = parsed(attempt.local_address);
    if (address && std::ranges::find(all, *address) == all.end()) all.push_back(*address);
  }
  const auto of_run = all.empty() ? parsed(document.self.address) : std::nullopt;
  if (of_run) all.push_back(*of_run);
  return all;
}

std::optional<IpAddress> own_address(const Document& document, const Probe& probe) {
  for (auto attempt = probe.attempts.rbegin(); attempt != probe.attempts.rend(); ++attempt)
    if (const auto address = parsed(attempt->local_address)) return address;
  return parsed(document.self.address);
}

bool is_behind_nat(const IpAddress& address) {
  struct Network {
    const char* text;
    unsigned prefix;
  };
  static constexpr Network networks[] = {{"10.0.0.0", 8},     {"172.16.0.0", 12}, {"192.168.0.0", 16},
                                         {"169.254.0.0", 16}, {"100.64.0.0", 10}, {"fc00::", 7},
                                         {"fe80::", 10}};
  return std::ranges::any_of(networks, [&](const Network& network) {
    const auto base = IpAddress::parse(network.text);
    return base && base->v6 == address.v6 && address.in(*base, network.prefix);
  });
}

}  // namespace mailprobe::evidence
