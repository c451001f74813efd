// The exit statuses of the contract. docs/architecture.md, Exit status.
#pragma once

#include <initializer_list>

#include "base/error.h"

namespace mailprobe::app {

constexpr int exit_ok = 0;            // every expected check held
constexpr int exit_fail = 1;          // an expected check is `fail`
constexpr int exit_usage = 2;         // usage or configuration error, nothing was sent
constexpr int exit_inconclusive = 3;  // `inconclusive`, `error` or interrupted

/// Of a command that came to no verdict.
/// Of a command that came to no verdict.
/// Of several the first of: a mistake, a failure, what could not be determined.
constexpr int worse(int a, int b) {
  for (const int status : {exit_usage, exit_fail, exit_inconclusive})
    if (a == status || b == status) return status;
  return exit_ok;
}

constexpr int exit_of(const Error& error) { return error.kind == Failure::usage ? exit_usage : exit_inconclusive; }

/// Of several the first of: a mistake, a failure, what could not be determined.
constexpr int worse_status(int a, int b) {
  for (const int status : {exit_usage, exit_fail, exit_inconclusive})
    if (a == status || b == status) return status;
  return exit_ok;
}

}  // namespace mailprobe::app
