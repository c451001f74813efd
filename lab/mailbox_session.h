// One IMAP session of the lab's mailbox: greeting, TLS, login, framing, IDLE. What a client that has logged in may ask
// is lab/mailbox_commands.h's. RFC 3501; SASL-IR RFC 4959, IDLE RFC 2177, LITERAL- RFC 7888, ID RFC 2971.
#pragma once

#include "lab/bell.h"
#include "lab/mailbox_commands.h"
#include "sasl/mechanism.h"
#include "tls/buffered_reader.h"

namespace mailprobe::lab {

class MailboxSession {
 public:
  MailboxSession(tls::Stream& stream, MailStore& store, MailboxServerOptions options, std::shared_ptr<Bell> bell);

  /// Order of events: TLS where it is implicit, the greeting, commands until one ends the session.
  Task<void> serve();

 private:
  enum class Next { go_on, end };
  using Method = Task<Next> (MailboxSession::*)(ImapCommand);
  struct Entry;
  static const Entry* entry_of(const ImapCommand& command);

  // Framing.
  Task<Next> command();
  Task<std::optional<std::string>> frame();  // nullopt: the session is over
  Task<Result<std::string>> line();
  Task<Next> refuse_literal(std::string tag, bool waits);
  Task<Next> dispatch(ImapCommand command);
  Task<Next> write(std::string bytes);
  Task<Next> say(std::string tag, std::string status);
  Task<Next> bad(std::string tag, std::string why);  // the client's mistake: counted

  // Commands of any state.
  Task<Next> capability(ImapCommand command);
  Task<Next> id(ImapCommand command);
  Task<Next> noop(ImapCommand command);
  Task<Next> logout(ImapCommand command);
  [[nodiscard]] std::string capabilities() const;

  // Before login (lab/mailbox_login.cpp).
  Task<Next> starttls(ImapCommand command);
  Task<Next> login(ImapCommand command);
  Task<Next> authenticate(ImapCommand command);
  Task<std::optional<std::string>> response(std::string challenge);
  Task<Next> logged_in(std::string tag);
  Task<Next> login_failed(std::string tag);
  [[nodiscard]] sasl::PasswordOf password_of() const;

  // After login (lab/mailbox_idle.cpp).
  Task<Next> idle(ImapCommand command);
  Task<std::optional<Result<std::string>>> line_or_news();
  Task<void> read_into(std::optional<Result<std::string>>& line);

  tls::Stream& stream_;
  tls::BufferedReader reader_;
  MailboxServerOptions options_;
  MailboxCommands commands_;
  std::shared_ptr<Bell> bell_;
  bool logged_in_ = false;
  int errors_left_, logins_left_;
};

}  // namespace mailprobe::lab
