// How wrong our own clock may be. Bounds for probe/own_clock.h and the check `self.clock`; reads no clock.
#pragma once

#include <chrono>

namespace mailprobe::evidence {

/// Less than what a message takes on its way: nobody can tell.
constexpr auto right_clock = std::chrono::seconds(5);
/// Above it receivers see signatures and messages from the future (RFC 6376 §3.5, t=), and delays mean nothing.
constexpr auto bearable_clock = std::chrono::seconds(60);

}  // namespace mailprobe::evidence
