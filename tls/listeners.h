// Accepting connections: ports that are free on several addresses at once, a session for each connection. Knows no
// protocol.
#pragma once

#include <functional>
#include <vector>

#include "base/ip.h"
#include "base/tasks.h"
#include "tls/network.h"

namespace mailprobe::tls {

/// A listener for each address, all of them on one port that was free.
Task<Result<std::vector<Listener>>> listen_on_all(std::vector<IpAddress> addresses);

using Serve = std::function<Task<void>(std::unique_ptr<Stream>)>;

/// Serves what connects until the tasks are stopped or the listener is closed. Where we can take no more for now (no
/// descriptor is left), those who connect wait.
Task<void> accept_all(Listener listener, Tasks tasks, Serve serve);

}  // namespace mailprobe::tls
