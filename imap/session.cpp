#include "imap/session.h"

#include <algorithm>

#include "base/text.h"
#include "imap/authentication.h"

namespace mailprobe::imap {

void Session::absorb(const Response& response) {
  if (const auto* data = std::get_if<CapabilityData>(&response)) {
    capabilities_ = Capabilities(data->names);
    learnt_ = true;
  } else if (const auto* status = std::get_if<Status>(&response); status && status->code == "CAPABILITY") {
    capabilities_ = Capabilities::parse(status->argument);
    learnt_ = true;
  } else if (const auto* enabled = std::get_if<EnabledData>(&response)) {
    utf8_ = utf8_ || std::ranges::any_of(enabled->names, [](const auto& name) { return iequals(name, "UTF8=ACCEPT"); });
  }
}

// 1 TLS, where it is implicit · 2 greeting · 3 STARTTLS, always else; all before is forgotten · 4 capabilities · 5
// login, the certificate having been verified · 6 capabilities again: servers announce more to whom they know
Task<Result<void>> Session::open(Account account) {
  if (account.implicit_tls)
    if (auto done = co_await secure(account.handshake); !done) co_return done;
  const auto greeted = co_await greeting();
  if (!greeted) co_return std::unexpected(greeted.error());
  if (!account.implicit_tls) {
    // STARTTLS is impossible then (RFC 9051 §6.2.1), and nothing is read or sent without it (CVE-2020-14093).
    if (*greeted == Condition::preauth)
      co_return fail(Failure::protocol, "the mail server says PREAUTH before TLS: nothing may be sent",
                     Cause::protocol_error);
    if (auto done = co_await starttls(account.handshake); !done) co_return done;
  }
  if (*greeted != Condition::preauth) {
    if (auto done = co_await learn(); !done) co_return done;
    auto capabilities = capabilities_;
    forget();
    auto credentials = std::move(account.credentials);
    if (auto done = co_await log_in(connection_, std::move(capabilities), std::move(credentials)); !done)
      co_return done;
  }
  co_return co_await after_login();
}

Task<Result<Condition>> Session::greeting() {
  const auto response = co_await connection_.next(in_seconds(greeting_seconds));
  if (!response) co_return std::unexpected(response.error());
  const auto* status = std::get_if<Status>(&*response);
  const bool greets =
      status && !status->tagged() && (status->condition == Condition::ok || status->condition == Condition::preauth);
  if (!greets) co_return fail(Failure::protocol, "the mail server does not greet", Cause::protocol_error);
  greeting_told_ = learnt_;
  co_return status->condition;
}

Task<Result<void>> Session::starttls(tls::Handshake handshake) {
  if (auto done = co_await learn(); !done) co_return done;
  if (!capabilities_.has("STARTTLS") && greeting_told_) {  // a greeting may be brief
    forget();
    if (auto done = co_await learn(); !done) co_return done;
  }
  if (!capabilities_.has("STARTTLS"))
    co_return fail(Failure::unsupported, "the mail server does not announce STARTTLS: nothing is sent in plain text",
                   Cause::unsupported);
  const auto reply = co_await connection_.run(Command::starttls());
  if (!reply) co_return std::unexpected(reply.error());
  if (!reply->status.ok())
    co_return fail(Failure::unsupported, "the mail server refused STARTTLS", Cause::refused,
                   reply->status.text.substr(0, 500));
  // Nothing may lie between the reply and the handshake (CVE-2021-22947).
  if (connection_.unread() > 0)
    co_return fail(Failure::protocol, "injected data: the mail server sent more than the reply to STARTTLS",
                   Cause::protocol_error);
  co_return co_await secure(std::move(handshake));
}

/// RFC 9051 §11.1 and RFC 7817: the certificate is verified before anything else goes over the connection.
Task<Result<void>> Session::secure(tls::Handshake handshake) {
  auto facts = co_await connection_.handshake(std::move(handshake));
  if (!facts) co_return std::unexpected(facts.error());
  forget();  // RFC 9051 §6.2.1: the client MUST discard what it knew
  tls_ = std::move(*facts);
  const auto& verified = tls_->verified;
  if (verified && verified->result == "pass") co_return Result<void>{};
  co_return fail(Failure::unsupported,
                 "the mail server's certificate does not verify" +
                     (verified && !verified->detail.empty() ? ": " + verified->detail : std::string()),
                 verified && verified->cause ? *verified->cause : Cause::unknown_ca);
}

Task<Result<void>> Session::learn() {
  if (learnt_) co_return Result<void>{};
  const auto reply = co_await connection_.run(Command::capability());
  if (!reply) co_return std::unexpected(reply.error());
  if (!reply->status.ok() || !learnt_)
    co_return fail(Failure::protocol, "the mail server does not say what it can do", Cause::protocol_error,
                   reply->status.text.substr(0, 500));
  co_return Result<void>{};
}

Task<Result<void>> Session::after_login() {
  if (auto done = co_await learn(); !done) co_return done;
  if (capabilities_.has("LITERAL+"))
    connection_.literals = Literals::plus;
  else if (capabilities_.has_or_rev2("LITERAL-"))
    connection_.literals = Literals::minus;
  // RFC 6855 §3, §4: messages with UTF-8 headers then come as they are, not downgraded.
  if (!capabilities_.has("ENABLE") || !(capabilities_.has("UTF8=ACCEPT") || capabilities_.has("UTF8=ONLY")))
    co_return Result<void>{};
  const auto reply = co_await connection_.run(Command::enable_utf8());
  if (!reply) co_return std::unexpected(reply.error());
  co_return Result<void>{};
}

Task<void> Session::logout() {
  if (connection_.usable()) {
    connection_.expect_bye();
    (void)co_await connection_.run(Command::logout(), logout_seconds);
  }
  connection_.close();
}

}  // namespace mailprobe::imap
