// diff: two runs side by side, what came of one in the other. Looks nothing up and judges nothing anew.
#include "app/commands.h"
#include "app/exit_status.h"
#include "app/output_files.h"
#include "app/saved_runs.h"
#include "base/safe_text.h"
#include "evidence/compare.h"
#include "evidence/json.h"
#include "reporter/reporter.h"

namespace mailprobe::app {

namespace {

/// An interrupted run says too little of what is no longer there.
int status_of(const evidence::Comparison& comparison, const evidence::Run& later, bool fail_on_warn) {
  return later.interrupted ? exit_inconclusive : evidence::comparison_status(comparison, fail_on_warn);
}

/// One run, for two are compared.
Result<evidence::Document> load_one(const std::string& what, const Setting& setting) {
  auto saved = load_saved(what, setting.common, setting.environment);
  if (!saved) return std::unexpected(saved.error());
  const auto count = saved->documents.size();
  if (count == 1) return std::move(saved->documents.front());
  return fail(Failure::usage, safe_text(what) + " has the runs of " + std::to_string(count) +
                                  " domains, and one is compared with one: name each by its id (mailprobe history)");
}

}  // namespace

int run(const DiffCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  const auto before = load_one(command.before, setting);
  if (!before) return complain(before.error());
  const auto after = load_one(command.after, setting);
  if (!after) return complain(after.error());
  const auto comparison = evidence::compare(*before, *after);
  const auto& later = after->run;
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
