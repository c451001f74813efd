#include "smtp/server.h"

#include <algorithm>
#include <chrono>

#include "base/encoding.h"
#include "base/text.h"
#include "sasl/mechanism.h"
#include "smtp/command_line.h"
#include "smtp/dot_stuffing.h"
#include "smtp/limits.h"
#include "tls/buffered_reader.h"

namespace mailprobe::smtp {

Task<Reply> Handler::connected(const ServerState&) { co_return Reply{220, {}, "ESMTP"}; }
Task<Reply> Handler::mail(const ServerState&) { co_return Reply{250, "2.1.0", "Sender ok"}; }
void Handler::greeted(const ServerState&) {}
void Handler::ended(const ServerState&, ServerEnd) {}
std::optional<Secret> Handler::password(std::string_view) { return std::nullopt; }

namespace {

constexpr auto never = std::chrono::steady_clock::time_point::max();

/// nullopt: go on. A value ends the session.
using Next = std::optional<ServerEnd>;

/// What a client sends, in the order of RFC 5321 §4.1.4: one method a command.
class Server {
 public:
  Server(tls::Stream& stream, ServerOptions options, Handler& handler, Transcript& transcript)
      : stream_(stream),
        reader_(stream),
        options_(std::move(options)),
        handler_(handler),
        transcript_(transcript),
        share_(options_.in_flight),
        errors_left_(max_errors),
        logins_left_(max_auth_failures),
        session_ends_(std::chrono::steady_clock::now() + options_.patience.session) {
    state_.peer_address = stream.peer_address();
    state_.local_address = stream.local_address();
  }

  Task<ServerEnd> serve();

 private:
  enum class Mode { idle, envelope, chunks };  // before MAIL; after it; after the first BDAT

  Task<Next> command();
  Task<Next> dispatch(CommandLine line);
  Task<Next> hello(std::string name, bool esmtp);
  Task<Next> starttls(std::string argument);
  Task<Next> auth(std::string argument);
  Task<Next> auth_rounds(std::unique_ptr<sasl::ServerMechanism> mechanism, std::optional<std::string> response);
  Task<Next> logged_in(std::string user);
  Task<Next> login_failed();
  Task<Next> mail(std::string argument);
  Task<Next> rcpt(std::string argument);
  Task<Next> data();
  Task<Next> data_lines();
  Task<Next> data_ended(std::size_t total);
  void hold_line(std::string_view content, bool ends, std::size_t total);
  Task<Next> bdat(std::string argument);
  Task<Result<void>> read_chunk(std::size_t size, bool keep);
  Task<Next> chunk_taken(std::size_t size, bool last);
  Task<Next> finish();

  [[nodiscard]] std::string announcement() const;
  [[nodiscard]] Announced announced() const {
    return {.requiretls = options_.requiretls && stream_.encrypted(), .dsn = options_.dsn};
  }
  Task<Result<std::string>> line(std::size_t max);
  Task<Next> say(Reply reply);
  Task<Next> wrong(Reply reply);  // the client's mistake: counted
  Task<ServerEnd> give_up(Error error);
  Task<ServerEnd> leave();
  Task<void> hear_out();
  Task<ServerEnd> close_with(Reply reply, ServerEnd end);
  [[nodiscard]] bool asked_to_leave() const { return options_.leaving && options_.leaving->asked; }
  void allow(std::chrono::milliseconds time);
  void begin_message();
  void reset();
  void hold(std::string_view content);
  void drop();

  tls::Stream& stream_;
  tls::BufferedReader reader_;
  ServerOptions options_;
  Handler& handler_;
  Transcript& transcript_;
  ServerState state_;
  Mode mode_ = Mode::idle;
  Share share_;           // of what is held of the message
  std::string message_;   // what has come of it
  bool no_room_ = false;  // for it: what comes is read all the same
  int errors_left_, logins_left_;
  std::chrono::steady_clock::time_point session_ends_, message_ends_ = never;
};

// --- lines and replies ----------------------------------------------------------------------------------------------

/// For what comes next; a message and the session as a whole have their own ends.
void Server::allow(std::chrono::milliseconds time) {
  stream_.deadline(std::min({std::chrono::steady_clock::now() + time, message_ends_, session_ends_}));
}

void Server::begin_message() {
  if (message_ends_ == never) message_ends_ = std::chrono::steady_clock::now() + options_.patience.message;
}

Task<Result<std::string>> Server::line(std::size_t max) {
  allow(options_.patience.command);
  co_return co_await reader_.line(max);
}

Task<Next> Server::say(Reply reply) {
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

Task<Next> Server::wrong(Reply reply) {
  if (--errors_left_ > 0) co_return co_await say(std::move(reply));
  Reply enough{421, "4.7.0", "Too many errors"};
  co_return co_await close_with(std::move(enough), ServerEnd::protocol);
}

Task<ServerEnd> Server::close_with(Reply reply, ServerEnd end) {
  (void)co_await say(std::move(reply));
  co_return end;
}

Task<ServerEnd> Server::give_up(Error error) {
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
Task<void> Server::hear_out() {
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

Task<ServerEnd> Server::leave() {
  Reply down{421, "4.3.2", "Going down, please try again later"};
  co_return co_await close_with(std::move(down), ServerEnd::refused);
}

void Server::reset() {
  mode_ = Mode::idle;
  message_ends_ = never;
  state_.mail_from = Path{};
  state_.recipients.clear();
  state_.notified.clear();
  no_room_ = false;
  drop();
}

void Server::drop() {
  std::string().swap(message_);  // to assign an empty one would keep its memory
  share_.clear();
}

/// What a string takes is its capacity.
void Server::hold(std::string_view content) {
  if (no_room_) return;
  message_.append(content);
  no_room_ = !share_.grow_to(message_.capacity());
  if (no_room_) drop();
}

// --- the session ----------------------------------------------------------------------------------------------------

Task<ServerEnd> Server::serve() {
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

Task<Next> Server::command() {
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

Task<Next> Server::dispatch(CommandLine line) {
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

Task<Next> Server::hello(std::string name, bool esmtp) {
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

std::string Server::announcement() const {
  auto lines = options_.host + "\nPIPELINING\nSIZE " + std::to_string(options_.max_size) +
               "\n8BITMIME\nSMTPUTF8\nCHUNKING\nENHANCEDSTATUSCODES\nLIMITS RCPTMAX=" +
               std::to_string(max_recipients);  // RFC 9422 §2
  if (options_.starttls && !stream_.encrypted()) lines += "\nSTARTTLS";
  if (announced().requiretls) lines += "\nREQUIRETLS";  // RFC 8689 §2
  if (options_.dsn) lines += "\nDSN";                   // RFC 3461 §5
  if (options_.auth && stream_.encrypted()) lines += "\nAUTH " + std::string(sasl::server_mechanisms);
  return lines;
}

Task<Next> Server::starttls(std::string argument) {
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

/// An initial response or a line of the exchange: base64, "=" for empty; nullopt: neither.
std::optional<std::string> decode_response(std::string_view text) {
  if (text == "=") return std::string{};
  return from_base64(text);
}

Task<Next> Server::auth(std::string argument) {
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

Task<Next> Server::auth_rounds(std::unique_ptr<sasl::ServerMechanism> mechanism, std::optional<std::string> response) {
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

Task<Next> Server::logged_in(std::string user) {
  state_.user = std::move(user);
  Reply welcome{235, "2.7.0", "Welcome"};
  co_return co_await say(std::move(welcome));
}

Task<Next> Server::login_failed() {
  if (--logins_left_ > 0) {
    Reply no{535, "5.7.8", "Wrong user name or password"};
    co_return co_await say(std::move(no));
  }
  Reply enough{421, "4.7.0", "Too many failed logins"};
  co_return co_await close_with(std::move(enough), ServerEnd::refused);
}

// --- the envelope ---------------------------------------------------------------------------------------------------

Task<Next> Server::mail(std::string argument) {
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
  auto reply = co_await handler_.mail(state_);
  if (reply.positive())
    mode_ = Mode::envelope;
  else
    reset();
  co_return co_await say(std::move(reply));
}

Task<Next> Server::rcpt(std::string argument) {
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

// --- the message ----------------------------------------------------------------------------------------------------

Reply no_room() { return {452, "4.3.1", "Too much mail at once, please try again later"}; }

Task<Next> Server::data() {
  Reply no{503, "5.5.1", "MAIL first"};
  if (mode_ != Mode::envelope) co_return co_await wrong(std::move(no));
  if (state_.recipients.empty()) {
    no = {554, "5.5.1", "No valid recipients"};
    co_return co_await wrong(std::move(no));
  }
  if (!share_.has_room(std::min(least_room, options_.max_size))) {
    no = no_room();
    reset();
    co_return co_await say(std::move(no));
  }
  Reply go{354, {}, "End with CRLF.CRLF"};
  if (auto end = co_await say(std::move(go))) co_return end;
  begin_message();
  co_return co_await data_lines();
}

/// RFC 5321 §4.1.1.4, §4.5.2: only CRLF "." CRLF ends it. Anything that another server could take for an end is refused
/// and the connection closed, so that nothing smuggled behind it is read (CVE-2023-51764, -51765, -51766). A long line
/// comes in pieces, and what has come of it is held as the rest of the message is.
Task<Next> Server::data_lines() {
  for (std::size_t total = 0, length = 0;;) {  // of the message, and of the line until now
    allow(options_.patience.command);
    const auto piece = co_await reader_.piece(max_line_piece);
    if (!piece) co_return co_await give_up(piece.error());
    if ((piece->ends && reader_.bare_lf()) || piece->text.find('\r') != std::string::npos) {
      Reply bare{550, "5.5.2", "Bare CR or LF in the message"};
      co_return co_await close_with(std::move(bare), ServerEnd::protocol);
    }
    if (length == 0 && piece->ends && piece->text == ".") co_return co_await data_ended(total);
    const bool stuffed = length == 0 && piece->text.starts_with('.');
    length += piece->text.size();
    if (length > max_data_line) {
      Reply endless{500, "5.5.6", "Line too long"};
      co_return co_await close_with(std::move(endless), ServerEnd::protocol);
    }
    total += piece->text.size() - (stuffed ? 1 : 0) + (piece->ends ? 2 : 0);
    hold_line(std::string_view(piece->text).substr(stuffed ? 1 : 0), piece->ends, total);
    if (piece->ends) length = 0;
    if (total > 2 * options_.max_size) {  // it was told the limit
      Reply endless{552, "5.3.4", "Message far too big"};
      co_return co_await close_with(std::move(endless), ServerEnd::protocol);
    }
  }
}

void Server::hold_line(std::string_view content, bool ends, std::size_t total) {
  if (total > options_.max_size) return drop();
  hold(content);
  if (ends) hold("\r\n");
}

Task<Next> Server::data_ended(std::size_t total) {
  transcript_.note("message of " + std::to_string(total) + " bytes");
  if (total <= options_.max_size && !no_room_) co_return co_await finish();
  Reply refused = no_room();
  if (total > options_.max_size) refused = {552, "5.3.4", "Message too big"};
  reset();
  co_return co_await say(std::move(refused));
}

/// In pieces: what is not kept takes no memory.
Task<Result<void>> Server::read_chunk(std::size_t size, bool keep) {
  while (size > 0) {
    const auto piece = co_await reader_.bytes(std::min(size, max_piece));
    if (!piece) co_return std::unexpected(piece.error());
    size -= piece->size();
    if (keep) hold(*piece);
  }
  co_return Result<void>{};
}

/// RFC 3030 §2: the bytes of a chunk follow at once, so they are read even where they are refused.
Task<Next> Server::bdat(std::string argument) {
  const auto chunk = parse_bdat(argument);
  if (!chunk || chunk->size > options_.max_size) {  // where the next command begins is not known, or too far off
    Reply lost{chunk ? 552 : 501, chunk ? "5.3.4" : "5.5.4", chunk ? "Chunk too big" : "Malformed BDAT"};
    co_return co_await close_with(std::move(lost), ServerEnd::protocol);
  }
  begin_message();
  allow(options_.patience.message);
  const auto size = static_cast<std::size_t>(chunk->size);
  const bool wanted = mode_ != Mode::idle && !state_.recipients.empty();
  const bool fits = message_.size() + size <= options_.max_size;
  const auto read = co_await read_chunk(size, wanted && fits);
  if (!read) co_return co_await give_up(read.error());
  Reply reply{503, "5.5.1", "MAIL and RCPT first"};
  if (!wanted) {
    message_ends_ = never;
    co_return co_await wrong(std::move(reply));
  }
  mode_ = Mode::chunks;
  if (!fits) {
    reset();
    reply = {552, "5.3.4", "Message too big"};
    co_return co_await say(std::move(reply));
  }
  co_return co_await chunk_taken(size, chunk->last);
}

/// There is no room for the chunks that follow one that there was none for: they may be under way.
Task<Next> Server::chunk_taken(std::size_t size, bool last) {
  transcript_.note("chunk of " + std::to_string(size) + " bytes");
  Reply reply{250, "2.0.0", "Chunk ok"};
  if (no_room_) {
    reply = no_room();
    if (last) reset();
    co_return co_await say(std::move(reply));
  }
  if (!last) co_return co_await say(std::move(reply));
  if (has_bare_newline(message_)) {  // BINARYMIME is not announced
    reply = {550, "5.5.2", "Bare CR or LF in the message"};
    co_return co_await close_with(std::move(reply), ServerEnd::protocol);
  }
  co_return co_await finish();
}

Task<Next> Server::finish() {
  auto message = std::move(message_);  // its share stays until it is done with
  auto reply = co_await handler_.message(state_, std::move(message));
  reset();
  co_return co_await say(std::move(reply));
}

}  // namespace

Task<ServerEnd> serve(tls::Stream& stream, ServerOptions options, Handler& handler, Transcript& transcript) {
  Server server(stream, std::move(options), handler, transcript);
  co_return co_await server.serve();
}

}  // namespace mailprobe::smtp
