// report: saved evidence rendered again. Looks nothing up and judges nothing anew.
#include <algorithm>

#include "app/commands.h"
#include "app/exit_status.h"
#include "app/mailing.h"
#include "app/output_files.h"
#include "app/present.h"
#include "app/raw_files.h"
#include "app/runtime.h"
#include "app/saved_runs.h"
#include "app/world.h"
#include "base/suggest.h"

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

namespace {

/// --probe: each is in the document, by the name that the page has for it.
Result<void> check_probes(const std::vector<std::string>& asked, const evidence::Document& document) {
  std::vector<std::string> names;
  names.reserve(document.probes.size());
  for (const auto& probe : document.probes) names.push_back(probe.name.empty() ? probe.id : probe.name);
  for (const auto& name : asked)
    if (std::ranges::find(names, name) == names.end())
      return fail(Failure::usage,
                  "--probe " + in_quotes(name) + ": the run has no probe of that name" + did_you_mean(name, names));
  return {};
}

}  // namespace

int run(const ReportCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  auto saved = load_saved(command.what, setting.common, setting.environment);
  if (!saved) return complain(saved.error());
  if (auto ok = check_probes(setting.common.shown_probes, saved->document); !ok) return complain(ok.error());
  const auto raw = raw_beside(saved->folder);
  if (setting.common.mail_to) return run_command([&] { return present_and_mail(saved->document, raw, setting); });
  return present(std::move(saved->document), raw, setting.common, setting.console);
}

}  // namespace mailprobe::app
