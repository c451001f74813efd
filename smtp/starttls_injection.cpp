#include "smtp/starttls_injection.h"

#include "smtp/capabilities.h"
#include "smtp/commands.h"
#include "smtp/connection.h"
#include "smtp/limits.h"
#include "smtp/reply_causes.h"

namespace mailprobe::smtp {

namespace {

using Done = Result<void>;

/// The order of events:
///   1 banner, EHLO, MAIL and RSET   2 STARTTLS and NOOP in one write   3 the 220, the handshake   4 EHLO, QUIT: if
///   NOOP was kept, its answer comes first, and the one to QUIT is that to EHLO
class Injector {
 public:
  Injector(tls::Stream& stream, Delivery conditions, Transcript& transcript)
      : conditions_(std::move(conditions)), connection_(stream, transcript) {}

  Task<Injection> go() {
    auto done = co_await until_starttls();
    if (done) done = co_await ask_plain_mail();
    if (done) done = co_await inject();
    if (done) done = co_await count_answers();
    if (!done) out_.session.error = std::move(done.error());
    out_.session.decided_ms = connection_.elapsed_ms();
    connection_.close();
    co_return std::move(out_);
  }

 private:
  Task<Done> until_starttls();
  Task<Done> ask_plain_mail();
  Task<Done> inject();
  Task<Done> count_answers();
  [[nodiscard]] int seconds() const { return conditions_.timeouts.command; }

  Delivery conditions_;
  Connection connection_;
  Injection out_;
};

/// It hung up, or would not go on: then it runs nothing. A time-out or a fault of ours tells nothing.
bool tells(const Error& error) { return error.kind == Failure::connection || error.kind == Failure::protocol; }

Done good(Session& session, const Reply& reply, std::string_view what) {
  if (reply.code / 100 == 2) return {};
  session.reply = reply;
  return fail(Failure::refused, std::string(what) + " was refused with " + std::to_string(reply.code),
              reply.positive() ? Cause::protocol_error : cause_of(reply), reply.text);
}

Task<Done> Injector::until_starttls() {
  out_.session.phase = Phase::banner;
  const auto banner = co_await connection_.reply(conditions_.timeouts.banner);
  if (!banner) co_return std::unexpected(banner.error());
  if (auto done = good(out_.session, *banner, "the connection"); !done) co_return done;
  out_.session.phase = Phase::ehlo;
  auto ehlo = Command::ehlo(conditions_.helo);
  if (!ehlo) co_return std::unexpected(ehlo.error());
  const auto reply = co_await connection_.ask(std::move(*ehlo), seconds());
  if (!reply) co_return std::unexpected(reply.error());
  if (auto done = good(out_.session, *reply, "EHLO"); !done) co_return done;
  const Capabilities capabilities(*reply);
  out_.session.capabilities = capabilities.lines();
  out_.session.starttls_offered = capabilities.has("STARTTLS");
  if (!out_.session.starttls_offered)
    co_return fail(Failure::unsupported, "the server does not offer STARTTLS", Cause::unsupported);
  co_return Done{};
}

/// RFC 3207 §4: 530 where STARTTLS has to come first, which a public MX must not ask for.
Task<Done> Injector::ask_plain_mail() {
  auto mail = Command::mail(Path(), {});
  const auto reply = co_await connection_.ask(std::move(mail), seconds());
  if (!reply) co_return std::unexpected(reply.error());
  out_.plain_mail = reply->code;
  if (!reply->positive()) co_return Done{};
  auto rset = Command::rset();
  const auto reset = co_await connection_.ask(std::move(rset), seconds());
  if (!reset) co_return std::unexpected(reset.error());
  co_return Done{};
}

/// A server that drops what it was sent too early, refuses it for good or hangs up is one that runs nothing. "Later"
/// may be said for any reason: nothing is known then.
Task<Done> Injector::inject() {
  out_.session.phase = Phase::starttls;
  std::vector<Command> together{Command::starttls(), Command::noop()};
  if (auto sent = co_await connection_.send(std::move(together), seconds()); !sent) co_return sent;
  const auto ready = co_await connection_.reply(seconds());
  if (!ready) co_return std::unexpected(ready.error());
  if (ready->code != 220) {
    if (ready->code / 100 != 4) out_.executed = false;
    co_return good(out_.session, *ready, "STARTTLS with a command behind it");
  }
  if (connection_.unread() > 0) {
    out_.executed = false;  // answered in the clear: nothing of it is under TLS
    co_return fail(Failure::protocol, "the server answers in the clear behind its 220", Cause::protocol_error);
  }
  out_.session.phase = Phase::tls;
  auto facts = co_await connection_.handshake(conditions_.handshake, conditions_.timeouts.tls);
  if (!facts) {
    if (tells(facts.error())) out_.executed = false;
    co_return std::unexpected(facts.error());
  }
  out_.session.tls = std::move(*facts);
  co_return Done{};
}

/// RFC 5321 §4.1.1.10: 221 is the answer to QUIT and to nothing else.
Task<Done> Injector::count_answers() {
  out_.session.phase = Phase::ehlo;
  auto ehlo = Command::ehlo(conditions_.helo);
  const auto first = co_await connection_.ask(std::move(*ehlo), seconds());
  if (!first) {
    if (tells(first.error())) out_.executed = false;
    co_return std::unexpected(first.error());
  }
  out_.session.phase = Phase::quit;
  auto quit = Command::quit();
  const auto second = co_await connection_.ask(std::move(quit), seconds());
  if (!second) co_return std::unexpected(second.error());
  out_.executed = second->code != 221;
  if (*out_.executed) (void)co_await connection_.reply(quit_seconds);  // that to QUIT
  co_return Done{};
}

}  // namespace

Task<Injection> try_injection(tls::Stream& stream, Delivery conditions, Transcript& transcript) {
  Injector injector(stream, std::move(conditions), transcript);
  co_return co_await injector.go();
}

}  // namespace mailprobe::smtp
