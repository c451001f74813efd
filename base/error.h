// What can go wrong, as data: who is at fault, what we say, what the peer said.
// Not a verdict: a verdict about the target is evidence (evidence/), an Error is why a step did not complete.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <utility>

#include "base/cause.h"

namespace mailprobe {

enum class Failure {
  ours,         // a fault or a limit of ours; never reads as the target's failure
  usage,        // bad input, configuration or command line: exit status 2
  connection,   // refused, reset, unreachable, closed early
  timeout,      // a deadline passed
  protocol,     // the peer broke its protocol, or a limit of ours against hostile peers
  refused,      // the peer said no (4xx, 5xx, NO, BAD)
  unsupported,  // the peer lacks what is needed
  interrupted,  // SIGINT or SIGTERM
};

struct Error {
  Failure kind = Failure::ours;
  std::string message;         // ours: one sentence, no trailing full stop, safe to print
  std::optional<Cause> cause;  // where the step already knows it
  std::string peer;            // the peer's own words, raw and capped; escape before printing
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Failure kind, std::string message, std::optional<Cause> cause = {},
                                   std::string peer = {}) {
  return std::unexpected(Error{kind, std::move(message), cause, std::move(peer)});
}

}  // namespace mailprobe
