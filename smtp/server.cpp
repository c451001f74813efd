#include "smtp/server.h"

#include <algorithm>
#include <chrono>

#include "base/encoding.h"
#include "base/text.h"
#include "sasl/mechanism.h"
#include "smtp/command_line.h"
#include "smtp/limits.h"
#include "smtp/server_session.h"

namespace mailprobe::smtp {

Task<Reply> Handler::connected(const ServerState&) { co_return Reply{220, {}, "ESMTP"}; }
Task<Reply> Handler::mail(const ServerState&) { co_return Reply{250, "2.1.0", "Sender ok"}; }
void Handler::greeted(const ServerState&) {}
void Handler::ended(const ServerState&, ServerEnd) {}
std::optional<Secret> Handler::password(std::string_view) { return std::nullopt; }

// --- lines and replies ----------------------------------------------------------------------------------------------

/// For what comes next; a message and the session as a whole have their own ends.
void ServerSession::allow(std::chrono::milliseconds time) {
  stream_.deadline(std::min({std::chrono::steady_clock::now() + time, message_ends_, session_ends_}));
}

void ServerSession::begin_message() {
  if (message_ends_ == never) message_ends_ = std::chrono::steady_clock::now() + options_.patience.message;
}

Task<Result<std::string>> ServerSession::line(std::size_t max) {
  allow(options_.patience.command);
  co_return co_await reader_.line(max);
}

Task<Next> ServerSession::say(Reply reply) {
  const auto bytes = format(reply);
  if (reply.code == 334)  // a challenge of SCRAM is what a guessed password is tried on
    transcript_.out("334 ***");
  else
    for (auto each : split(trim(bytes), '\n')) transcript_.out(trim(each));
  stream_.deadline(std::chrono::steady_clock::now() + options_.patience.command);  // also where it is the last word
  if (const auto written = co_await stream_.write(bytes); !written) {
    const bool late = written.error().kind == Failure::timeout;
    co_return late ? ServerEnd::timeout : ServerEnd::closed;
  }
  if (reply.code == 421) co_return ServerEnd::refused;  // RFC 5321 §3.8
  co_return Next{};
}

Task<Next> ServerSession::wrong(Reply reply) {
  if (--errors_left_ > 0) co_return co_await say(std::move(reply));
  Reply enough{421, "4.7.0", "Too many errors"};
  co_return co_await close_with(std::move(enough), ServerEnd::protocol);
}

Task<ServerEnd> ServerSession::close_with(Reply reply, ServerEnd end) {
  (void)co_await say(std::move(reply));
  co_return end;
}

Task<ServerEnd> ServerSession::give_up(Error error) {
  if (error.kind == Failure::timeout && asked_to_leave()) co_return co_await leave();
  transcript_.note(error.message);
  if (error.kind == Failure::timeout) {
    Reply late{421, "4.4.2", "Timeout, closing"};
    co_return co_await close_with(std::move(late), ServerEnd::timeout);
  }
  if (error.kind == Failure::protocol) {
    Reply broken{500, "5.5.6", "Line too long"};
    co_return co_await close_with(std::move(broken), ServerEnd::protocol);
  }
  co_return ServerEnd::closed;
}

/// A close with bytes unread is a reset (RFC 1122 §4.2.2.13), which takes the reply from who has not read it yet: what
/// is under way is read, within bounds, and thrown away.
Task<void> ServerSession::hear_out() {
  drop();
  reader_.discard();
  const auto end = std::chrono::steady_clock::now() + options_.patience.farewell;
  std::size_t left = 2 * options_.max_size;
  while (left > 0 && !asked_to_leave()) {
    stream_.deadline(std::min(std::chrono::steady_clock::now() + options_.patience.quiet, end));
    const auto heard = co_await reader_.some();
    if (!heard || heard->empty()) co_return;
    left -= std::min(left, heard->size());
  }
}

Task<ServerEnd> ServerSession::leave() {
  Reply down{421, "4.3.2", "Going down, please try again later"};
  co_return co_await close_with(std::move(down), ServerEnd::refused);
}

void ServerSession::reset() {
  mode_ = Mode::idle;
  message_ends_ = never;
  state_.mail_from = Path{};
  state_.require_tls = false;
  state_.recipients.clear();
  state_.notified.clear();
  no_room_ = false;
  drop();
}

// --- the session ----------------------------------------------------------------------------------------------------

Task<ServerEnd> ServerSession::serve() {
  auto banner = co_await handler_.connected(state_);
  if (banner.code == 220) banner.text = options_.host + " " + banner.text;  // RFC 5321 §4.3.1
  const bool welcome = banner.positive();
  Next end = co_await say(std::move(banner));
  if (!welcome) end = ServerEnd::refused;
  while (!end) end = co_await command();
  if (*end == ServerEnd::protocol) co_await hear_out();
  stream_.close();
  handler_.ended(state_, *end);
  co_return *end;
}

Task<Next> ServerSession::command() {
  if (asked_to_leave() && mode_ == Mode::idle) co_return co_await leave();
  if (options_.leaving) options_.leaving->at_rest = mode_ == Mode::idle;
  const auto text = co_await line(max_command_line);
  if (options_.leaving) options_.leaving->at_rest = false;
  if (!text) co_return co_await give_up(text.error());
  const bool login = istarts_with(*text, "AUTH ");
  transcript_.in(login ? std::string_view("AUTH ***") : std::string_view(*text));
  const auto parsed = reader_.bare_lf() ? std::nullopt : parse_command(*text);
  if (!parsed) {
    Reply malformed{500, "5.5.2", "Malformed command line"};
    co_return co_await wrong(std::move(malformed));
  }
  co_return co_await dispatch(*parsed);
}

Task<Next> ServerSession::dispatch(CommandLine line) {
  if (mode_ == Mode::chunks && (line.verb == Verb::mail || line.verb == Verb::rcpt || line.verb == Verb::data)) {
    Reply sequence{503, "5.5.1", "BDAT has begun"};  // RFC 3030 §2
    co_return co_await wrong(std::move(sequence));
  }
  Reply reply{500, "5.5.2", "Unknown command"};
  switch (line.verb) {
    case Verb::helo: co_return co_await hello(std::move(line.argument), false);
    case Verb::ehlo: co_return co_await hello(std::move(line.argument), true);
    case Verb::starttls: co_return co_await starttls(std::move(line.argument));
    case Verb::auth: co_return co_await auth(std::move(line.argument));
    case Verb::mail: co_return co_await mail(std::move(line.argument));
    case Verb::rcpt: co_return co_await rcpt(std::move(line.argument));
    case Verb::data: co_return co_await data();
    case Verb::bdat: co_return co_await bdat(std::move(line.argument));
    case Verb::rset:
      reset();
      reply = {250, "2.0.0", "Reset"};
      break;
    case Verb::noop: reply = {250, "2.0.0", "OK"}; break;
    case Verb::vrfy: reply = {252, "2.5.0", "Send mail and see"}; break;  // RFC 5321 §3.5.3
    case Verb::quit: reply = {221, "2.0.0", "Bye"}; co_return co_await close_with(std::move(reply), ServerEnd::quit);
    case Verb::unknown: co_return co_await wrong(std::move(reply));
  }
  co_return co_await say(std::move(reply));
}

Task<Next> ServerSession::hello(std::string name, bool esmtp) {
  if (name.empty() || name.find(' ') != std::string::npos) {
    Reply syntax{501, "5.5.4", "A name is needed"};
    co_return co_await wrong(std::move(syntax));
  }
  reset();  // RFC 5321 §4.1.4
  state_.helo = std::move(name);
  state_.esmtp = esmtp;
  handler_.greeted(state_);
  Reply reply{250, {}, esmtp ? announcement() : options_.host};
  co_return co_await say(std::move(reply));
}

std::string ServerSession::announcement() const {
  auto lines = options_.host + "\nPIPELINING\nSIZE " + std::to_string(options_.max_size) +
               "\n8BITMIME\nSMTPUTF8\nCHUNKING\nENHANCEDSTATUSCODES\nLIMITS RCPTMAX=" +
               std::to_string(max_recipients);  // RFC 9422 §2
  if (options_.starttls && !stream_.encrypted()) lines += "\nSTARTTLS";
  if (announced().requiretls) lines += "\nREQUIRETLS";  // RFC 8689 §2
  if (options_.dsn) lines += "\nDSN";                   // RFC 3461 §5
  if (options_.auth && stream_.encrypted()) lines += "\nAUTH " + std::string(sasl::server_mechanisms);
  return lines;
}

Task<Next> ServerSession::starttls(std::string argument) {
  Reply no{503, "5.5.1", "TLS is active already"};
  if (!options_.starttls) no = {502, "5.5.1", "No STARTTLS here"};
  if (!argument.empty()) no = {501, "5.5.4", "STARTTLS takes no argument"};  // RFC 3207 §4
  if (!options_.starttls || !argument.empty() || stream_.encrypted()) co_return co_await wrong(std::move(no));
  // CVE-2011-0411, CVE-2021-33515: what was pipelined is somebody else's, and must not be taken for the client's.
  if (reader_.buffered() > 0) {
    transcript_.note("bytes followed STARTTLS in plain text");
    Reply injected{554, "5.5.1", "Data after STARTTLS"};
    co_return co_await close_with(std::move(injected), ServerEnd::protocol);
  }
  Reply ready{220, "2.0.0", "Ready to start TLS"};
  if (auto end = co_await say(std::move(ready))) co_return end;
  allow(options_.patience.handshake);
  auto facts = co_await stream_.handshake(*options_.starttls);
  if (!facts) {
    transcript_.note(facts.error().message);
    if (!facts.error().peer.empty()) state_.tls_alert = facts.error().peer;
    co_return facts.error().kind == Failure::timeout ? ServerEnd::timeout : ServerEnd::closed;
  }
  transcript_.note("TLS: " + facts->version + " " + facts->cipher);
  state_.tls = std::move(*facts);
  state_.helo.clear();  // RFC 3207 §4.2: everything learnt before is forgotten
  state_.esmtp = false;
  reset();
  co_return Next{};
}

// --- AUTH (RFC 4954 §4) ---------------------------------------------------------------------------------------------

namespace {

/// An initial response or a line of the exchange: base64, "=" for empty; nullopt: neither.
std::optional<std::string> decode_response(std::string_view text) {
  if (text == "=") return std::string{};
  return from_base64(text);
}

}  // namespace

Task<Next> ServerSession::auth(std::string argument) {
  const auto words = split(argument, ' ');
  Reply no{503, "5.5.1", "Not now"};
  bool refuse = !options_.auth || !state_.user.empty() || mode_ != Mode::idle || !state_.esmtp;
  if (!stream_.encrypted()) {
    no = {538, "5.7.11", "Encryption required"};  // RFC 4954 §4: never a password in plain text
    refuse = true;
  } else if (!refuse && (words.size() > 2 || words[0].empty())) {
    no = {501, "5.5.4", "AUTH takes a mechanism and perhaps a response"};
    refuse = true;
  }
  if (refuse) co_return co_await wrong(std::move(no));
  auto mechanism = sasl::server_mechanism(words[0], [this](std::string_view user) { return handler_.password(user); });
  auto response = words.size() == 2 ? decode_response(words[1]) : std::nullopt;
  if (!mechanism) {
    no = {504, "5.5.4", "Unknown mechanism"};
    co_return co_await wrong(std::move(no));
  }
  if (words.size() == 2 && !response) {
    no = {501, "5.5.2", "Not base64"};
    co_return co_await wrong(std::move(no));
  }
  co_return co_await auth_rounds(std::move(mechanism), std::move(response));
}

Task<Next> ServerSession::auth_rounds(std::unique_ptr<sasl::ServerMechanism> mechanism,
                                      std::optional<std::string> response) {
  for (int round = 0; round < max_auth_rounds; ++round) {
    const auto said = mechanism->step(response ? std::optional<std::string_view>(*response) : std::nullopt);
    if (said.kind == sasl::ServerStep::Kind::success) co_return co_await logged_in(mechanism->user());
    if (said.kind == sasl::ServerStep::Kind::failure) break;
    Reply challenge{334, {}, base64(said.challenge)};
    if (auto end = co_await say(std::move(challenge))) co_return end;
    const auto text = co_await line(max_auth_line);
    if (!text) co_return co_await give_up(text.error());
    transcript_.in("***");
    response = decode_response(*text);
    if (!response) {
      Reply broken{501, "5.5.2", *text == "*" ? "Cancelled" : "Not base64"};
      co_return co_await wrong(std::move(broken));
    }
  }
  co_return co_await login_failed();
}

Task<Next> ServerSession::logged_in(std::string user) {
  state_.user = std::move(user);
  Reply welcome{235, "2.7.0", "Welcome"};
  co_return co_await say(std::move(welcome));
}

Task<Next> ServerSession::login_failed() {
  if (--logins_left_ > 0) {
    Reply no{535, "5.7.8", "Wrong user name or password"};
    co_return co_await say(std::move(no));
  }
  Reply enough{421, "4.7.0", "Too many failed logins"};
  co_return co_await close_with(std::move(enough), ServerEnd::refused);
}

// --- the envelope ---------------------------------------------------------------------------------------------------

Task<Next> ServerSession::mail(std::string argument) {
  Reply no{503, "5.5.1", "Nested MAIL"};
  if (state_.helo.empty()) no = {503, "5.5.1", "EHLO first"};
  if (mode_ != Mode::idle || state_.helo.empty()) co_return co_await wrong(std::move(no));
  const auto parsed = parse_path_argument(argument, "FROM:", options_.host);
  if (!parsed) {
    no = {501, "5.1.7", "Malformed reverse-path"};
    co_return co_await wrong(std::move(no));
  }
  if (auto refusal = check_mail_parameters(*parsed, options_.max_size, announced()))
    co_return co_await wrong(std::move(*refusal));
  state_.mail_from = parsed->path;
  state_.require_tls = requires_tls(*parsed);
  auto reply = co_await handler_.mail(state_);
  if (reply.positive())
    mode_ = Mode::envelope;
  else
    reset();
  co_return co_await say(std::move(reply));
}

Task<Next> ServerSession::rcpt(std::string argument) {
  Reply no{503, "5.5.1", "MAIL first"};
  if (mode_ != Mode::envelope) co_return co_await wrong(std::move(no));
  const auto parsed = parse_path_argument(argument, "TO:", options_.host);
  if (!parsed) {
    no = {501, "5.1.3", "Malformed forward-path"};
    co_return co_await wrong(std::move(no));
  }
  if (auto refusal = check_rcpt_parameters(*parsed, announced())) co_return co_await wrong(std::move(*refusal));
  if (state_.recipients.size() >= max_recipients) {
    no = {452, "4.5.3", "Too many recipients"};
    co_return co_await say(std::move(no));
  }
  auto reply = co_await handler_.rcpt(state_, parsed->path);
  if (reply.positive()) state_.recipients.push_back(parsed->path);
  if (reply.positive() && wants_success(*parsed)) state_.notified.push_back(parsed->path);
  co_return co_await say(std::move(reply));
}

Task<ServerEnd> serve(tls::Stream& stream, ServerOptions options, Handler& handler, Transcript& transcript) {
  ServerSession server(stream, std::move(options), handler, transcript);
  co_return co_await server.serve();
}

}  // namespace mailprobe::smtp
