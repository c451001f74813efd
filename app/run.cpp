// run: scenario files, loaded, planned, sent, judged by what they expect. Nothing goes out before every file, the plan
// and the output paths are known to be good.
#include "app/commands.h"
#include "app/console.h"
#include "app/exit_status.h"
#include "app/logging.h"
#include "app/output_files.h"
#include "app/run_request.h"
#include "app/runtime.h"
#include "app/scenario_files.h"
#include "app/sending.h"
#include "app/world.h"
#include "probe/planning.h"
#include "scenarios/selection.h"
#include "scenarios/swaks.h"

namespace mailprobe::app {

namespace {

int print_swaks(const scenarios::Plan& plan, const std::string& helo) {
  std::string text;
  for (const auto& probe : plan.probes) text += (text.empty() ? "" : "\n") + scenarios::swaks_command(probe, helo);
  write_out(text);
  return exit_ok;
}

Task<int> run_scenarios(const RunCommand& command, const std::vector<scenarios::Scenario>& scenarios,
                        const Setting& setting) {
  const auto& options = command.options;
  const bool sends = !command.dry_run && !command.export_swaks;
  const Needs needs{.keys = true, .secrets = sends && (!options.no_wait || options.via)};
  auto world = co_await open_world(setting.common, needs, setting.environment);
  if (!world) co_return complain(world.error());
  if (!world->configured) co_return complain(not_configured());
  const auto plan = probe::plan(world->settings, options, scenarios);
  if (!plan) co_return complain(plan.error());
  if (command.export_swaks) co_return print_swaks(*plan, world->settings.helo);
  if (command.dry_run) co_return print_plan(*plan, setting.common);
  const int status = co_await carry_out(options, setting, *world, *plan);
  co_return status;
}

int run_afresh(const RunCommand& command, const Setting& setting) {
  auto scenarios = read_scenarios(command.files, command.given, setting.environment);
  if (!scenarios) return complain(scenarios.error());
  for (const auto& scenario : *scenarios)
    for (const auto& warning : scenario.warnings) log_warning(warning);
  if (auto ok = scenarios::select(*scenarios, command.selection); !ok) return complain(ok.error());
  return run_command([&] { return run_scenarios(command, *scenarios, setting); });
}

}  // namespace

int run(const RunCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  auto kept = command;
  kept.options.request =
      to_json(RunRequest{.arguments = command.arguments, .directory = setting.environment.working_directory});
  return run_afresh(kept, setting);
}

int run(const ResumeCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  const auto before = resumed(command, setting.common, setting.environment);
  if (!before) return complain(before.error());
  auto again = setting;
  again.common = before->common;
  return run_afresh(before->command, again);
}

}  // namespace mailprobe::app
