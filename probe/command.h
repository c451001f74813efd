// Runs a command of the configuration by /bin/sh and takes what it prints: bounded, within a time. Its standard error
// stays the user's. Whether a command may be run at all is app/config's decision.
#pragma once

#include <chrono>
#include <string>

#include "base/error.h"
#include "base/secret.h"
#include "base/task.h"

namespace mailprobe::probe {

/// Failure::usage where it fails, prints too much or takes too long; the message holds none of what it printed.
Task<Result<Secret>> command_output(std::string command, std::chrono::milliseconds time);

}  // namespace mailprobe::probe
