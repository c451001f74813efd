#include "imap/authentication.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "base/text.h"
#include "sasl/mechanism.h"

namespace mailprobe::imap {

namespace {

/// What goes out must not come back in words that are shown.
void hide_response(Connection& connection, std::string_view response) { connection.hide(base64(response)); }

/// SASL's LOGIN comes last: the LOGIN command is the older and better kept way (RFC 9051 §6.2.3).
bool by_command(const Capabilities& capabilities, const sasl::Credentials& credentials) {
  if (credentials.proof != sasl::Proof::password || capabilities.has("LOGINDISABLED")) return false;
  return !capabilities.has("AUTH=SCRAM-SHA-256") && !capabilities.has("AUTH=PLAIN");
}

// RFC 5530 §3: these say that another time it may work.
bool temporary(const Status& status) {
  static constexpr std::array<std::string_view, 4> codes{"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"};
  return std::ranges::find(codes, status.code) != codes.end();
}

/// A REFERRAL (RFC 2221) is among the words and is not followed: the credentials are for this server.
std::unexpected<Error> refusal(const Connection& connection, const Status& status, const std::string& way,
                               const std::string& more) {
  auto words = status.code.empty()
                   ? status.text
                   : "[" + status.code + (status.argument.empty() ? "" : " ") + status.argument + "] " + status.text;
  if (!more.empty()) words += "\n" + more;
  words = connection.masked(words).substr(0, 1000);
  if (temporary(status))
    return fail(Failure::connection, "the mail server cannot log anybody in now", Cause::unreachable, words);
  return fail(Failure::refused, "the mail server refused the login (" + way + ")", Cause::refused, words);
}

Result<std::string> answer(sasl::ClientMechanism& mechanism, std::optional<std::string>& held_back,
                           const Continuation& challenge) {
  // Without an initial response in the command the first challenge is empty, or words for people that say so.
  if (held_back) return *std::exchange(held_back, {});
  const auto decoded = from_base64(challenge.text);
  if (!decoded)
    return fail(Failure::protocol, "AUTHENTICATE challenge is not base64", Cause::protocol_error,
                challenge.text.substr(0, 200));
  return mechanism.step(*decoded);
}

/// RFC 9051 §6.2.2: "*" cancels; the server's BAD is of no interest.
Task<std::unexpected<Error>> cancel(Connection& connection, Error why) {
  auto star = Continued::cancel();
  if (const auto sent = co_await connection.send(std::move(star)); sent) (void)co_await connection.finish();
  co_return std::unexpected(std::move(why));
}

/// OK counts only when the mechanism agrees.
Task<Result<void>> settle(Connection& connection, sasl::ClientMechanism& mechanism) {
  const auto end = co_await connection.finish();
  if (!end) co_return std::unexpected(end.error());
  if (!end->status.ok()) co_return refusal(connection, end->status, std::string(mechanism.name()), mechanism.refusal());
  co_return mechanism.finish();
}

Task<Result<void>> login(Connection& connection, sasl::Credentials credentials) {
  const auto command = Command::login(credentials.user, credentials.secret);
  if (!command) co_return std::unexpected(command.error());
  const auto done = co_await connection.run(*command);
  if (!done) co_return std::unexpected(done.error());
  if (!done->status.ok()) co_return refusal(connection, done->status, "LOGIN", {});
  co_return Result<void>{};
}

Task<Result<void>> exchange(Connection& connection, Capabilities capabilities, sasl::Credentials credentials) {
  if (by_command(capabilities, credentials)) co_return co_await login(connection, std::move(credentials));
  const auto mechanism = sasl::choose(capabilities.mechanisms(), credentials);
  if (!mechanism) co_return std::unexpected(mechanism.error());
  auto held_back = (*mechanism)->initial();
  if (held_back) hide_response(connection, *held_back);
  auto command = Command::authenticate((*mechanism)->name(), {});
  if (capabilities.has_or_rev2("SASL-IR") && held_back)
    command = Command::authenticate((*mechanism)->name(), std::exchange(held_back, {}));
  if (const auto started = co_await connection.start(std::move(command)); !started) co_return started;
  for (int round = 0; round < max_auth_rounds; ++round) {
    const auto challenge = co_await connection.go_on(in_seconds(command_seconds));
    if (!challenge) co_return std::unexpected(challenge.error());
    if (!*challenge) co_return co_await settle(connection, **mechanism);
    const auto response = answer(**mechanism, held_back, **challenge);
    if (!response) co_return co_await cancel(connection, response.error());
    hide_response(connection, *response);
    auto line = Continued::response(*response);
    if (const auto sent = co_await connection.send(std::move(line)); !sent) co_return sent;
  }
  Error endless{Failure::protocol, "AUTHENTICATE does not end", Cause::protocol_error, {}};
  co_return co_await cancel(connection, std::move(endless));
}

}  // namespace

Task<Result<void>> log_in(Connection& connection, Capabilities capabilities, sasl::Credentials credentials) {
  connection.hide(credentials.secret.reveal());
  auto done = co_await exchange(connection, std::move(capabilities), std::move(credentials));
  if (!done) co_return std::unexpected(connection.masked(std::move(done.error())));
  co_return done;
}

}  // namespace mailprobe::imap
