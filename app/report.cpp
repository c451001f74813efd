// report: saved evidence rendered again. Looks nothing up and judges nothing anew.
#include "app/commands.h"
#include "app/output_files.h"
#include "app/present.h"
#include "app/raw_files.h"
#include "app/saved_runs.h"

namespace mailprobe::app {

int run(const ReportCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  auto saved = load_saved(command.what, setting.common, setting.environment);
  if (!saved) return complain(saved.error());
  return present(std::move(saved->document), raw_beside(saved->folder), setting.common, setting.console);
}

}  // namespace mailprobe::app
