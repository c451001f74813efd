// One run of `send`: plan, execute, evidence. Does all the I/O of a run; judging is evidence/assess.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/task.h"
#include "dns/resolver.h"
#include "evidence/document.h"
#include "probe/settings.h"
#include "scenarios/plan.h"

namespace mailprobe::probe {

/// What the run tells while it goes: app/progress prints it.
struct Progress {
  std::function<void(const std::string& line)> step;  // "mx.target.test (127.0.1.1): TLSv1.3, accepted in 0.21 s"
  /// A wait of our own begins: its cause and length ("for the copy in reflector@target.test", 5m). Ends with the next
  /// step.
  std::function<void(const std::string& cause, std::chrono::milliseconds length)> waiting;
  std::function<void(const Event& event)> dialogue;  // --verbose
};

struct Outcome {
  evidence::Document document;  // findings filled in
  std::string directory;        // runs/ID
};

/// Usage errors (Failure::usage) mean that nothing was sent and no run directory stays. Cancellation (SIGINT) gives
/// evidence so far, run.interrupted set.
Task<Result<Outcome>> run(const Settings& settings, const scenarios::Plan& plan, const SendOptions& options,
                          dns::Resolver& resolver, Progress progress);

}  // namespace mailprobe::probe
