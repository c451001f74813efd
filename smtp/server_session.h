// Inside of smtp/server.h: one session's state, a method for each command. The dialogue is in server.cpp, DATA and BDAT
// in server_message.cpp. Not for other rooms.
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sasl/mechanism.h"
#include "smtp/command_line.h"
#include "smtp/limits.h"
#include "smtp/server.h"
#include "tls/buffered_reader.h"

namespace mailprobe::smtp {

/// nullopt: go on. A value ends the session.
using Next = std::optional<ServerEnd>;

/// What a client sends, in the order of RFC 5321 §4.1.4: one method a command.
class ServerSession {
 public:
  ServerSession(tls::Stream& stream, ServerOptions options, Handler& handler, Transcript& transcript)
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
  static constexpr auto never = std::chrono::steady_clock::time_point::max();

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

}  // namespace mailprobe::smtp
