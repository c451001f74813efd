// The receiving server: addresses that it listens on, each perhaps the door of a trap, so many connections at once, a
// session for each, and an end in good order. Holds no protocol (smtp/server.h) and decides about no recipient
// (receiver/reception.h). RFC 5321 §3.8, §4.5.4.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.h"
#include "receiver/reception.h"

namespace mailprobe::receiver {

struct Door {
  IpAddress address;
  std::uint16_t port = 0;  // 0: a free one
  std::optional<std::string> trap;
  /// How a session is held, asked for each: certificates may change meanwhile, and a trap is another one the next time.
  std::function<smtp::ServerOptions(const std::string& client)> session;
};

struct ServerLimits {
  std::size_t connections = 2500;             // some 60 KB each; over it 421 4.3.2
  std::size_t per_client = 50;                // of one IPv4 address or one IPv6 /64; over it 421 4.3.2
  std::size_t max_size = 10 * 1024 * 1024;    // of a message, at every door; over it 552
  std::size_t in_flight = 128 * 1024 * 1024;  // of all messages that are coming in, in memory; over it 452 4.3.1
  std::size_t in_flight_per_client = 64 * 1024 * 1024;  // of those of one client
  std::size_t refusals = 100;  // of connections over the one or the other, at once; over that they are closed
  std::chrono::milliseconds grace{20'000};  // of stop(), for transactions that are under way
};

class Server {
 public:
  /// All doors or none. `office` outlives the sessions: until stop() has returned. Failure::usage names the address
  /// where one cannot be listened on.
  static Task<Result<std::unique_ptr<Server>>> start(std::vector<Door> doors, const Office& office,
                                                     ServerLimits limits = {});
  /// Cancels what stop() has not ended.
  ~Server();

  [[nodiscard]] std::uint16_t port(std::size_t door) const;
  [[nodiscard]] std::size_t connections() const;
  /// Takes no more connections; transactions come to their end, then 421; what is left after the grace (that of the
  /// limits, where nothing else is said) is cut. Returns when no session is left.
  Task<void> stop(std::optional<std::chrono::milliseconds> grace = {});

 private:
  struct Impl;
  explicit Server(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

}  // namespace mailprobe::receiver
