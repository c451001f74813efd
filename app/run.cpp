// run: scenario files, loaded, planned, sent, judged by what they expect. Nothing goes out before every file, the plan
// and the output paths are known to be good.
#include "app/command_line.h"
#include "app/commands.h"
#include "app/console.h"
#include "app/exit_status.h"
#include "app/logging.h"
#include "app/output_files.h"
#include "app/run_request.h"
#include "app/run_targets.h"
#include "app/runtime.h"
#include "app/scenario_files.h"
#include "app/sending.h"
#include "app/world.h"
#include "probe/beside.h"
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

/// What is asked for about one target.
struct Part {
  RunCommand command;
  CommonOptions common;
  std::vector<scenarios::Scenario> scenarios;
  scenarios::Plan plan = {};
};

/// Of a run whose reports go where they were asked for, where there is one target only.
Result<Part> part_of(const RunCommand& command, const Setting& setting, const Mailbox& target) {
  Part part{.command = command, .common = setting.common, .scenarios = {}};
  auto& options = part.command.options;
  options.to = target;
  part.command.given["target"] = target.text();
  if (command.targets.size() > 1) {
    auto paths = paths_for(target.text(), setting.common.files, "--to");
    if (!paths) return std::unexpected(paths.error());
    part.common.files = std::move(*paths);
    part.command.arguments = arguments_for(target, command.arguments);
    part.common.command = options.command = command_text(part.command.arguments);
    part.command.targets = {target};
  }
  if (auto ok = check_outputs(part.common.files); !ok) return std::unexpected(ok.error());
  if (!options.resume)
    options.request =
        to_json(RunRequest{.arguments = part.command.arguments, .directory = setting.environment.working_directory});
  auto scenarios = read_scenarios(command.files, part.command.given, setting.environment,
                                  command.export_swaks ? Secrets::named : Secrets::read);
  if (!scenarios) return std::unexpected(scenarios.error());
  part.scenarios = std::move(*scenarios);
  if (auto ok = scenarios::select(part.scenarios, command.selection); !ok) return std::unexpected(ok.error());
  return part;
}

Result<std::vector<Part>> parts_of(const RunCommand& command, const Setting& setting) {
  std::vector<Part> parts;
  for (const auto& target : command.targets) {
    auto part = part_of(command, setting, target);
    if (!part) return std::unexpected(part.error());
    parts.push_back(std::move(*part));
  }
  for (const auto& scenario : parts.front().scenarios)
    for (const auto& warning : scenario.warnings) log_warning(warning);
  return parts;
}

Task<int> carry_out_one(const Part& part, const Setting& setting, World& world) {
  if (part.command.export_swaks) co_return print_swaks(part.plan, world.settings.helo);
  if (part.command.dry_run) co_return print_plan(part.plan, part.common);
  auto own = setting;
  own.common = part.common;
  const int status = co_await carry_out(part.command.options, own, world, part.plan);
  co_return status;
}

/// One target after the other. All are planned before anything goes out.
Task<int> run_parts(std::vector<Part>& parts, const Setting& setting) {
  const auto& command = parts.front().command;
  const bool sends = !command.dry_run && !command.export_swaks;
  const Needs needs{.keys = true, .secrets = sends && (!command.options.no_wait || command.options.via)};
  auto world = co_await open_world(setting.common, needs, setting.environment);
  if (!world) co_return complain(world.error());
  if (!world->configured) co_return complain(not_configured());
  for (auto& part : parts) {
    auto plan = probe::plan(world->settings, part.command.options, part.scenarios);
    if (!plan) co_return complain(plan.error());
    part.plan = std::move(*plan);
  }
  int status = exit_ok;
  for (const auto& part : parts) {
    if (co_await probe::cancelled()) co_return exit_inconclusive;
    const int one = co_await carry_out_one(part, setting, *world);
    status = worse_status(status, one);
  }
  co_return status;
}

int run_afresh(const RunCommand& command, const Setting& setting) {
  auto parts = parts_of(command, setting);
  if (!parts) return complain(parts.error());
  return run_command([&] { return run_parts(*parts, setting); });
}

}  // namespace

int run(const RunCommand& command, const Setting& setting) { return run_afresh(command, setting); }

int run(const ResumeCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  const auto before = resumed(command, setting.common, setting.environment);
  if (!before) return complain(before.error());
  auto again = setting;
  again.common = before->common;
  return run_afresh(before->command, again);
}

}  // namespace mailprobe::app
