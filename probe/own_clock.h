// Is our own clock right? Asked of the NTP server that is configured, never of a stranger's. Sets no clock; judging is
// evidence/assess. RFC 4330.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/ip.h"
#include "dns/resolver.h"
#include "evidence/document.h"

namespace mailprobe::probe {

/// What it takes of the world. Values, as in probe/network.h.
struct ClockMeans {
  std::function<Task<Result<std::string>>(IpAddress address, std::uint16_t port, std::string question, Steady deadline)>
      ask;
  std::function<Time()> now;
  std::function<Steady()> steady;
};

ClockMeans real_clock();

struct ClockFound {
  evidence::OwnRecord record;        // "clock"
  std::optional<std::int64_t> skew;  // seconds that ours is ahead
};

/// `server` is "HOST" or "HOST:PORT"; port 123 where none is said.
Task<ClockFound> check_clock(std::string server, ClockMeans means, dns::Resolver& resolver);

}  // namespace mailprobe::probe
