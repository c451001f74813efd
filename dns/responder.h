// An authoritative name server (libldns) over UDP and TCP: signed zones, answered from memory, never recursive.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/ip.h"
#include "base/secret.h"
#include "base/task.h"
#include "dns/client_rate.h"
#include "dns/reply.h"
#include "dns/zone.h"

namespace mailprobe::dns {

struct ZoneText {
  std::string origin;   // "target.test"
  std::string records;  // master file; SOA and NS included
  bool sign = true;     // ECDSAP256SHA256, NSEC
  Secret key{};         // of sign; empty: one made at start (dns/master_file.h)
  /// Of names that are made up when they are asked for (dns/witness_names.h). Not in a signed zone.
  Zone::Made made{};
};

struct ResponderOptions {
  /// Told of every ordinary question that gets an answer, whatever that is.
  std::function<void(const Asked& asked, const IpAddress& from, Transport transport)> asked;
  /// Told of those that the limit leaves without one, or sends to TCP: of them `asked` is not. So the limit holds for
  /// what is written down as well.
  std::function<void(const Asked& asked)> dropped;
  std::optional<RateLimit> limit;  // of each client, over UDP and over TCP
};

class Responder {
 public:
  /// Port 0 takes a free one (the same for UDP and TCP).
  static Task<Result<std::unique_ptr<Responder>>> start(IpAddress address, std::uint16_t port,
                                                        std::vector<ZoneText> zones, ResponderOptions options = {});
  ~Responder();
  [[nodiscard]] std::uint16_t port() const;
  /// A DS record as text for each signed zone: trust anchors.
  [[nodiscard]] std::vector<std::string> anchors() const;
  /// Other zones, or the same signed anew, from the next question on. Where they cannot be, the old ones stay.
  Result<void> replace(const std::vector<ZoneText>& zones);
  void stop();

 private:
  struct Impl;
  explicit Responder(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;  // the serving coroutines share it
};

}  // namespace mailprobe::dns
