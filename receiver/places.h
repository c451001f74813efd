// How many connections there are, in all and of each client. Pure. RFC 5321 §3.8, RFC 4291 §2.5.4 (a host has a /64).
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

namespace mailprobe::receiver {

enum class Room { free, full, full_for_client };

/// Who is one client: an IPv4 address, or an IPv6 /64.
std::string client_key(const std::string& address);

class Places {
 public:
  Places(std::size_t all, std::size_t per_client) : max_(all), max_per_client_(per_client) {}

  /// Takes a place where there is one; leave() gives it back.
  Room enter(const std::string& client);
  void leave(const std::string& client);
  [[nodiscard]] std::size_t taken() const { return taken_; }

 private:
  std::size_t max_, max_per_client_, taken_ = 0;
  std::unordered_map<std::string, std::size_t> by_client_;
};

}  // namespace mailprobe::receiver
