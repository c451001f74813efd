// send: load, plan, run, present. Nothing goes out before configuration, plan and output paths are known to be good.
#include "app/commands.h"
#include "app/exit_status.h"
#include "app/logging.h"
#include "app/output_files.h"
#include "app/present.h"
#include "app/progress.h"
#include "app/raw_files.h"
#include "app/runtime.h"
#include "app/world.h"
#include "base/safe_text.h"
#include "probe/planning.h"
#include "probe/run.h"

namespace mailprobe::app {

namespace {

int print_plan(const scenarios::Plan& plan, const CommonOptions& common) {
  if (!common.files.json) {
    write_out(scenarios::to_text(plan));
    return exit_ok;
  }
  if (auto ok = write_output(*common.files.json, scenarios::to_json(plan) + "\n"); !ok) return complain(ok.error());
  return exit_ok;
}

Task<int> execute(const SendCommand& command, const Setting& setting, World& world, const scenarios::Plan& plan) {
  auto resolver = co_await open_resolver(world);
  if (!resolver) co_return complain(resolver.error());
  const auto printer = co_await ProgressPrinter::make(setting.line, setting.console);
  auto progress = printer.callbacks();
  auto outcome = co_await probe::run(world.settings, plan, command.options, *world.resolver, std::move(progress));
  setting.line->erase();
  if (!outcome) co_return complain(outcome.error());
  if (const auto& problem = outcome->document.run.problem) log_error(safe_text(*problem));
  const bool stored = outcome->stored;
  const int status =
      present(std::move(outcome->document), raw_beside(outcome->directory), setting.common, setting.console);
  if (stored) log_info("the evidence is in " + safe_text(outcome->directory));
  co_return status;
}

Task<int> send(const SendCommand& command, const Setting& setting) {
  const auto& options = command.options;
  const Needs needs{.keys = true, .secrets = !command.dry_run && (!options.no_wait || options.via)};
  auto world = co_await open_world(setting.common, needs, setting.environment);
  if (!world) co_return complain(world.error());
  if (!world->configured) co_return complain(not_configured());
  const auto plan = probe::plan(world->settings, options);
  if (!plan) co_return complain(plan.error());
  if (command.dry_run) co_return print_plan(*plan, setting.common);
  const int status = co_await execute(command, setting, *world, *plan);
  co_return status;
}

}  // namespace

int run(const SendCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  return run_command([&] { return send(command, setting); });
}

}  // namespace mailprobe::app
