// Our DNS as a witness, served by us: the zones of names that only one probe uses, and where it is asked for the whole
// domain, signed with a key that is kept. Writes what it was asked to the folder that all processes share; judges
// nothing. RFC 6891, RFC 4034; dns/responder.h answers.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "dns/client_rate.h"
#include "receiver/folder.h"
#include "receiver/settings.h"

namespace mailprobe::receiver {

/// Of an identity: its domain, and what is published for the key that signs with the names of one probe.
struct Witnessed {
  std::string domain, dkim_record;
};

class Witness {
 public:
  /// Failure::usage: an address or the lock is taken, a zone or a key cannot be read. `host` where the settings name
  /// none. `trouble`: a fault of ours that ends nothing.
  static Task<Result<std::unique_ptr<Witness>>> open(DnsSettings settings, std::string host, const Folder& folder,
                                                     std::vector<Witnessed> identities,
                                                     std::function<void(const Error& error)> trouble);
  ~Witness();

  /// "192.0.2.1 port 53", each.
  [[nodiscard]] std::vector<std::string> places() const;
  [[nodiscard]] std::uint16_t port(std::size_t place) const;
  /// A DS record for each signed zone: what its parent is to publish.
  [[nodiscard]] std::vector<std::string> anchors() const;
  /// Zone files read anew, and signed anew; where they cannot be the old ones stay. It does so every day by itself.
  Result<void> reload();
  void stop();

 private:
  struct Impl;
  explicit Witness(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

/// Of each client over UDP, where strangers can ask in the name of others; not on loopback.
std::optional<dns::RateLimit> rate_limit_at(const IpAddress& address);

/// Another process serves for this configuration now.
bool is_witness_held(const Folder& folder);

}  // namespace mailprobe::receiver
