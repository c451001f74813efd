// The client's end of the line: commands out, replies in, each with a deadline, all of it in the transcript.
// Knows no order of commands: that is smtp/client.cpp's.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/transcript.h"
#include "smtp/commands.h"
#include "smtp/reply.h"
#include "tls/buffered_reader.h"

namespace mailprobe::smtp {

class Connection {
 public:
  Connection(tls::Stream& stream, Transcript& transcript) : stream_(stream), reader_(stream), transcript_(transcript) {}

  /// Several commands go in one write (RFC 2920).
  Task<Result<void>> send(std::vector<Command> commands, int seconds);
  /// Bytes that no transcript shows; `note` says what they were.
  Task<Result<void>> send_bytes(std::string bytes, std::string note, int seconds);
  /// The whole reply within `seconds`.
  Task<Result<Reply>> reply(int seconds);
  Task<Result<Reply>> ask(Command command, int seconds);
  Task<Result<TlsFacts>> handshake(tls::Handshake how, int seconds);

  [[nodiscard]] std::int64_t elapsed_ms() const { return transcript_.elapsed_ms(); }
  /// Masks `secret` from now on, in the transcript as in the replies.
  void hide(std::string_view secret) { transcript_.hide(secret); }
  void hide(const Hidden& others) { transcript_.hide(others); }
  [[nodiscard]] Error masked(Error error) const;
  [[nodiscard]] std::string masked(std::string_view text) const { return transcript_.masked(text); }

  /// Bytes that the server sent before they were due.
  [[nodiscard]] std::size_t unread() const { return reader_.buffered(); }
  [[nodiscard]] bool encrypted() const { return stream_.encrypted(); }
  /// Commands can still be exchanged: no error so far, and the server has not said 421.
  [[nodiscard]] bool usable() const { return usable_; }
  void give_up() { usable_ = false; }
  void close() { stream_.close(); }

 private:
  [[nodiscard]] std::string masked_reply(std::string_view line) const;
  void deadline(int seconds) { stream_.deadline(std::chrono::steady_clock::now() + std::chrono::seconds(seconds)); }

  tls::Stream& stream_;
  tls::BufferedReader reader_;
  Transcript& transcript_;
  bool usable_ = true;
};

}  // namespace mailprobe::smtp
