// The part of receiving that is about traps: their doors, their certificates, and the MTA-STS policy by HTTPS. For
// receiver/station.h. RFC 8461 §3.3.
#pragma once

#include <memory>
#include <vector>

#include "base/tasks.h"
#include "receiver/folder.h"
#include "receiver/traps.h"

namespace mailprobe::receiver {

class TrapStation {
 public:
  /// Failure::usage: no certificate is configured, one cannot be used, the policy host's address is taken.
  static Task<Result<std::unique_ptr<TrapStation>>> open(const Settings& settings, const Folder& folder, Tasks tasks);

  [[nodiscard]] std::vector<Door> doors() const { return Traps::doors(traps_, hosts_); }
  [[nodiscard]] Traps& traps() const { return *traps_; }
  Result<void> reload(const Settings& settings);

 private:
  TrapStation(std::vector<TrapHost> hosts, TrapKey own, std::shared_ptr<Traps> traps)
      : hosts_(std::move(hosts)), own_(std::move(own)), traps_(std::move(traps)) {}

  std::vector<TrapHost> hosts_;
  TrapKey own_;
  std::shared_ptr<Traps> traps_;
};

}  // namespace mailprobe::receiver
