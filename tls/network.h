// Sockets as Streams: connecting, listening, waiting. The only header by which the network is reached, the resolver
// apart. A cancelled operation (asio cancellation slot, total) ends with Failure::interrupted.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/ip.h"
#include "tls/stream.h"

namespace mailprobe::tls {

/// A TCP connection. `source` is the local address to bind, where one is asked for.
Task<Result<std::unique_ptr<Stream>>> connect(IpAddress address, std::uint16_t port, std::optional<IpAddress> source,
                                              Steady deadline);

class Listener {
 public:
  /// Port 0 takes a free one.
  static Task<Result<Listener>> open(IpAddress address, std::uint16_t port);
  Listener(Listener&&) noexcept;
  Listener& operator=(Listener&&) noexcept;
  ~Listener();

  [[nodiscard]] std::uint16_t port() const;
  Task<Result<std::unique_ptr<Stream>>> accept();
  void close();

 private:
  struct Impl;
  explicit Listener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Waits; returns early when cancelled. Fits mailprobe::Pause.
Task<void> pause(std::chrono::milliseconds duration);

}  // namespace mailprobe::tls
