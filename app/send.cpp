// send: load, plan, run, present. Nothing goes out before configuration, plan and output paths are known to be good.
#include "app/commands.h"
#include "app/output_files.h"
#include "app/runtime.h"
#include "app/sending.h"
#include "app/world.h"
#include "probe/planning.h"

namespace mailprobe::app {

namespace {

Task<int> send(const SendCommand& command, const Setting& setting) {
  const auto& options = command.options;
  const Needs needs{.keys = true, .secrets = !command.dry_run && (!options.no_wait || options.via)};
  auto world = co_await open_world(setting.common, needs, setting.environment);
  if (!world) co_return complain(world.error());
  if (!world->configured) co_return complain(not_configured());
  const auto plan = probe::plan(world->settings, options);
  if (!plan) co_return complain(plan.error());
  if (command.dry_run) co_return print_plan(*plan, setting.common);
  const int status = co_await carry_out(options, setting, *world, *plan);
  co_return status;
}

}  // namespace

int run(const SendCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  return run_command([&] { return send(command, setting); });
}

}  // namespace mailprobe::app
