// An authoritative name server (libldns) over UDP and TCP: signed zones, answered from memory, never recursive.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/ip.h"
#include "base/task.h"

namespace mailprobe::dns {

struct ZoneText {
  std::string origin;   // "target.test"
  std::string records;  // master file; SOA and NS included
  bool sign = true;     // ECDSAP256SHA256, NSEC, a key made at start
};

class Responder {
 public:
  /// Port 0 takes a free one (the same for UDP and TCP).
  static Task<Result<std::unique_ptr<Responder>>> start(IpAddress address, std::uint16_t port,
                                                        std::vector<ZoneText> zones);
  ~Responder();
  [[nodiscard]] std::uint16_t port() const;
  /// A DS record as text for each signed zone: trust anchors.
  [[nodiscard]] std::vector<std::string> anchors() const;
  void stop();

 private:
  struct Impl;
  explicit Responder(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;  // the serving coroutines share it
};

}  // namespace mailprobe::dns
