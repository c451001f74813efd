// From settings and a request to the list of probes: pure, no look-up, nothing sent.
#pragma once

#include "base/error.h"
#include "probe/settings.h"
#include "scenarios/plan.h"

namespace mailprobe::probe {

/// Failure::usage names what is missing or ambiguous (identity, mailbox, submission server) and what there is.
Result<scenarios::Plan> plan(const Settings& settings, const SendOptions& options);

}  // namespace mailprobe::probe
