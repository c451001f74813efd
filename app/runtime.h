// Runs one command's coroutine on a single-threaded io_context. SIGINT and SIGTERM cancel it, so that it can write what
// it has; a second signal, or a second's delay, ends the process at once.
#pragma once

#include <functional>

#include "base/task.h"

namespace mailprobe::app {

/// The command's own exit status; 3 where it was ended by force or threw.
int run_command(const std::function<Task<int>()>& command);
/// Sleeps until the caller is cancelled.
Task<void> until_cancelled();

}  // namespace mailprobe::app
