// Accepting connections for the lab: ports that are free on several addresses at once, a session for each connection.
#pragma once

#include <functional>
#include <vector>

#include "base/ip.h"
#include "lab/tasks.h"
#include "tls/network.h"

namespace mailprobe::lab {

/// A listener for each address, all of them on one port that was free.
Task<Result<std::vector<tls::Listener>>> listen_on_all(std::vector<IpAddress> addresses);

using Session = std::function<Task<void>(std::unique_ptr<tls::Stream>)>;

/// Serves what connects until the tasks are stopped.
Task<void> accept_all(tls::Listener listener, Tasks tasks, Session session);

}  // namespace mailprobe::lab
