// doctor: our own standing, by what can be looked up. Sends no mail.
#include <fmt/format.h>

#include "app/commands.h"
#include "app/exit_status.h"
#include "app/identity_choice.h"
#include "app/keeping.h"
#include "app/logging.h"
#include "app/output_files.h"
#include "app/present.h"
#include "app/progress.h"
#include "app/runtime.h"
#include "app/suite_needs.h"
#include "app/world.h"
#include "base/safe_text.h"
#include "probe/beside.h"
#include "probe/own_negative.h"
#include "probe/standing.h"
#include "probe/version.h"

namespace mailprobe::app {

namespace {

evidence::Document begin_document(const probe::Identity& identity, const CommonOptions& common) {
  evidence::Document document;
  document.run.started = now();
  document.run.version = probe::version;
  document.run.command = common.command;
  document.run.target = identity.domain;
  document.target.domain = identity.domain;
  return document;
}

/// Only what is about ourselves: there is no target.
std::vector<evidence::Finding> own_findings(const evidence::Document& document) {
  auto findings = evidence::assess(document, evidence::embedded);
  std::erase_if(findings, [](const auto& finding) { return !finding.check.starts_with("self."); });
  return findings;
}

Task<int> examine(const DoctorCommand& command, const Setting& setting) {
  const Needs needs{.keys = true, .secrets = false};
  auto world = co_await open_world(setting.common, needs, setting.environment);
  if (!world) co_return complain(world.error());
  if (!world->configured) co_return complain(not_configured());
  const auto identity = identity_of(world->settings, command.identity);
  if (!identity) co_return complain(identity.error());
  auto resolver = co_await open_resolver(*world);
  if (!resolver) co_return complain(resolver.error());
  log_info(fmt::format("mailprobe {}, libunbound {}, settings from {}", probe::version, dns::unbound_version(),
                       world->settings.source));
  co_await probe::heed_cancellation();
  auto document = begin_document(**identity, setting.common);
  const auto printer = co_await ProgressPrinter::make(setting.line, setting.console);
  const auto& control = world->settings.control;
  printer.callbacks().expect("for our own records in DNS" + (control.empty() ? "" : " and for " + control),
                             std::chrono::seconds(30));
  document.self = co_await probe::examine_self(world->settings, **identity, *world->resolver);
  setting.line->erase();
  document.run.finished = now();
  document.run.interrupted = co_await probe::cancelled();
  document.findings = own_findings(document);
  document.run.exit = evidence::exit_status(document, false);
  auto domain = (*identity)->domain;
  const auto negative = co_await probe::check_negative_records(std::move(domain), *world->resolver);
  const auto suites = to_text(suite_standings(world->settings, **identity, negative));
  Keeper(world->settings, setting.common.history).keep(document);
  const int status = present(std::move(document), evidence::embedded, setting.common, setting.console);
  if (prints_report(setting.common)) write_out(suites);
  co_return status;
}

}  // namespace

int run(const DoctorCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  return run_command([&] { return examine(command, setting); });
}

}  // namespace mailprobe::app
