// A plan carried out, or printed: what `send` and `run` have in common once they know what is to be sent.
#pragma once

#include "app/commands.h"
#include "app/world.h"
#include "base/task.h"
#include "scenarios/plan.h"

namespace mailprobe::app {

/// --dry-run: on standard output, or as --json says.
int print_plan(const scenarios::Plan& plan, const CommonOptions& common);
/// Sends, judges, presents; the exit status. The references outlive it.
Task<int> carry_out(const probe::SendOptions& options, const Setting& setting, World& world,
                    const scenarios::Plan& plan);

}  // namespace mailprobe::app
