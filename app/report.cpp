// report: saved evidence rendered again. Looks nothing up and judges nothing anew.
#include "app/commands.h"
#include "app/output_files.h"
#include "app/present.h"
#include "app/raw_files.h"
#include "app/saved_runs.h"

namespace mailprobe::app {

int run(const ReportCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  const auto file = find_saved(command.what, setting.common, setting.environment);
  if (!file) return complain(file.error());
  auto document = read_evidence(*file);
  if (!document) return complain(document.error());
  const auto folder = file->parent_path().empty() ? std::filesystem::path(".") : file->parent_path();
  return present(std::move(*document), raw_beside(folder), setting.common, setting.console);
}

}  // namespace mailprobe::app
