// What follows an attempt: pure rules. RFC 5321 §4.2.1 (4xx, 5xx), §4.5.4.1 (retrying), §5.1 (next address, next host).
#pragma once

#include <chrono>

#include "probe/attempt.h"

namespace mailprobe::probe {

enum class Next {
  stop,     // accepted, refused for good, possibly delivered, or a fault of ours
  address,  // this address did not do: the next one
  host,     // the host said "not now", or cannot do what is asked: the next host
};

Next next_after(const Tried& tried);

/// Whether it is worth coming back: 4xx, not a connection that failed.
bool worth_waiting(const Tried& tried);

/// How long until the next round: what the server asks for ("try again in 300 seconds"), else a minute, doubled by each
/// round.
std::chrono::milliseconds back_off(const Tried& tried, int round);

}  // namespace mailprobe::probe
