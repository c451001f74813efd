#include "dns/client_subnet.h"

#include <algorithm>

namespace mailprobe::dns {

namespace {

constexpr unsigned client_subnet_option = 8;
constexpr unsigned ipv4_family = 1, ipv6_family = 2;

unsigned octet(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }
unsigned number(std::string_view bytes, std::size_t at) { return octet(bytes, at) << 8 | octet(bytes, at + 1); }

/// FAMILY, SOURCE PREFIX-LENGTH, SCOPE PREFIX-LENGTH (0 in a question), and as many octets of the address as the prefix
/// reaches into, its other bits zero.
std::optional<ClientSubnet> parse_subnet(std::string_view value) {
  if (value.size() < 4) return std::nullopt;
  const auto family = number(value, 0), prefix = octet(value, 2), scope = octet(value, 3);
  const bool v6 = family == ipv6_family;
  if ((family != ipv4_family && !v6) || scope != 0 || prefix > (v6 ? 128U : 32U)) return std::nullopt;
  const auto address = value.substr(4);
  if (address.size() != (prefix + 7) / 8) return std::nullopt;
  if (prefix % 8 != 0 && (octet(address, prefix / 8) & 0xffU >> prefix % 8) != 0) return std::nullopt;
  ClientSubnet subnet{.network = {.bytes = {}, .v6 = v6}, .prefix = prefix};
  std::ranges::copy(address, subnet.network.bytes.begin());
  return subnet;
}

}  // namespace

std::string ClientSubnet::text() const { return network.text() + "/" + std::to_string(prefix); }

std::optional<ClientSubnet> client_subnet_in(std::string_view options) {
  constexpr std::size_t option_header = 4;
  while (options.size() >= option_header) {
    const auto code = number(options, 0);
    const std::size_t length = number(options, 2);
    options.remove_prefix(option_header);
    if (length > options.size()) return std::nullopt;
    if (code == client_subnet_option) return parse_subnet(options.substr(0, length));
    options.remove_prefix(length);
  }
  return std::nullopt;
}

}  // namespace mailprobe::dns
