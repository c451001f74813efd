#include "smtp/client.h"

#include "smtp/authentication.h"
#include "smtp/capabilities.h"
#include "smtp/commands.h"
#include "smtp/connection.h"
#include "smtp/dot_stuffing.h"
#include "smtp/limits.h"
#include "smtp/reply_causes.h"

namespace mailprobe::smtp {

namespace {

using Done = Result<void>;

/// The order of events, as RFC 5321 §4.3.2 and RFC 3207 §4 have it:
///   1 banner   2 EHLO   3 STARTTLS, handshake, judgement of the certificate   4 EHLO again   5 AUTH
///   6 MAIL, RCPT (and DATA with them where the server pipelines)   7 the message   8 the final dot   9 QUIT
/// Whatever fails ends the session; Session says where and why.
class Client {
 public:
  Client(tls::Stream& stream, Delivery delivery, Transcript& transcript)
      : delivery_(std::move(delivery)), connection_(stream, transcript) {
    connection_.hide(delivery_.hidden);
  }

  Task<Session> deliver() {
    auto done = co_await open();
    if (done) done = co_await transaction();
    co_return co_await end(std::move(done));
  }

  Task<Session> without_message() {
    auto done = co_await open();
    co_return co_await end(std::move(done));
  }

 private:
  [[nodiscard]] bool tls_required() const {
    return delivery_.floor != TlsFloor::may || delivery_.dane || delivery_.require_tls || delivery_.credentials;
  }
  [[nodiscard]] bool verify_required() const { return delivery_.floor == TlsFloor::verify || delivery_.credentials; }
  [[nodiscard]] const Timeouts& seconds() const { return delivery_.timeouts; }

  Task<Done> open();
  Task<Done> greeting();
  Task<Done> hello();
  Task<Done> helo_instead(Reply ehlo);
  Task<Done> starttls();
  Task<Done> handshake();
  Done judge_certificate() const;
  Done judge_dane() const;
  [[nodiscard]] bool authenticated() const;
  Done require_tls(MailParameters& parameters) const;
  Done ask_for_reports(MailParameters& parameters) const;
  Task<Done> login();

  Task<Done> transaction();
  Task<Done> envelope(Transfer transfer);
  Task<Done> answer_to(Phase phase, std::string_view what, std::size_t outstanding);
  Task<Done> begin_data(bool announced);
  Task<Done> data(bool announced);
  Task<Done> verbatim(bool announced);
  Task<Done> bdat();
  Task<Done> verdict();

  Task<Session> end(Done done);
  Task<void> say_goodbye();

  // How a reply counts. The phase names the command that it answers.
  Task<Result<Reply>> next(Phase phase, int timeout);
  Done expect(const Reply& reply, int wanted_class, std::string_view what);
  std::unexpected<Error> refused(const Reply& reply, std::string_view what);
  [[nodiscard]] std::unexpected<Error> no_tls(std::string why, Cause cause, const Reply& reply) const;

  Delivery delivery_;
  Connection connection_;
  Capabilities capabilities_;
  Session session_;
};

// --- replies --------------------------------------------------------------------------------------------------------

Task<Result<Reply>> Client::next(Phase phase, int timeout) {
  session_.phase = phase;
  co_return co_await connection_.reply(timeout);
}

/// RFC 5321 §4.2.1: the first digit decides.
Done Client::expect(const Reply& reply, int wanted_class, std::string_view what) {
  if (reply.code / 100 == wanted_class) return {};
  if (reply.positive()) {
    session_.reply = reply;
    connection_.give_up();
    return fail(Failure::protocol, "reply " + std::to_string(reply.code) + " to " + std::string(what),
                Cause::protocol_error, reply.text);
  }
  session_.outcome = reply.temporary() ? Outcome::temporary : Outcome::rejected;
  return refused(reply, what);
}

std::unexpected<Error> Client::refused(const Reply& reply, std::string_view what) {
  session_.reply = reply;
  return fail(Failure::refused, std::string(what) + " was refused with " + std::to_string(reply.code), cause_of(reply),
              reply.text);
}

// --- 1 to 5: until a message could be sent --------------------------------------------------------------------------

Task<Done> Client::open() {
  if (delivery_.implicit_tls) {  // RFC 8314 §3.3
    if (auto done = co_await handshake(); !done) co_return done;
  }
  if (auto done = co_await greeting(); !done) co_return done;
  if (auto done = co_await hello(); !done) co_return done;
  if (!connection_.encrypted()) {
    session_.capabilities_before_tls = capabilities_.lines();
    session_.starttls_offered = capabilities_.has("STARTTLS");
    if (auto done = co_await starttls(); !done) co_return done;
  }
  if (delivery_.credentials) co_return co_await login();
  co_return Done{};
}

Task<Done> Client::greeting() {
  const auto banner = co_await next(Phase::banner, seconds().banner);
  if (!banner) co_return std::unexpected(banner.error());
  session_.banner = *banner;
  co_return expect(*banner, 2, "the connection");
}

Task<Done> Client::hello() {
  session_.phase = Phase::ehlo;
  capabilities_ = {};
  session_.capabilities.clear();
  auto ehlo = Command::ehlo(delivery_.helo);
  if (!ehlo) co_return std::unexpected(ehlo.error());
  const auto reply = co_await connection_.ask(*ehlo, seconds().command);
  if (!reply) co_return std::unexpected(reply.error());
  if (reply->permanent() && !connection_.encrypted()) co_return co_await helo_instead(*reply);
  if (auto done = expect(*reply, 2, "EHLO"); !done) co_return done;
  capabilities_ = Capabilities(*reply);
  session_.capabilities = capabilities_.lines();
  co_return Done{};
}

/// RFC 5321 §4.2.4, §4.3.2: it does not know the command. Any other refusal is about us.
bool unknown_command(const Reply& reply) { return reply.code == 500 || reply.code == 502 || reply.code == 504; }

/// RFC 5321 §3.2. HELO knows no STARTTLS, so only where plain text will do.
Task<Done> Client::helo_instead(Reply ehlo) {
  if (tls_required() && !unknown_command(ehlo)) co_return expect(ehlo, 2, "EHLO");
  if (tls_required()) co_return no_tls("the server refuses EHLO, so it has no STARTTLS", Cause::unsupported, ehlo);
  auto helo = Command::helo(delivery_.helo);
  if (!helo) co_return std::unexpected(helo.error());
  const auto reply = co_await connection_.ask(*helo, seconds().command);
  if (!reply) co_return std::unexpected(reply.error());
  co_return expect(*reply, 2, "HELO");
}

std::unexpected<Error> Client::no_tls(std::string why, Cause cause, const Reply& reply) const {
  const bool something = !delivery_.recipient.null() || delivery_.credentials;
  if (something) why += "; nothing is sent in plain text";
  return fail(Failure::unsupported, std::move(why), cause, reply.text);
}

Task<Done> Client::starttls() {
  session_.phase = Phase::starttls;
  if (!session_.starttls_offered) {
    if (tls_required()) co_return no_tls("the server does not offer STARTTLS", Cause::unsupported, {});
    co_return Done{};
  }
  auto command = Command::starttls();
  const auto reply = co_await connection_.ask(std::move(command), seconds().command);
  if (!reply) co_return std::unexpected(reply.error());
  // RFC 3207 §6, CVE-2021-22947: what came with the 220 was not the server's to say, or not protected by TLS.
  if (const auto injected = connection_.unread(); injected > 0 && reply->positive()) {
    connection_.give_up();
    co_return fail(Failure::protocol,
                   "injected data: " + std::to_string(injected) + " bytes followed the reply to STARTTLS",
                   Cause::protocol_error);
  }
  if (reply->code == 421 || reply->positive()) {
    if (auto done = expect(*reply, 2, "STARTTLS"); !done) co_return done;
  } else {
    if (!tls_required()) co_return Done{};  // RFC 3207 §4.1: plain text was permitted
    session_.reply = *reply;
    co_return no_tls("the server refuses STARTTLS with " + std::to_string(reply->code), cause_of(*reply), *reply);
  }
  if (auto done = co_await handshake(); !done) co_return done;
  co_return co_await hello();  // RFC 3207 §4.2: everything learnt before is forgotten
}

Task<Done> Client::handshake() {
  session_.phase = Phase::tls;
  auto facts = co_await connection_.handshake(delivery_.handshake, seconds().tls);
  if (!facts) co_return std::unexpected(facts.error());
  session_.tls = std::move(*facts);
  co_return judge_certificate();
}

/// Credentials go to nobody else than the server that was meant, whatever the floor.
Done Client::judge_certificate() const {
  if (delivery_.dane)
    if (auto done = judge_dane(); !done) return done;
  const auto& verified = session_.tls->verified;
  if (!verify_required() || (verified && verified->result == "pass")) return {};
  return fail(Failure::unsupported,
              "the server's certificate does not verify" + (verified ? ": " + verified->detail : std::string{}) +
                  "; nothing is sent",
              verified ? verified->cause : Cause::unknown_ca);
}

// RFC 7672 §2.2: no mail where the records do not match
Done Client::judge_dane() const {
  const auto& dane = session_.tls->dane;
  if (dane && dane->result == "pass") return {};
  return fail(Failure::unsupported, (dane ? dane->detail : "the TLSA records were not checked") + "; nothing is sent",
              dane && dane->cause ? dane->cause : Cause::policy);
}

bool Client::authenticated() const {
  const auto passes = [](const auto& outcome) { return outcome && outcome->result == "pass"; };
  return session_.tls && (passes(session_.tls->dane) || passes(session_.tls->verified));
}

/// RFC 8689 §4.2.1: over TLS, to a server that is authenticated and announces it there; else the message stays here.
Done Client::require_tls(MailParameters& parameters) const {
  if (!delivery_.require_tls) return {};
  if (!authenticated())
    return fail(Failure::unsupported, "REQUIRETLS needs a certificate that verifies, or DANE; nothing is sent",
                session_.tls && session_.tls->verified ? session_.tls->verified->cause : Cause::unsupported);
  if (!capabilities_.has("REQUIRETLS"))
    return fail(Failure::unsupported, "the server does not announce REQUIRETLS; nothing is sent", Cause::unsupported);
  parameters.requiretls = true;
  return {};
}

Done Client::ask_for_reports(MailParameters& parameters) const {
  if (!delivery_.dsn_envid) return {};
  if (!capabilities_.has("DSN"))
    return fail(Failure::unsupported, "the server does not announce DSN; nothing is sent", Cause::unsupported);
  parameters.envid = delivery_.dsn_envid;
  return {};
}

Task<Done> Client::login() {
  session_.phase = Phase::auth;
  const auto reply = co_await authenticate(connection_, capabilities_, *delivery_.credentials, seconds().command);
  if (!reply) co_return std::unexpected(reply.error());
  if (reply->code == 421 || reply->positive()) co_return expect(*reply, 2, "AUTH");
  co_return refused(*reply, "AUTH");  // not_sent: it says nothing about the message
}

// --- 6 to 8: the message --------------------------------------------------------------------------------------------

Task<Done> Client::transaction() {
  session_.phase = Phase::mail;
  auto transfer =
      plan_transfer(delivery_.message, delivery_.reverse_path, delivery_.recipient, capabilities_, delivery_.method);
  if (!transfer) co_return std::unexpected(transfer.error());
  if (auto done = require_tls(transfer->parameters); !done) co_return done;
  if (auto done = ask_for_reports(transfer->parameters); !done) co_return done;
  if (delivery_.before_mail)
    if (auto done = delivery_.before_mail(); !done) co_return done;
  if (auto done = co_await envelope(*transfer); !done) co_return done;
  if (transfer->bdat) co_return co_await bdat();
  const bool announced = capabilities_.has("PIPELINING");
  if (delivery_.method == Method::verbatim) co_return co_await verbatim(announced);
  co_return co_await data(announced);
}

/// RFC 2920 §3.1: MAIL, RCPT and DATA in one write where the server announces it; DATA is the last of a group.
Task<Done> Client::envelope(Transfer transfer) {
  const bool pipelining = capabilities_.has("PIPELINING");
  auto mail = Command::mail(delivery_.reverse_path, transfer.parameters);
  auto rcpt = Command::rcpt(delivery_.recipient, delivery_.dsn_envid.has_value());
  std::vector<Command> group{std::move(mail)};
  if (pipelining) group.push_back(rcpt);
  if (pipelining && !transfer.bdat) group.push_back(Command::data());
  auto outstanding = group.size();
  if (auto sent = co_await connection_.send(std::move(group), seconds().command); !sent) co_return sent;
  if (auto done = co_await answer_to(Phase::mail, "MAIL FROM", --outstanding); !done) co_return done;
  if (!pipelining) {
    std::vector<Command> alone{std::move(rcpt)};
    if (auto sent = co_await connection_.send(std::move(alone), seconds().command); !sent) co_return sent;
    outstanding = 1;
  }
  co_return co_await answer_to(Phase::rcpt, "RCPT TO", --outstanding);
}

/// A refusal ends the session; replies to what went in the same group are read first, so that QUIT has its own.
Task<Done> Client::answer_to(Phase phase, std::string_view what, std::size_t outstanding) {
  const auto reply = co_await next(phase, seconds().command);
  if (!reply) co_return std::unexpected(reply.error());
  auto done = expect(*reply, 2, what);
  for (; !done && outstanding > 0 && connection_.usable(); --outstanding) {
    const auto spare = co_await connection_.reply(seconds().command);
    // The server waits for a message that nobody may get (RFC 2920 §3.1): closing discards it, QUIT would be its text.
    if (spare && spare->code == 354) connection_.give_up();
  }
  co_return done;
}

Task<Done> Client::begin_data(bool announced) {
  if (!announced) {
    std::vector<Command> command{Command::data()};
    if (auto sent = co_await connection_.send(std::move(command), seconds().command); !sent) co_return sent;
  }
  const auto go = co_await next(Phase::data, seconds().data);
  if (!go) co_return std::unexpected(go.error());
  co_return expect(*go, 3, "DATA");
}

Task<Done> Client::data(bool announced) {
  session_.phase = Phase::data;
  auto body = stuff(delivery_.message);
  if (!body) co_return std::unexpected(body.error());
  if (auto done = co_await begin_data(announced); !done) co_return done;
  auto note = "message of " + std::to_string(delivery_.message.size()) + " bytes";
  if (auto sent = co_await connection_.send_bytes(std::move(*body), std::move(note), seconds().data); !sent)
    co_return sent;
  if (delivery_.before_dot) {
    if (auto done = delivery_.before_dot(session_); !done) {
      connection_.give_up();  // a QUIT would be a line of the message; closing discards it (RFC 5321 §4.1.1.4)
      co_return done;
    }
  }
  session_.phase = Phase::dot;
  std::string dot(final_dot);
  std::string what = "final dot";
  session_.outcome = Outcome::unknown;
  if (auto sent = co_await connection_.send_bytes(std::move(dot), std::move(what), seconds().dot); !sent)
    co_return sent;
  co_return co_await verdict();
}

/// Any of its bytes may end it: what is known by now is kept before the first of them.
Task<Done> Client::verbatim(bool announced) {
  session_.phase = Phase::data;
  if (auto done = co_await begin_data(announced); !done) co_return done;
  if (delivery_.before_dot) {
    if (auto done = delivery_.before_dot(session_); !done) {
      connection_.give_up();
      co_return done;
    }
  }
  session_.phase = Phase::dot;
  session_.outcome = Outcome::unknown;
  auto note = "message of " + std::to_string(delivery_.message.size()) + " bytes as they are, final dot";
  auto bytes = delivery_.message + std::string(final_dot);
  if (auto sent = co_await connection_.send_bytes(std::move(bytes), std::move(note), seconds().dot); !sent)
    co_return sent;
  co_return co_await verdict();
}

/// RFC 3030 §2: one chunk, the last. Its bytes are the message's, unstuffed.
Task<Done> Client::bdat() {
  session_.phase = Phase::data;
  if (delivery_.before_dot)
    if (auto done = delivery_.before_dot(session_); !done) co_return done;
  session_.phase = Phase::dot;
  session_.outcome = Outcome::unknown;
  const auto command = Command::bdat_last(delivery_.message.size());
  auto note = command.line() + ", message of " + std::to_string(delivery_.message.size()) + " bytes";
  auto bytes = command.wire() + delivery_.message;
  if (auto sent = co_await connection_.send_bytes(std::move(bytes), std::move(note), seconds().data); !sent)
    co_return sent;
  co_return co_await verdict();
}

/// From here on the message may have been delivered: only a reply tells (RFC 5321 §4.5.3.2.6, RFC 1047).
Task<Done> Client::verdict() {
  const auto reply = co_await connection_.reply(seconds().dot);
  if (!reply) co_return std::unexpected(reply.error());
  session_.reply = *reply;
  if (reply->code / 100 == 3) co_return expect(*reply, 2, "the message");
  session_.outcome = Outcome::accepted;
  co_return expect(*reply, 2, "the message");
}

// --- 9: the end -----------------------------------------------------------------------------------------------------

/// RFC 5321 §4.1.1.10: 221 is the answer to QUIT. What comes before it answers what a server has taken for commands.
Task<void> Client::say_goodbye() {
  auto quit = Command::quit();
  if (delivery_.method != Method::verbatim) {
    (void)co_await connection_.ask(std::move(quit), quit_seconds);
    co_return;
  }
  auto reply = co_await connection_.ask(std::move(quit), seconds().command);
  while (reply && reply->code != 221 && session_.further.size() < max_further) {
    session_.further.push_back(std::move(*reply));
    reply = co_await connection_.reply(seconds().command);
  }
}

Task<Session> Client::end(Done done) {
  session_.decided_ms = connection_.elapsed_ms();
  if (!done) session_.error = std::move(done.error());
  if (session_.outcome == Outcome::unknown && session_.error) {
    const bool heard = session_.reply || session_.error->kind == Failure::protocol;
    session_.error->message = std::string("possibly delivered: the message was sent whole and no ") +
                              (heard ? "usable " : "") + "reply came: " + session_.error->message;
    session_.error->cause = Cause::possibly_delivered;
  }
  if (connection_.usable()) {
    if (done) session_.phase = Phase::quit;
    co_await say_goodbye();
  }
  connection_.close();
  co_return std::move(session_);
}

}  // namespace

Task<Session> deliver(tls::Stream& stream, Delivery delivery, Transcript& transcript) {
  Client client(stream, std::move(delivery), transcript);
  co_return co_await client.deliver();
}

Task<Session> try_login(tls::Stream& stream, Delivery delivery, Transcript& transcript) {
  Client client(stream, std::move(delivery), transcript);
  co_return co_await client.without_message();
}

Task<Session> look(tls::Stream& stream, Delivery conditions, Transcript& transcript) {
  conditions.credentials.reset();
  Client client(stream, std::move(conditions), transcript);
  co_return co_await client.without_message();
}

}  // namespace mailprobe::smtp
