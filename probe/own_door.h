// Whether it is our own receiver that answers where the name of one of our hosts leads: by its banner. Sends no mail
// and judges nothing. RFC 5321 §4.2, §4.3.1.
#pragma once

#include <optional>
#include <string>

#include "probe/network.h"
#include "receiver/settings.h"

namespace mailprobe::probe {

/// What is wrong there, in words that follow on "where"; nullopt: the banner is that of `host`.
Task<std::optional<std::string>> own_door_problem(receiver::ListenAt at, std::string host, Network network);

}  // namespace mailprobe::probe
