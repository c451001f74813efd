// What leaves the spool by itself, so that it does not grow for ever: what is older than the bound of age; and where
// the whole is over the bound of size, what somebody has read, the oldest first. Never what nobody has read and is
// younger. Who reads, and who takes away at once what needs no keeping, is not decided here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "receiver/settings.h"
#include "receiver/spool.h"

namespace mailprobe::receiver {

struct Pruning {
  std::vector<std::string> old, read;  // names that go, and why
  std::uintmax_t freed = 0, left = 0;  // octets
};

/// `kept` in the order of arrival. Pure.
Pruning what_goes(const std::vector<Kept>& kept, const KeepBounds& bounds, Time now);
/// Does it; what could not be removed is not in it.
Pruning prune(const Spool& spool, const KeepBounds& bounds, Time now);
/// For the log; empty: nothing went.
std::string told_of(const Pruning& pruning, const KeepBounds& bounds);

}  // namespace mailprobe::receiver
