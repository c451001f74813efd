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
#include "auth/restored_header.h"
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

/// Prints or writes each judgement as it comes: thousands of them are not held.
class Output {
 public:
  Output(const Setting& setting, bool explain) : setting_(setting), explain_(explain) {}

  Result<void> open() {
    if (!json() || *json() == "-") return {};
    auto file = OutputFile::open(*json());
    if (!file) return std::unexpected(file.error());
    file_.emplace(std::move(*file));
    return {};
  }
  Result<void> judged(const Judged& judged) {
    if (json()) return add(verify_json(judged));
    if (!setting_.common.quiet) write_out(verify_text(judged, setting_.console));
    return {};
  }
  Result<void> unreadable(const SavedMessage& message) {
    log_error(safe_text(message.name) + ": " + *message.error);
    Judged nothing{.file = message.name};
    nothing.evaluation.dmarc.reason = "the message could not be read";
    if (explain_) nothing.explain.emplace();
    return json() ? add(verify_json(nothing, message.error)) : Result<void>{};
  }
  Result<void> finish() { return file_ ? file_->finish() : Result<void>{}; }

 private:
  [[nodiscard]] const std::optional<std::string>& json() const { return setting_.common.files.json; }
  Result<void> add(const std::string& line) {
    if (file_) return file_->add(line);
    write_out(line);
    return {};
  }

  const Setting& setting_;
  bool explain_;
  std::optional<OutputFile> file_;
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

/// What the message alone proves, without the bytes sent.
Task<void> add_known(Judged& judged, const std::string& bytes, Time time, dns::Resolver& resolver) {
  auto& dkim = judged.evaluation.dkim;
  const auto message = auth::split_message(bytes);
  judged.known = auth::known_alone(bytes, message, dkim);
  co_await auth::try_restored_headers(bytes, message, dkim, judged.known, time, resolver);
  for (std::size_t i = 0; i < dkim.size(); ++i) dkim[i].mutation = judged.known[i].mutation;
}

Task<Judged> evaluate(const SavedMessage& message, auth::Context context, dns::Resolver& resolver) {
  Judged judged{.file = message.name};
  judged.evaluation = co_await auth::evaluate(message.bytes, context, resolver);
  co_await add_known(judged, message.bytes, context.time, resolver);
  co_return judged;
}

Task<Judged> evaluate_and_explain(const SavedMessage& message, auth::Context context, dns::Resolver& resolver) {
  Judged judged{.file = message.name};
  auth::RecordingResolver recorder(resolver);
  auth::Traces traces;
  judged.evaluation = co_await auth::evaluate(message.bytes, context, recorder, &traces.spf, &traces.arc);
  co_await add_known(judged, message.bytes, context.time, recorder);
  traces.dns = recorder.all();
  traces.known = judged.known;
  judged.explain = co_await auth::explain(message.bytes, judged.evaluation, traces);
  co_return judged;
}

/// What messages are judged by.
struct Judge {
  const VerifyCommand& command;
  auth::Context context;
  dns::Resolver& resolver;

  Task<Judged> operator()(const SavedMessage& message) const {
    const auto known = completed(context, message.bytes);
    if (command.explain) co_return co_await evaluate_and_explain(message, known, resolver);
    co_return co_await evaluate(message, known, resolver);
  }
};

Task<Result<int>> judge_one(const SavedMessage& message, const Judge& judge, Output& output) {
  if (message.error) {
    if (auto written = output.unreadable(message); !written) co_return std::unexpected(written.error());
    co_return exit_usage;
  }
  const auto judged = co_await judge(message);
  if (auto written = output.judged(judged); !written) co_return std::unexpected(written.error());
  co_return verify_status(judged.evaluation);
}

/// One message at a time, in the order of the command line.
Task<Result<int>> judge_all(const Judge& judge, Output& output) {
  int status = exit_ok;
  for (const auto& name : judge.command.files) {
    MessageFiles messages(name);
    while (const auto message = messages.next()) {
      const auto judged = co_await judge_one(*message, judge, output);
      if (!judged) co_return std::unexpected(judged.error());
      status = worse_status(status, *judged);
    }
  }
  co_return status;
}

Task<int> verify(const VerifyCommand& command, const Setting& setting) {
  const Needs needs{.keys = false, .secrets = false, .session = false};
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
  const Judge judge{command, context_of(command, world->settings), *world->resolver};
  Output output(setting, command.explain);
  if (auto opened = output.open(); !opened) co_return complain(opened.error());
  const auto status = co_await judge_all(judge, output);
  if (!status) co_return complain(status.error());
  if (auto ok = output.finish(); !ok) co_return worse_status(*status, complain(ok.error()));
  co_return *status;
}

}  // namespace

int run(const VerifyCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  return run_command([&] { return verify(command, setting); });
}

}  // namespace mailprobe::app
