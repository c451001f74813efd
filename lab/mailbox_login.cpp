// How a client of the mailbox gets in. RFC 3501 §6.2; SASL-IR RFC 4959.
#include "base/encoding.h"
#include "base/text.h"
#include "lab/imap_limits.h"
#include "lab/mailbox_session.h"

namespace mailprobe::lab {

namespace {
constexpr auto plain_text = "NO [PRIVACYREQUIRED] STARTTLS first";  // RFC 5530 §3
}

/// RFC 3501 §6.2.1. What was pipelined in plain text is somebody else's (CVE-2021-33515).
Task<MailboxSession::Next> MailboxSession::starttls(ImapCommand command) {
  if (stream_.encrypted() || !command.arguments.empty())
    co_return co_await bad(std::move(command.tag), "TLS is active already, or an argument too many");
  if (reader_.buffered() > 0) {
    (void)co_await bad(std::move(command.tag), "Data after STARTTLS");
    co_return Next::end;
  }
  if (co_await say(std::move(command.tag), "OK Ready to start TLS") == Next::end) co_return Next::end;
  const auto facts = co_await stream_.handshake(options_.handshake);
  co_return facts ? Next::go_on : Next::end;
}

sasl::PasswordOf MailboxSession::password_of() const {
  return [this](std::string_view user) -> std::optional<Secret> {
    if (user != options_.user) return std::nullopt;
    return options_.password;
  };
}

/// As PLAIN (RFC 4616 §2), so that passwords are compared in one place only.
Task<MailboxSession::Next> MailboxSession::login(ImapCommand command) {
  const auto& arguments = command.arguments;
  if (!stream_.encrypted()) co_return co_await say(std::move(command.tag), plain_text);
  if (arguments.size() != 2 || arguments[0].list() || arguments[1].list())
    co_return co_await bad(std::move(command.tag), "A user name and a password are needed");
  const auto message = std::string(1, '\0') + arguments[0].text + '\0' + arguments[1].text;
  const auto step = sasl::server_mechanism("PLAIN", password_of())->step(message);
  if (step.kind == sasl::ServerStep::Kind::success) co_return co_await logged_in(std::move(command.tag));
  co_return co_await login_failed(std::move(command.tag));
}

/// A challenge and the answer to it, decoded; nullopt: cancelled, not base64, or the end.
Task<std::optional<std::string>> MailboxSession::response(std::string challenge) {
  auto request = "+ " + base64(challenge) + "\r\n";
  if (co_await write(std::move(request)) == Next::end) co_return std::nullopt;
  const auto text = co_await line();
  if (!text) co_return std::nullopt;
  co_return from_base64(*text);
}

// authenticate = "AUTHENTICATE" SP auth-type [SP (base64 / "=")] *(CRLF base64)                          (RFC 4959 §7)
Task<MailboxSession::Next> MailboxSession::authenticate(ImapCommand command) {
  const auto& arguments = command.arguments;
  if (!stream_.encrypted()) co_return co_await say(std::move(command.tag), plain_text);
  if (arguments.empty() || arguments.size() > 2 || !arguments[0].atom())
    co_return co_await bad(std::move(command.tag), "A mechanism is needed, and perhaps a response");
  auto mechanism = sasl::server_mechanism(arguments[0].text, password_of());
  if (!mechanism) co_return co_await say(std::move(command.tag), "NO Unknown mechanism");
  std::optional<std::string> said;
  if (arguments.size() == 2) {
    said = arguments[1].text == "=" ? std::string{} : from_base64(arguments[1].text);
    if (!said) co_return co_await bad(std::move(command.tag), "Not base64");
  }
  for (int round = 0; round < max_imap_auth_rounds; ++round) {
    auto step = mechanism->step(said ? std::optional<std::string_view>(*said) : std::nullopt);
    if (step.kind == sasl::ServerStep::Kind::success) co_return co_await logged_in(std::move(command.tag));
    if (step.kind == sasl::ServerStep::Kind::failure) break;
    said = co_await response(std::move(step.challenge));
    if (!said) co_return co_await bad(std::move(command.tag), "Cancelled, or not base64");
  }
  co_return co_await login_failed(std::move(command.tag));
}

Task<MailboxSession::Next> MailboxSession::logged_in(std::string tag) {
  logged_in_ = true;
  auto status = "OK [CAPABILITY " + capabilities() + "] Welcome";
  co_return co_await say(std::move(tag), std::move(status));
}

Task<MailboxSession::Next> MailboxSession::login_failed(std::string tag) {
  auto next = co_await say(std::move(tag), "NO [AUTHENTICATIONFAILED] Wrong user name or password");
  if (--logins_left_ > 0 || next == Next::end) co_return next;
  (void)co_await write("* BYE Too many failed logins\r\n");
  co_return Next::end;
}

}  // namespace mailprobe::lab
