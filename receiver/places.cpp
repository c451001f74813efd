#include "receiver/places.h"

#include <algorithm>

#include "base/ip.h"

namespace mailprobe::receiver {

namespace {

constexpr std::size_t network_bytes = 8;  // of an IPv6 address

}  // namespace

std::string client_key(const std::string& client) {
  auto address = IpAddress::parse(client);
  if (!address || !address->v6) return client;
  std::fill(address->bytes.begin() + network_bytes, address->bytes.end(), std::uint8_t{0});
  return address->text();
}

Room Places::enter(const std::string& client) {
  if (taken_ >= max_) return Room::full;
  auto& its = by_client_[client_key(client)];
  if (its >= max_per_client_) return Room::full_for_client;
  ++its;
  ++taken_;
  return Room::free;
}

void Places::leave(const std::string& client) {
  const auto its = by_client_.find(client_key(client));
  if (its == by_client_.end()) return;
  --taken_;
  if (--its->second == 0) by_client_.erase(its);
}

}  // namespace mailprobe::receiver
