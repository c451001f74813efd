// Runs one command's coroutine on a single-threaded io_context. SIGINT and SIGTERM cancel it, so that it can write what
// it has; a second signal, or the end of `patience`, ends the process at once.
#pragma once

#include <chrono>
#include <functional>

#include "base/task.h"

namespace mailprobe::app {

/// An interrupted run ends within a second.
constexpr std::chrono::milliseconds ordinary_patience{900};

/// The command's own exit status; 3 where it was ended by force or threw.
int run_command(const std::function<Task<int>()>& command, std::chrono::milliseconds patience = ordinary_patience);
/// Sleeps until the caller is cancelled; what it does then is not cut by exceptions.
Task<void> until_cancelled();

}  // namespace mailprobe::app
