#include "smtp/authentication.h"

#include "base/encoding.h"
#include "base/text.h"
#include "sasl/mechanism.h"
#include "smtp/limits.h"

namespace mailprobe::smtp {

namespace {

/// What goes out must not come back in a reply that is shown.
void hide_response(Connection& connection, std::string_view response) { connection.hide(base64(response)); }

/// RFC 4954 §4: where the initial response does not fit into the command, it waits for an empty challenge.
Command first_command(Connection& connection, sasl::ClientMechanism& mechanism, std::optional<std::string>& held_back) {
  const auto initial = mechanism.initial();
  if (initial) hide_response(connection, *initial);
  auto command = Command::auth(mechanism.name(), initial);
  if (command.wire().size() <= max_command) return command;
  held_back = initial;
  return Command::auth(mechanism.name(), {});
}

Result<std::string> answer(sasl::ClientMechanism& mechanism, std::optional<std::string>& held_back,
                           const Reply& challenge) {
  const auto decoded = from_base64(trim(challenge.text));
  if (!decoded) return fail(Failure::protocol, "AUTH challenge is not base64", Cause::protocol_error, challenge.text);
  if (!held_back) return mechanism.step(*decoded);
  if (!decoded->empty()) return fail(Failure::protocol, "AUTH challenge where none is due", Cause::protocol_error);
  auto initial = *std::exchange(held_back, {});
  return initial;
}

/// RFC 4954 §4: "*" cancels; the server's 501 that follows is of no interest.
Task<std::unexpected<Error>> cancel(Connection& connection, Error why, int seconds) {
  auto star = Command::auth_cancel();
  (void)co_await connection.ask(std::move(star), seconds);
  co_return std::unexpected(std::move(why));
}

/// 235 counts only when the mechanism agrees; a refusal takes along what the mechanism was told.
Result<Reply> settle(sasl::ClientMechanism& mechanism, Reply reply) {
  if (reply.code == 235) {
    if (const auto proven = mechanism.finish(); !proven) return std::unexpected(proven.error());
  } else if (!mechanism.refusal().empty()) {
    reply.text += "\n" + mechanism.refusal();
  }
  return reply;
}

Task<Result<Reply>> exchange(Connection& connection, Capabilities capabilities, sasl::Credentials credentials,
                             int seconds) {
  const auto announced = capabilities.auth_mechanisms();
  const auto mechanism = sasl::choose(announced, credentials);
  if (!mechanism) co_return std::unexpected(mechanism.error());
  std::optional<std::string> held_back;
  auto command = first_command(connection, **mechanism, held_back);
  for (int round = 0; round < max_auth_rounds; ++round) {
    const auto reply = co_await connection.ask(command, seconds);
    if (!reply || reply->code != 334) co_return reply ? settle(**mechanism, *reply) : reply;
    const auto response = answer(**mechanism, held_back, *reply);
    if (!response) co_return co_await cancel(connection, response.error(), seconds);
    hide_response(connection, *response);
    command = Command::auth_response(*response);
  }
  Error endless{Failure::protocol, "AUTH does not end", Cause::protocol_error, {}};
  co_return co_await cancel(connection, std::move(endless), seconds);
}

}  // namespace

Task<Result<Reply>> authenticate(Connection& connection, Capabilities capabilities, sasl::Credentials credentials,
                                 int seconds) {
  connection.hide(credentials.secret.reveal());
  auto reply = co_await exchange(connection, std::move(capabilities), std::move(credentials), seconds);
  if (!reply) co_return std::unexpected(connection.masked(std::move(reply.error())));
  reply->text = connection.masked(reply->text);  // what the mechanism was told is in it
  co_return reply;
}

}  // namespace mailprobe::smtp
