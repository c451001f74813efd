// verify: saved messages judged by what stands in them and by the DNS, or by a master file instead of it.
#include "app/commands.h"
#include "app/exit_status.h"
#include "app/logging.h"
#include "app/message_files.h"
#include "app/output_files.h"
#include "app/runtime.h"
#include "app/verify_output.h"
#include "app/world.h"
#include "app/zone_file.h"
#include "base/safe_text.h"

namespace mailprobe::app {

namespace {

/// What is known of the session: what the command line says, and whom the configuration trusts.
auth::Context context_of(const VerifyCommand& command, const probe::Settings& settings) {
  auth::Context context;
  context.envelope = {.client = command.ip, .helo = command.helo, .mail_from = command.mail_from};
  context.time = command.time.value_or(now());
  context.handed_over_from = command.ip;
  for (const auto& [name, account] : settings.mailboxes)
    context.authserv_ids.insert(context.authserv_ids.end(), account.authserv_ids.begin(), account.authserv_ids.end());
  return context;
}

/// Gathers what goes to a JSON file; prints everything else as it comes.
class Output {
 public:
  explicit Output(const Setting& setting) : setting_(setting) {}

  void judged(const SavedMessage& message, const auth::Evaluation& evaluation) {
    if (json())
      add(verify_json(message.name, {}, evaluation));
    else if (!setting_.common.quiet)
      write_out(verify_text(message.name, evaluation, setting_.console));
  }
  void unreadable(const SavedMessage& message) {
    log_error(safe_text(message.name) + ": " + *message.error);
    auth::Evaluation nothing;
    nothing.dmarc.reason = "the message could not be read";
    if (json()) add(verify_json(message.name, message.error, nothing));
  }
  Result<void> finish() {
    if (!json() || *json() == "-") return {};
    return write_output(*json(), lines_);
  }

 private:
  [[nodiscard]] const std::optional<std::string>& json() const { return setting_.common.files.json; }
  void add(const std::string& line) {
    if (*json() == "-")
      write_out(line);
    else
      lines_ += line;
  }

  const Setting& setting_;
  std::string lines_;
};

/// The session as a trusted host recorded it, where the command line names no address; with one, auth::evaluate()
/// looks for that address's own Received.
auth::Context completed(auth::Context context, const std::string& message) {
  auto& envelope = context.envelope;
  if (envelope.client || context.authserv_ids.empty()) return context;
  auto recorded = auth::recorded_envelope(message, context.authserv_ids);
  if (!recorded) return context;
  envelope.client = recorded->client;
  if (envelope.helo.empty()) envelope.helo = std::move(recorded->helo);
  if (!envelope.mail_from) envelope.mail_from = std::move(recorded->mail_from);
  return context;
}

Task<int> judge_file(const std::string& file, const auth::Context& context, dns::Resolver& resolver, Output& output) {
  int status = exit_ok;
  for (const auto& message : read_messages(file)) {
    if (message.error) {
      output.unreadable(message);
      status = worse_status(status, exit_usage);
      continue;
    }
    const auto known = completed(context, message.bytes);
    const auto evaluation = co_await auth::evaluate(message.bytes, known, resolver);
    output.judged(message, evaluation);
    status = worse_status(status, verify_status(evaluation));
  }
  co_return status;
}

Task<int> verify(const VerifyCommand& command, const Setting& setting) {
  const Needs needs{.keys = false, .secrets = false};
  auto world = co_await open_world(setting.common, needs, setting.environment);
  if (!world) co_return complain(world.error());
  if (command.zone) {
    auto resolver = resolver_of(*command.zone);
    if (!resolver) co_return complain(resolver.error());
    world->resolver = std::move(*resolver);
  } else {
    auto opened = co_await open_resolver(*world);
    if (!opened) co_return complain(opened.error());
  }
  const auto context = context_of(command, world->settings);
  Output output(setting);
  int status = exit_ok;
  for (const auto& file : command.files) {
    const int of_file = co_await judge_file(file, context, *world->resolver, output);
    status = worse_status(status, of_file);
  }
  if (auto ok = output.finish(); !ok) co_return worse_status(status, complain(ok.error()));
  co_return status;
}

}  // namespace

int run(const VerifyCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  return run_command([&] { return verify(command, setting); });
}

}  // namespace mailprobe::app
