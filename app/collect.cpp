// collect: what a run still waits for, looked for again; its evidence amended.
#include "probe/collect.h"
#include "app/commands.h"
#include "app/keeping.h"
#include "app/logging.h"
#include "app/output_files.h"
#include "app/present.h"
#include "app/progress.h"
#include "app/raw_files.h"
#include "app/report_files.h"
#include "app/runtime.h"
#include "app/saved_runs.h"
#include "app/world.h"
#include "base/safe_text.h"

namespace mailprobe::app {

namespace {

namespace fs = std::filesystem;

/// The folder of a run, not a document that was written elsewhere.
Result<fs::path> folder_of(const fs::path& evidence) {
  auto folder = evidence.parent_path().empty() ? fs::path(".") : evidence.parent_path();
  std::error_code error;
  if (fs::exists(folder / "journal.jsonl", error)) return folder;
  return fail(Failure::usage, safe_text(evidence.string()) +
                                  " is not in the folder of a run: \"mailprobe collect\" takes a run's id, or last");
}

/// Where our DNS is a witness the names of a probe are answered by ourselves, its key among them.
Task<Result<World>> open_world_for(const CollectCommand& command, const Setting& setting) {
  const Needs needs{.keys = false, .secrets = true};
  auto world = co_await open_world(setting.common, needs, setting.environment);
  if (setting.common.lab || !world || !world->settings.receiver.dns.wanted() || !command.reports.empty())
    co_return world;
  const Needs with_keys{.keys = true, .secrets = true};
  co_return co_await open_world(setting.common, with_keys, setting.environment);
}

Task<int> collect(const CollectCommand& command, const Setting& setting) {
  auto world = co_await open_world_for(command, setting);
  if (!world) co_return complain(world.error());
  if (!world->configured) co_return complain(not_configured());
  const auto file = find_saved(command.what, setting.common, setting.environment);
  if (!file) co_return complain(file.error());
  const auto folder = folder_of(*file);
  if (!folder) co_return complain(folder.error());
  auto document = read_evidence(*file);
  if (!document) co_return complain(document.error());
  auto resolver = co_await open_resolver(*world);
  if (!resolver) co_return complain(resolver.error());
  const auto printer = co_await ProgressPrinter::make(setting.line, setting.console);
  auto progress = printer.callbacks();
  auto network = probe::real_network();
  auto options = command.options;
  if (!command.reports.empty()) options.reports = report_files(command.reports);
  auto outcome = co_await probe::collect(world->settings, std::move(*document), *folder, std::move(options),
                                         *world->resolver, std::move(progress), std::move(network));
  setting.line->erase();
  if (!outcome) co_return complain(outcome.error());
  if (const auto& problem = outcome->document.run.problem) log_error(safe_text(*problem));
  Keeper(world->settings, setting.common.history).keep(outcome->document, outcome->directory);
  co_return present(std::move(outcome->document), raw_beside(outcome->directory), setting.common, setting.console);
}

}  // namespace

int run(const CollectCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  return run_command([&] { return collect(command, setting); });
}

}  // namespace mailprobe::app
