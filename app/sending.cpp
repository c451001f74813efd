#include "app/sending.h"

#include "app/exit_status.h"
#include "app/keeping.h"
#include "app/logging.h"
#include "app/mailing.h"
#include "app/output_files.h"
#include "app/present.h"
#include "app/progress.h"
#include "app/raw_files.h"
#include "base/safe_text.h"
#include "probe/run.h"

namespace mailprobe::app {

int print_plan(const scenarios::Plan& plan, const CommonOptions& common) {
  if (!common.files.json) {
    write_out(scenarios::to_text(plan));
    return exit_ok;
  }
  if (auto ok = write_output(*common.files.json, scenarios::to_json(plan) + "\n"); !ok) return complain(ok.error());
  return exit_ok;
}

Task<int> carry_out(const probe::SendOptions& options, const Setting& setting, World& world,
                    const scenarios::Plan& plan) {
  auto resolver = co_await open_resolver(world);
  if (!resolver) co_return complain(resolver.error());
  const auto printer = co_await ProgressPrinter::make(setting.line, setting.console);
  auto progress = printer.callbacks();
  auto outcome = co_await probe::run(world.settings, plan, options, *world.resolver, std::move(progress));
  setting.line->erase();
  if (!outcome) co_return complain(outcome.error());
  if (const auto& problem = outcome->document.run.problem) log_error(safe_text(*problem));
  const bool stored = outcome->stored;
  Keeper(world.settings, setting.common.history).keep(outcome->document, outcome->directory);
  const auto raw = raw_beside(outcome->directory);
  std::optional<evidence::Document> document;  // what is mailed once it has been shown
  if (setting.common.mail_to) document = outcome->document;
  int status = present(std::move(outcome->document), raw, setting.common, setting.console);
  if (document) {
    const bool mailed = co_await mail_report(*document, raw, setting.common, world, options.via);
    if (!mailed && status == exit_ok) status = exit_inconclusive;
  }
  if (stored) log_info("the evidence is in " + safe_text(outcome->directory));
  co_return status;
}

}  // namespace mailprobe::app
