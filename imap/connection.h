// The client's end of the line: commands out, responses in, each with a deadline, all of it in the transcript.
// Knows tags and literals, and no order of commands: that is imap/session.h's.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/transcript.h"
#include "imap/command.h"
#include "imap/limits.h"
#include "imap/response.h"
#include "tls/buffered_reader.h"

namespace mailprobe::imap {

/// What answered a command: the data, then the tagged status.
struct Completed {
  Status status;
  std::vector<Response> data;
};

class Connection {
 public:
  Connection(tls::Stream& stream, Transcript& transcript) : stream_(stream), reader_(stream), transcript_(transcript) {}

  /// Every untagged response, in order, before whoever asked sees it.
  std::function<void(const Response&)> on_data;
  Literals literals = Literals::synchronising;

  /// The next response of any kind. Failure::timeout after `when` only where none has begun: go on then. An untagged
  /// BYE is Failure::connection with the server's words, until LOGOUT.
  Task<Result<Response>> next(Steady when);
  /// Sends a command, literals at the server's pace. Its answers are next()'s and finish()'s.
  Task<Result<void>> start(Command command);
  Task<Result<void>> send(Continued line);
  /// Waits for the server's "+" to the command that was started; nullopt: its tagged status came instead, and is kept
  /// for finish().
  Task<Result<std::optional<Continuation>>> go_on(Steady until);
  /// The tagged status of the command that was started is there, and is kept for finish().
  [[nodiscard]] bool answered() const { return answer_.has_value(); }
  /// Everything up to that tagged status.
  Task<Result<Completed>> finish(int seconds = command_seconds);
  Task<Result<Completed>> run(Command command, int seconds = command_seconds);
  Task<Result<TlsFacts>> handshake(tls::Handshake how);

  /// No command goes on beyond it.
  void limit(Steady until) { limit_ = until; }
  [[nodiscard]] Steady within(int seconds) const;
  /// From now on BYE is no error.
  void expect_bye() { bye_expected_ = true; }
  /// Bytes that the server sent before they were due.
  [[nodiscard]] std::size_t unread() const { return reader_.buffered(); }
  [[nodiscard]] bool encrypted() const { return stream_.encrypted(); }
  [[nodiscard]] bool usable() const { return usable_; }
  void note(std::string_view text) { transcript_.note(text); }
  /// Masks `secret` from now on, in the transcript as in the words of statuses. Names and messages stay what they are.
  void hide(std::string_view secret) { transcript_.hide(secret); }
  [[nodiscard]] std::string masked(std::string_view text) const { return transcript_.masked(text); }
  [[nodiscard]] Error masked(Error error) const;
  void close();

 private:
  Task<Result<std::string>> frame(Steady when);
  Task<Result<void>> write(std::string bytes);
  [[nodiscard]] Result<Response> meaning(std::string frame);
  [[nodiscard]] Result<void> account_for(const Response& response, std::size_t bytes);
  [[nodiscard]] Error broken(Error error);

  tls::Stream& stream_;
  tls::BufferedReader reader_;
  Transcript& transcript_;
  Steady limit_ = Steady::max();
  unsigned tags_ = 0;
  std::string tag_;               // of the command under way
  std::optional<Status> answer_;  // its status, once there
  std::vector<Response> data_;    // its data so far
  std::size_t responses_ = 0, bytes_ = 0;
  bool usable_ = true, bye_expected_ = false;
  bool challenges_are_secret_ = false;  // SCRAM's are what a guessed password is tried on
};

Steady in_seconds(int seconds);

}  // namespace mailprobe::imap
