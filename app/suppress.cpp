// suppress: who is sent no more mail. Shows and changes the list; what is running reads it anew for each message.
#include <algorithm>

#include "app/commands.h"
#include "app/exit_status.h"
#include "app/logging.h"
#include "app/runtime.h"
#include "app/world.h"
#include "base/safe_text.h"
#include "probe/sending_limits.h"
#include "probe/suppression.h"
#include "receiver/folder.h"

namespace mailprobe::app {

namespace {

namespace fs = std::filesystem;
using Action = SuppressCommand::Action;

int list(const probe::Suppression& suppression, const probe::SendingLimits& limits) {
  const auto lines = suppression.lines();
  if (!lines) return complain(lines.error());
  const auto given_up = limits.given_up();
  if (!given_up) return complain(given_up.error());
  for (const auto& line : *lines) write_out(safe_text(line) + "\n");
  for (const auto& recipient : *given_up) write_out(safe_text(recipient) + "  # refused three times in a row\n");
  return exit_ok;
}

int add(const probe::Suppression& suppression, const std::vector<std::string>& entries) {
  const auto added = suppression.add(entries, now());
  if (!added) return complain(added.error());
  for (const auto& entry : *added) log_info(safe_text(entry) + " is suppressed from now on");
  if (added->size() < entries.size()) log_info("the rest was suppressed already");
  return exit_ok;
}

/// Those of `entries` who had refused three times in a row.
Result<std::vector<std::string>> forgive(const probe::SendingLimits& limits, const std::vector<std::string>& entries) {
  auto given_up = limits.given_up();
  if (!given_up) return given_up;
  std::erase_if(*given_up, [&](const auto& one) { return std::ranges::find(entries, one) == entries.end(); });
  for (const auto& recipient : *given_up)
    if (auto done = limits.recipient_answered(recipient, false, now()); !done) return std::unexpected(done.error());
  return given_up;
}

int remove(const probe::Suppression& suppression, const probe::SendingLimits& limits,
           const std::vector<std::string>& entries) {
  auto removed = suppression.remove(entries);
  if (!removed) return complain(removed.error());
  const auto forgiven = forgive(limits, entries);
  if (!forgiven) return complain(forgiven.error());
  removed->insert(removed->end(), forgiven->begin(), forgiven->end());
  int status = exit_ok;
  for (const auto& entry : entries) {
    const bool was_there = std::ranges::find(*removed, entry) != removed->end();
    if (was_there) log_info(safe_text(entry) + " may be sent mail again");
    if (!was_there) status = complain({Failure::usage, safe_text(entry) + " was not suppressed", {}, {}});
  }
  return status;
}

Task<int> suppress(const SuppressCommand& command, const Setting& setting) {
  const Needs needs{.keys = false, .secrets = false, .session = false};
  const auto world = co_await open_world(setting.common, needs, setting.environment);
  if (!world) co_return complain(world.error());
  const fs::path runs(world->settings.runs);
  const auto suppression = probe::Suppression::beside(runs);
  const probe::SendingLimits limits(receiver::home_of(runs), world->settings.limits);
  if (command.action == Action::list) co_return list(suppression, limits);
  if (command.action == Action::add) co_return add(suppression, command.entries);
  co_return remove(suppression, limits, command.entries);
}

}  // namespace

int run(const SuppressCommand& command, const Setting& setting) {
  return run_command([&] { return suppress(command, setting); });
}

}  // namespace mailprobe::app
