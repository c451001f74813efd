// May we connect to a host now? Our own manners towards strangers: one connection at a time and so many a minute for
// each provider (probe/sending_limits.h): both are waited for as long as there is time.
// Loopback is the caller's exemption.
#pragma once

#include <optional>
#include <string>

#include "base/files.h"
#include "probe/network.h"
#include "probe/progress.h"
#include "probe/sending_limits.h"

namespace mailprobe::probe {

/// The place among simultaneous connections alone; what is done there asks for each connection by itself.
Task<std::optional<Error>> take_place(std::string host, Steady until, const SendingLimits& limits,
                                      const Network& network, const Progress& progress, File& held);

/// Until when a place, and a turn by the rate, are waited for.
struct WaitUntil {
  Steady place, turn;
};

/// An error: not before then. `held` is the place among simultaneous connections, kept as long as the file lives.
Task<std::optional<Error>> admit(std::string host, WaitUntil until, const SendingLimits& limits, const Network& network,
                                 const Progress& progress, File& held);

}  // namespace mailprobe::probe
