#include "smtp/connection.h"

namespace mailprobe::smtp {

Task<Result<void>> Connection::send(std::vector<Command> commands, int seconds) {
  std::string bytes;
  for (const auto& command : commands) {
    bytes += command.wire();
    if (command.secret())
      transcript_.secret(command.shown());
    else
      transcript_.out(command.line());
  }
  deadline(seconds);
  auto written = co_await stream_.write(bytes);
  if (!written) give_up();
  co_return written;
}

Task<Result<void>> Connection::send_bytes(std::string bytes, std::string note, int seconds) {
  transcript_.note(note);
  deadline(seconds);
  auto written = co_await stream_.write(bytes);
  if (!written) give_up();
  co_return written;
}

Error Connection::masked(Error error) const {
  error.message = transcript_.masked(error.message);
  error.peer = transcript_.masked(error.peer);
  return error;
}

/// A reply as it may be kept: servers have echoed passwords. A challenge (334) goes to the mechanism as it is.
std::string Connection::masked_reply(std::string_view line) const {
  constexpr std::size_t code = 4;  // "235 "
  if (line.size() <= code || line.starts_with("334")) return std::string(line);
  return std::string(line.substr(0, code)) + transcript_.masked(line.substr(code));
}

Task<Result<Reply>> Connection::reply(int seconds) {
  deadline(seconds);
  ReplyParser parser;
  for (;;) {
    const auto line = co_await reader_.line(max_reply_line);
    // SCRAM's challenges are what a guessed password is tried on.
    if (line) transcript_.in(line->starts_with("334") ? std::string_view("334 ***") : *line);
    const auto whole = line ? parser.feed(masked_reply(*line)) : std::unexpected(line.error());
    if (!whole) {
      give_up();
      co_return std::unexpected(whole.error());
    }
    if (!*whole) continue;
    auto reply = parser.take();
    if (reply.code == 421) give_up();  // RFC 5321 §3.8: the server closes after it, at any time
    co_return reply;
  }
}

Task<Result<Reply>> Connection::ask(Command command, int seconds) {
  std::vector<Command> commands{std::move(command)};
  const auto sent = co_await send(std::move(commands), seconds);
  if (!sent) co_return std::unexpected(sent.error());
  co_return co_await reply(seconds);
}

Task<Result<TlsFacts>> Connection::handshake(tls::Handshake how, int seconds) {
  deadline(seconds);
  auto facts = co_await stream_.handshake(std::move(how));
  if (!facts)
    give_up();
  else
    transcript_.note("TLS: " + facts->version + " " + facts->cipher);
  co_return facts;
}

}  // namespace mailprobe::smtp
