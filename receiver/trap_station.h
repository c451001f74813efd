// The part of receiving that is about traps: their doors, their certificates, and the MTA-STS policy by HTTPS. For
// receiver/station.h. RFC 8461 §3.3.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/tasks.h"
#include "receiver/folder.h"
#include "receiver/traps.h"
#include "tls/stream.h"

namespace mailprobe::receiver {

using Fetched = std::function<void(const evidence::PolicyFetch& fetch)>;

/// Asked for by our own look at the policy, which says nothing of the way from outside.
inline constexpr std::string_view own_look_target = "/.well-known/mta-sts.txt?own-look";

class TrapStation {
 public:
  /// Failure::usage: no certificate is configured, one cannot be used, the policy host's address is taken.
  /// `fetched` hears of all who ask for the policy (receiver/policy_log.h).
  static Task<Result<std::unique_ptr<TrapStation>>> open(const Settings& settings, const Folder& folder, Tasks tasks,
                                                         Fetched fetched);

  [[nodiscard]] std::vector<Door> doors() const { return Traps::doors(traps_, hosts_); }
  [[nodiscard]] Traps& traps() const { return *traps_; }
  /// Of the policy host; 0: there is none.
  [[nodiscard]] std::uint16_t policy_port() const { return policy_port_; }
  /// Certificates anew, also those of the policy host, for the sessions to come; where it fails all stays as it was.
  Result<void> reload(const Settings& settings);

 private:
  TrapStation(std::vector<TrapHost> hosts, TrapKey own, std::shared_ptr<Traps> traps, tls::Handshake policy)
      : hosts_(std::move(hosts)),
        own_(std::move(own)),
        traps_(std::move(traps)),
        policy_(std::make_shared<tls::Handshake>(std::move(policy))) {}

  std::vector<TrapHost> hosts_;
  TrapKey own_;
  std::shared_ptr<Traps> traps_;
  std::shared_ptr<tls::Handshake> policy_;  // what the policy host makes each session with
  std::uint16_t policy_port_ = 0;
};

}  // namespace mailprobe::receiver
