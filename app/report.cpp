// report: saved evidence rendered again. Looks nothing up and judges nothing anew.
#include "app/commands.h"
#include "app/config.h"
#include "app/lab_settings.h"
#include "app/output_files.h"
#include "app/present.h"
#include "app/raw_files.h"
#include "app/saved_runs.h"

namespace mailprobe::app {

namespace {

using Path = std::filesystem::path;

Result<Path> runs_folder(const CommonOptions& common, const Environment& environment) {
  const auto file = find_config(common.config, environment);
  const auto settings = file ? load_config(*file, {.keys = false, .secrets = false}, environment)
                             : Result<probe::Settings>(default_settings(environment));
  if (!settings) return std::unexpected(settings.error());
  return Path(settings->runs);
}

/// Among the lab's runs too, where there is nothing else: who has just tried the lab types "report last".
Result<Path> find(const std::string& what, const CommonOptions& common, const Environment& environment) {
  const auto of_lab = lab_folder(environment) / "runs";
  if (common.lab) return find_evidence(what, of_lab);
  const auto runs = runs_folder(common, environment);
  if (!runs) return runs;
  auto found = find_evidence(what, *runs);
  const auto there = [](const Result<Path>& run) { return run || run.error().kind != Failure::usage; };
  if (there(found) || common.config) return found;
  auto found_there = find_evidence(what, of_lab);
  return there(found_there) ? found_there : found;
}

}  // namespace

int run(const ReportCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  const auto file = find(command.what, setting.common, setting.environment);
  if (!file) return complain(file.error());
  auto document = read_evidence(*file);
  if (!document) return complain(document.error());
  const auto folder = file->parent_path().empty() ? std::filesystem::path(".") : file->parent_path();
  return present(std::move(*document), raw_beside(folder), setting.common, setting.console);
}

}  // namespace mailprobe::app
