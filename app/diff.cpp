// diff: two runs side by side, what came of one in the other. Looks nothing up and judges nothing anew.
#include "app/commands.h"
#include "app/exit_status.h"
#include "app/output_files.h"
#include "app/saved_runs.h"
#include "evidence/compare.h"
#include "evidence/json.h"
#include "reporter/reporter.h"

namespace mailprobe::app {

namespace {

/// An interrupted run says too little of what is no longer there.
int status_of(const evidence::Comparison& comparison, const evidence::Run& later, bool fail_on_warn) {
  return later.interrupted ? exit_inconclusive : evidence::comparison_status(comparison, fail_on_warn);
}

}  // namespace

int run(const DiffCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  const auto before = load_saved(command.before, setting.common, setting.environment);
  if (!before) return complain(before.error());
  const auto after = load_saved(command.after, setting.common, setting.environment);
  if (!after) return complain(after.error());
  const auto comparison = evidence::compare(before->document, after->document);
  const auto& later = after->document.run;
  const auto& common = setting.common;
  if (common.files.json) {
    const auto text = evidence::to_json(comparison, later) + "\n";
    if (auto ok = write_output(*common.files.json, text); !ok) return complain(ok.error());
  }
  const reporter::TerminalStyle style{.color = setting.console.color,
                                      .utf8 = setting.console.utf8,
                                      .width = setting.console.width,
                                      .verbose = common.verbose,
                                      .written = {}};
  if (!common.quiet && !common.files.to_standard_output()) write_out(reporter::terminal(comparison, later, style));
  return status_of(comparison, later, common.fail_on_warn);
}

}  // namespace mailprobe::app
