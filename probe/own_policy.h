// Whether the MTA-STS policy of our own traps is served as a sender wants it: by HTTPS, with a certificate of that
// name, and for that host. Asks the address that it is told; judges nothing. RFC 8461 §3.3.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "probe/network.h"
#include "receiver/settings.h"
#include "tls/context.h"

namespace mailprobe::probe {

/// What is wrong with it, in words; nullopt: nothing. `domain` is the trap's: its own MX host.
Task<std::optional<std::string>> own_policy_problem(receiver::ListenAt host, std::string domain, Network network,
                                                    std::shared_ptr<const tls::Context> context);

}  // namespace mailprobe::probe
