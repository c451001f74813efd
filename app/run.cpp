// run: scenario files, loaded, planned, sent, judged by what they expect. Nothing goes out before every file, the plan
// and the output paths are known to be good.
#include "app/commands.h"
#include "app/logging.h"
#include "app/output_files.h"
#include "app/runtime.h"
#include "app/scenario_files.h"
#include "app/sending.h"
#include "app/world.h"
#include "probe/planning.h"
#include "scenarios/selection.h"

namespace mailprobe::app {

namespace {

Task<int> run_scenarios(const RunCommand& command, const std::vector<scenarios::Scenario>& scenarios,
                        const Setting& setting) {
  const auto& options = command.options;
  const Needs needs{.keys = true, .secrets = !command.dry_run && (!options.no_wait || options.via)};
  auto world = co_await open_world(setting.common, needs, setting.environment);
  if (!world) co_return complain(world.error());
  if (!world->configured) co_return complain(not_configured());
  const auto plan = probe::plan(world->settings, options, scenarios);
  if (!plan) co_return complain(plan.error());
  if (command.dry_run) co_return print_plan(*plan, setting.common);
  const int status = co_await carry_out(options, setting, *world, *plan);
  co_return status;
}

}  // namespace

int run(const RunCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  auto scenarios = read_scenarios(command.files, command.given, setting.environment);
  if (!scenarios) return complain(scenarios.error());
  for (const auto& scenario : *scenarios)
    for (const auto& warning : scenario.warnings) log_warning(warning);
  if (auto ok = scenarios::select(*scenarios, command.selection); !ok) return complain(ok.error());
  return run_command([&] { return run_scenarios(command, *scenarios, setting); });
}

}  // namespace mailprobe::app
