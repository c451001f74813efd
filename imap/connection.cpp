#include "imap/connection.h"

#include <algorithm>
#include <chrono>

#include "base/safe_text.h"
#include "imap/framing.h"

namespace mailprobe::imap {

Steady in_seconds(int seconds) { return std::chrono::steady_clock::now() + std::chrono::seconds(seconds); }

Steady Connection::within(int seconds) const { return std::min(in_seconds(seconds), limit_); }

void Connection::close() {
  usable_ = false;
  stream_.close();
}

Error Connection::broken(Error error) {
  usable_ = false;
  return error;
}

Error Connection::masked(Error error) const {
  error.message = masked(error.message);
  error.peer = masked(error.peer);
  return error;
}

// --- in -------------------------------------------------------------------------------------------------------------

/// One whole response. The transcript has its lines and the size of its literals, which may be a message.
Task<Result<std::string>> Connection::frame(Steady when) {
  Framer framer;
  Framer::Need need;
  std::optional<Steady> rest;
  stream_.deadline(when);
  for (bool begun = false; !need.whole; begun = true) {
    if (begun && !rest) stream_.deadline(*(rest = within(command_seconds)));  // of the whole, however it dribbles
    const bool literal = need.bytes.has_value();
    auto piece = literal ? reader_.bytes(*need.bytes) : reader_.line(max_line);
    auto text = co_await std::move(piece);
    if (!text) {
      if (text.error().kind == Failure::timeout && !begun) co_return std::unexpected(text.error());
      if (text.error().kind == Failure::timeout) text.error().kind = Failure::connection;
      co_return std::unexpected(broken(std::move(text.error())));
    }
    if (literal)
      transcript_.note("literal of " + std::to_string(text->size()) + " bytes");
    else
      transcript_.in(challenges_are_secret_ && text->starts_with('+') ? std::string_view("+ ***") : *text);
    auto next = literal ? framer.literal(*text) : framer.line(*text);
    if (!next) co_return std::unexpected(broken(std::move(next.error())));
    need = *next;
  }
  co_return framer.take();
}

/// What is no use to anybody but the command under way is bounded by it.
Result<void> Connection::account_for(const Response& response, std::size_t bytes) {
  bytes_ += bytes;
  if (++responses_ > max_responses || bytes_ > max_command_data)
    return std::unexpected(broken({Failure::protocol, "endless data for one command", Cause::protocol_error, {}}));
  const auto* status = std::get_if<Status>(&response);
  if (!status || !status->tagged()) return {};
  if (status->tag != tag_ || answer_)
    return std::unexpected(broken({Failure::protocol, "a response to a command that was not given",
                                   Cause::protocol_error, masked(status->tag).substr(0, 100)}));
  answer_ = *status;
  return {};
}

Result<Response> Connection::meaning(std::string frame) {
  auto response = parse_response(frame);
  if (!response) return std::unexpected(broken(masked(std::move(response.error()))));
  auto* status = std::get_if<Status>(&*response);
  if (status) status->text = masked(status->text);  // servers have echoed passwords
  // RFC 9051 §7.1: the human user MUST be shown it. Escaped: it is the server's text.
  if (status && status->code == "ALERT" && encrypted()) note("ALERT: " + safe_text(status->text, 500));
  if (status && status->condition == Condition::bye && !bye_expected_)
    return std::unexpected(broken(
        {Failure::connection, "the mail server ended the session", Cause::unreachable, status->text.substr(0, 500)}));
  if (auto done = account_for(*response, frame.size()); !done) return std::unexpected(done.error());
  if (!std::holds_alternative<Continuation>(*response) && on_data) on_data(*response);
  return response;
}

Task<Result<Response>> Connection::next(Steady when) {
  auto bytes = co_await frame(when);
  if (!bytes) co_return std::unexpected(bytes.error());
  co_return meaning(std::move(*bytes));
}

Task<Result<std::optional<Continuation>>> Connection::go_on(Steady until) {
  while (!answer_) {
    auto response = co_await next(until);
    if (!response) co_return std::unexpected(broken(std::move(response.error())));
    if (auto* ready = std::get_if<Continuation>(&*response)) co_return std::move(*ready);
    if (!answer_) data_.push_back(std::move(*response));
  }
  co_return std::nullopt;
}

Task<Result<Completed>> Connection::finish(int seconds) {
  const auto until = within(seconds);
  while (!answer_)
    if (const auto more = co_await go_on(until); !more) co_return std::unexpected(more.error());
  Completed completed{std::move(*answer_), std::exchange(data_, {})};
  answer_.reset();
  tag_.clear();
  co_return completed;
}

// --- out ------------------------------------------------------------------------------------------------------------

Task<Result<void>> Connection::write(std::string bytes) {
  stream_.deadline(within(command_seconds));
  auto written = co_await stream_.write(bytes);
  if (!written) usable_ = false;
  co_return written;
}

Task<Result<void>> Connection::start(Command command) {
  tag_ = "A" + std::to_string(++tags_);
  answer_.reset();
  data_.clear();
  responses_ = bytes_ = 0;
  challenges_are_secret_ = command.authenticates();
  if (command.secret())
    transcript_.secret(command.shown(tag_));
  else
    transcript_.out(command.shown(tag_));
  const auto pieces = command.wire(tag_, literals);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    auto piece = pieces[i];
    if (auto written = co_await write(std::move(piece)); !written) co_return written;
    if (i + 1 == pieces.size()) break;
    const auto ready = co_await go_on(within(command_seconds));  // RFC 9051 §4.3
    if (!ready) co_return std::unexpected(ready.error());
    if (!*ready) break;  // refused before it was whole
  }
  co_return Result<void>{};
}

Task<Result<void>> Connection::send(Continued line) {
  transcript_.out(line.shown());
  co_return co_await write(line.wire());
}

Task<Result<Completed>> Connection::run(Command command, int seconds) {
  const auto started = co_await start(std::move(command));
  if (!started) co_return std::unexpected(started.error());
  co_return co_await finish(seconds);
}

Task<Result<TlsFacts>> Connection::handshake(tls::Handshake how) {
  stream_.deadline(within(tls_seconds));
  auto facts = co_await stream_.handshake(std::move(how));
  if (!facts) {
    usable_ = false;
    co_return facts;
  }
  reader_.discard();
  note("TLS: " + facts->version + " " + facts->cipher);
  co_return facts;
}

}  // namespace mailprobe::imap
