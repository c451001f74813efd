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

Result<std::filesystem::path> runs_folder(const CommonOptions& common, const Environment& environment) {
  if (common.lab) return lab_folder(environment) / "runs";
  const auto file = find_config(common.config, environment);
  const auto settings = file ? load_config(*file, {.keys = false, .secrets = false}, environment)
                             : Result<probe::Settings>(default_settings(environment));
  if (!settings) return std::unexpected(settings.error());
  return std::filesystem::path(settings->runs);
}

}  // namespace

int run(const ReportCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  const auto runs = runs_folder(setting.common, setting.environment);
  if (!runs) return complain(runs.error());
  const auto file = find_evidence(command.what, *runs);
  if (!file) return complain(file.error());
  auto document = read_evidence(*file);
  if (!document) return complain(document.error());
  const auto folder = file->parent_path().empty() ? std::filesystem::path(".") : file->parent_path();
  return present(std::move(*document), raw_beside(folder), setting.common, setting.console);
}

}  // namespace mailprobe::app
