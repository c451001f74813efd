#include "base/ip.h"

#include <arpa/inet.h>

#include <algorithm>

#include "base/encoding.h"

namespace mailprobe {

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string copy(text);
  if (copy.find('\0') != std::string::npos) return std::nullopt;
  IpAddress address;
  if (inet_pton(AF_INET, copy.c_str(), address.bytes.data()) == 1) return address;
  address.v6 = true;
  if (inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

IpAddress IpAddress::v4(std::array<std::uint8_t, 4> bytes) {
  IpAddress address;
  std::ranges::copy(bytes, address.bytes.begin());
  return address;
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  inet_ntop(v6 ? AF_INET6 : AF_INET, bytes.data(), buffer.data(), buffer.size());
  return buffer.data();
}

bool IpAddress::loopback() const {
  const auto plain = unmapped();
  return plain.v6 ? std::all_of(bytes.begin(), bytes.end() - 1, [](auto b) { return b == 0; }) && bytes[15] == 1
                  : plain.bytes[0] == 127;
}

bool IpAddress::in(const IpAddress& network, unsigned prefix) const {
  if (v6 != network.v6 || prefix > (v6 ? 128U : 32U)) return false;
  const auto whole = prefix / 8, rest = prefix % 8;
  if (!std::equal(bytes.begin(), bytes.begin() + whole, network.bytes.begin())) return false;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xffU << (8 - rest));
  return (bytes[whole] & mask) == (network.bytes[whole] & mask);
}

std::string IpAddress::reverse_name() const {
  std::string out;
  if (!v6) {
    for (int i = 3; i >= 0; --i) out += std::to_string(bytes[static_cast<std::size_t>(i)]) + ".";
    return out + "in-addr.arpa";
  }
  const auto digits = hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) (out += *digit) += '.';
  return out + "ip6.arpa";
}

IpAddress IpAddress::unmapped() const {
  const bool zeros = std::all_of(bytes.begin(), bytes.begin() + 10, [](auto b) { return b == 0; });
  if (!v6 || !zeros || bytes[10] != 0xff || bytes[11] != 0xff) return *this;
  return v4({bytes[12], bytes[13], bytes[14], bytes[15]});
}

}  // namespace mailprobe
