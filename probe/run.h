// One run of `send` or `run`: plan, execute, evidence. Does all the I/O of a run; judging is evidence/assess.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "base/task.h"
#include "dns/resolver.h"
#include "evidence/document.h"
#include "probe/network.h"
#include "probe/progress.h"
#include "probe/settings.h"
#include "scenarios/plan.h"

namespace mailprobe::probe {

struct Outcome {
  evidence::Document document;  // findings filled in
  std::string directory;        // runs/ID
  bool stored = true;           // the evidence is in it
};

/// Usage errors (Failure::usage) mean that nothing was sent and no run directory stays. Cancellation (SIGINT) gives
/// evidence so far, run.interrupted set.
Task<Result<Outcome>> run(const Settings& settings, const scenarios::Plan& plan, const SendOptions& options,
                          dns::Resolver& resolver, Progress progress);
/// The same over another network: tests.
Task<Result<Outcome>> run(const Settings& settings, const scenarios::Plan& plan, const SendOptions& options,
                          dns::Resolver& resolver, Progress progress, Network network);

}  // namespace mailprobe::probe
