// How much memory the messages that are coming in may take: a bound for all, and one within it for each client, so that
// nobody has all of it. Holds no message. RFC 4291 §2.5.4 (a host has a /64).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>

#include "smtp/in_flight.h"

namespace mailprobe::receiver {

class Budgets {
 public:
  /// Octets.
  Budgets(std::size_t all, std::size_t per_client)
      : all_(std::make_shared<smtp::InFlight>(all)), per_client_(per_client) {}

  /// That of a client: the same one for all of its sessions, as long as there are any.
  std::shared_ptr<smtp::InFlight> of(const std::string& client);

 private:
  std::shared_ptr<smtp::InFlight> all_;
  std::size_t per_client_, sweep_at_ = 64;
  std::unordered_map<std::string, std::weak_ptr<smtp::InFlight>> by_client_;
};

}  // namespace mailprobe::receiver
