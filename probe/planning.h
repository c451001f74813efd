// From settings and a request to the list of probes: pure, no look-up, nothing sent.
#pragma once

#include "base/error.h"
#include "probe/settings.h"
#include "scenarios/plan.h"

#include <span>

namespace mailprobe::probe {

/// --mailbox, else the one whose address `to` is, else the only one; nullptr: none is configured. Failure::usage.
Result<const MailboxAccount*> mailbox_of(const Settings& settings, const std::optional<std::string>& named,
                                         const Mailbox& to);

/// Failure::usage names what is missing or ambiguous (identity, mailbox, submission server) and what there is.
Result<scenarios::Plan> plan(const Settings& settings, const SendOptions& options);
/// Of `run`: every probe of every scenario, each as often as it is repeated. The names of several scenarios' probes
/// begin with the scenario's: "daily:plain". Messages name file and line.
Result<scenarios::Plan> plan(const Settings& settings, const SendOptions& options,
                             std::span<const scenarios::Scenario> scenarios);

}  // namespace mailprobe::probe
