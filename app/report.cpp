// report: saved evidence rendered again. Looks nothing up and judges nothing anew.
#include "app/commands.h"
#include "app/exit_status.h"
#include "app/mailing.h"
#include "app/output_files.h"
#include "app/present.h"
#include "app/raw_files.h"
#include "app/runtime.h"
#include "app/saved_runs.h"
#include "app/world.h"

namespace mailprobe::app {

namespace {

/// Where it is mailed it takes a configuration: who we are, and how mail goes out.
Task<int> present_and_mail(const evidence::Document& document, const evidence::RawReader& raw, const Setting& setting) {
  auto world = co_await open_world(setting.common, {.keys = true, .secrets = false}, setting.environment);
  if (!world) co_return complain(world.error());
  if (!world->configured) co_return complain(not_configured());
  auto resolver = co_await open_resolver(*world);
  if (!resolver) co_return complain(resolver.error());
  const int status = present(document, raw, setting.common, setting.console);
  const bool mailed = co_await mail_report(document, raw, setting.common, *world);
  co_return mailed || status != exit_ok ? status : exit_inconclusive;
}

}  // namespace

int run(const ReportCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  auto saved = load_saved(command.what, setting.common, setting.environment);
  if (!saved) return complain(saved.error());
  const auto raw = raw_beside(saved->folder);
  if (setting.common.mail_to) return run_command([&] { return present_and_mail(saved->document, raw, setting); });
  return present(std::move(saved->document), raw, setting.common, setting.console);
}

}  // namespace mailprobe::app
