// report: saved evidence rendered again. Looks nothing up and judges nothing anew.
#include <algorithm>

#include "app/commands.h"
#include "app/exit_status.h"
#include "app/inspect_output.h"
#include "app/keeping.h"
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

/// What is about one message, or goes out as a mail, is of one run.
Result<void> check_options_of_many(const CommonOptions& common, std::size_t count) {
  const char* option = common.mail_to ? "--mail-to" : common.shown_probes.empty() ? nullptr : "--probe";
  if (option == nullptr) return {};
  return fail(Failure::usage, std::string(option) + " is for one run, and there are those of " + std::to_string(count) +
                                  " domains: name one by its id (mailprobe history)");
}

/// As `inspect` showed them.
int present_many(std::vector<evidence::Document> documents, const Setting& setting) {
  if (auto ok = check_options_of_many(setting.common, documents.size()); !ok) return complain(ok.error());
  std::vector<std::string> targets;
  targets.reserve(documents.size());
  for (const auto& document : documents) targets.push_back(document.run.target);
  InspectOutput output(setting.common, setting.console, targets, Keeper(probe::Settings{}, false));
  if (const auto opened = output.open(); !opened) return complain(opened.error());
  for (auto& document : documents) output.add(std::move(document));
  return output.finish();
}

}  // namespace

int run(const ReportCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  auto saved = load_saved(command.what, setting.common, setting.environment);
  if (!saved) return complain(saved.error());
  if (saved->documents.size() > 1) return present_many(std::move(saved->documents), setting);
  auto& document = saved->documents.front();
  if (auto ok = check_probes(setting.common.shown_probes, document); !ok) return complain(ok.error());
  const auto raw = raw_beside(saved->folder);
  if (setting.common.mail_to) return run_command([&] { return present_and_mail(document, raw, setting); });
  return present(std::move(document), raw, setting.common, setting.console);
}

}  // namespace mailprobe::app
