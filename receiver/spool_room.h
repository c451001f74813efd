// Whether the spool has room for what comes: counts what is kept, and has it pruned (receiver/pruning.h), now and then
// and when it is full. What others take away it learns by that. RFC 5321 §4.2.2 (452).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/tasks.h"
#include "receiver/disk.h"
#include "receiver/pruning.h"

namespace mailprobe::receiver {

/// Who waits for a message.
enum class AwaitedBy {
  nobody,     // people's mail, reports, what anybody sends: it stays
  reflector,  // a probe, to our reflector alone: anybody may send it, and it goes as soon as it is decided
  probe,      // to an address that a probe of ours gave
};

/// What mail may fill of the spool, in octets, with all that was there before.
std::uintmax_t share_of(const KeepBounds& bounds, AwaitedBy whom);

class SpoolRoom {
 public:
  using Told = std::function<void(const std::string& line)>;

  /// `pruned` gets what went, in words, and that mail but answers has filled its share; `full` is called each time
  /// there comes to be no room. Both, and `disk`, live until `tasks` are stopped.
  SpoolRoom(Spool spool, Disk& disk, KeepBounds bounds, Tasks tasks, Told pruned, Told full);

  /// Taken where there is. What nobody waits for has three quarters of it, probes to our reflector half of what is
  /// left: so mail of anybody keeps no answer out, and people's mail no probe.
  bool take(std::size_t octets, AwaitedBy whom);
  /// In the background, once at a time.
  void prune();

 private:
  struct State;
  static Task<void> prune_once(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace mailprobe::receiver
