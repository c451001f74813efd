// IP addresses as values: parsing, printing, networks, reverse names. No sockets.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailprobe {

struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};  // IPv4 in the first four
  bool v6 = false;

  /// "192.0.2.1", "2001:db8::1"; brackets, "IPv6:" and zone identifiers are not taken.
  static std::optional<IpAddress> parse(std::string_view text);
  static IpAddress v4(std::array<std::uint8_t, 4> bytes);

  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool loopback() const;  // ::ffff:127.0.0.1 too
  [[nodiscard]] bool in(const IpAddress& network, unsigned prefix) const;
  /// "1.2.0.192.in-addr.arpa" or the ip6.arpa name (RFC 1035 §3.5, RFC 3596 §2.5).
  [[nodiscard]] std::string reverse_name() const;
  /// ::ffff:a.b.c.d as the IPv4 address that it is.
  [[nodiscard]] IpAddress unmapped() const;

  bool operator==(const IpAddress&) const = default;
};

}  // namespace mailprobe
