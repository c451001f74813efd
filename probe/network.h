// What a run needs of the world besides DNS: connections, waiting, the monotonic clock. Values, so that tests give
// scripted streams and no time passes. Resolves no names and speaks no protocol.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/ip.h"
#include "base/time.h"
#include "tls/stream.h"

namespace mailprobe::probe {

using StreamResult = Result<std::unique_ptr<tls::Stream>>;

struct Network {
  std::function<Task<StreamResult>(IpAddress address, std::uint16_t port, std::optional<IpAddress> source,
                                   Steady deadline)>
      connect;
  Pause pause;  // returns early when cancelled
  std::function<Steady()> steady;
};

Network real_network();

}  // namespace mailprobe::probe
