#include "lab/mailbox_session.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "lab/imap_limits.h"

namespace mailprobe::lab {

MailboxSession::MailboxSession(tls::Stream& stream, MailStore& store, MailboxServerOptions options,
                               std::shared_ptr<Bell> bell)
    : stream_(stream),
      reader_(stream),
      options_(std::move(options)),
      commands_(store),
      bell_(std::move(bell)),
      errors_left_(max_imap_errors),
      logins_left_(max_imap_logins) {}

// --- the session ----------------------------------------------------------------------------------------------------

Task<void> MailboxSession::serve() {
  stream_.deadline(std::chrono::steady_clock::now() + imap_login_time);
  if (options_.implicit_tls) {
    if (const auto facts = co_await stream_.handshake(options_.handshake); !facts) co_return;
  }
  std::string greeting = "* OK [CAPABILITY " + capabilities() + "] mailprobe lab\r\n";
  auto next = co_await write(std::move(greeting));
  while (next == Next::go_on) next = co_await command();
  stream_.close();
}

struct MailboxSession::Entry {
  std::string_view name;
  Method method;
  enum { always, before_login, after_login } when = always;
};

const MailboxSession::Entry* MailboxSession::entry_of(const ImapCommand& command) {
  using M = MailboxSession;
  static constexpr std::array table{
      Entry{"CAPABILITY", &M::capability},
      Entry{"ID", &M::id},
      Entry{"NOOP", &M::noop, Entry::before_login},
      Entry{"LOGOUT", &M::logout},
      Entry{"STARTTLS", &M::starttls, Entry::before_login},
      Entry{"LOGIN", &M::login, Entry::before_login},
      Entry{"AUTHENTICATE", &M::authenticate, Entry::before_login},
      Entry{"IDLE", &M::idle, Entry::after_login},
  };
  const auto found = std::ranges::find(table, std::string_view(command.name), &Entry::name);
  return command.uid || found == table.end() ? nullptr : &*found;
}

Task<MailboxSession::Next> MailboxSession::command() {
  const auto text = co_await frame();
  if (!text) co_return Next::end;
  auto parsed = parse_imap_command(*text);
  if (!parsed) co_return co_await bad(tag_of(*text), parsed.error().message);
  co_return co_await dispatch(std::move(*parsed));
}

Task<MailboxSession::Next> MailboxSession::dispatch(ImapCommand command) {
  const auto tag = command.tag;
  const auto* entry = entry_of(command);
  const bool now = entry && (entry->when == Entry::always || (entry->when == Entry::after_login) == logged_in_);
  if (now) co_return co_await (this->*entry->method)(std::move(command));
  if (logged_in_) {
    const auto answer = commands_.answer(command);
    if (answer && answer->status.starts_with("BAD ")) co_return co_await bad(tag, answer->status.substr(4));
    if (answer) co_return co_await write(answer->untagged + tag + " " + answer->status + "\r\n");
  }
  const bool known = entry || commands_.knows(command);
  co_return co_await bad(tag, known ? "Not in this state" : "Unknown command");
}

// --- framing --------------------------------------------------------------------------------------------------------

Task<Result<std::string>> MailboxSession::line() {
  auto time = std::chrono::seconds(imap_login_time);
  if (logged_in_) time = imap_idle_time;
  stream_.deadline(std::chrono::steady_clock::now() + time);
  co_return co_await reader_.line(max_imap_command);
}

/// Lines and the literals that they announce, until a line announces none (RFC 3501 §2.2.1).
Task<std::optional<std::string>> MailboxSession::frame() {
  std::string text;
  for (;;) {
    const auto part = co_await line();
    if (!part) {
      const bool late = part.error().kind == Failure::timeout, long_line = part.error().kind == Failure::protocol;
      if (late || long_line) (void)co_await write(late ? "* BYE Idle for too long\r\n" : "* BYE Line too long\r\n");
      co_return std::nullopt;
    }
    text += *part;
    const auto literal = announced(*part);
    if (!literal) co_return text;
    if (literal->size > max_imap_command || text.size() + literal->size > max_imap_command) {
      if (co_await refuse_literal(tag_of(text), literal->waits) == Next::end) co_return std::nullopt;
      text.clear();
      continue;
    }
    if (literal->waits && co_await write("+ Go on\r\n") == Next::end) co_return std::nullopt;
    const auto bytes = co_await reader_.bytes(literal->size);
    if (!bytes) co_return std::nullopt;
    text += "\r\n" + *bytes;
  }
}

/// Bytes that come unasked cannot be told from commands: then only the end is left (RFC 7888 §4).
Task<MailboxSession::Next> MailboxSession::refuse_literal(std::string tag, bool waits) {
  if (waits) co_return co_await bad(std::move(tag), "[TOOBIG] Literal too large");
  (void)co_await write("* BYE [TOOBIG] Literal too large\r\n");
  co_return Next::end;
}

Task<MailboxSession::Next> MailboxSession::write(std::string bytes) {
  const auto written = co_await stream_.write(bytes);
  co_return written ? Next::go_on : Next::end;
}

Task<MailboxSession::Next> MailboxSession::say(std::string tag, std::string status) {
  auto line = tag + " " + status + "\r\n";
  co_return co_await write(std::move(line));
}

Task<MailboxSession::Next> MailboxSession::bad(std::string tag, std::string why) {
  auto lines = tag + " BAD " + why + "\r\n";
  if (--errors_left_ > 0) co_return co_await write(std::move(lines));
  (void)co_await write("* BYE Too many errors\r\n");
  co_return Next::end;
}

// --- commands of any state ------------------------------------------------------------------------------------------

std::string MailboxSession::capabilities() const {
  std::string names = "IMAP4rev1 LITERAL- ID";
  if (logged_in_) return names + " IDLE NAMESPACE SPECIAL-USE UIDPLUS UNSELECT";
  if (!stream_.encrypted()) return names + " STARTTLS LOGINDISABLED";  // RFC 3501 §6.2.1, RFC 2595 §3.2
  names += " SASL-IR";
  for (const auto mechanism : split(sasl::server_mechanisms, ' ')) names += " AUTH=" + std::string(mechanism);
  return names + " IDLE UIDPLUS";
}

Task<MailboxSession::Next> MailboxSession::capability(ImapCommand command) {
  auto lines = "* CAPABILITY " + capabilities() + "\r\n" + command.tag + " OK Done\r\n";
  co_return co_await write(std::move(lines));
}

Task<MailboxSession::Next> MailboxSession::id(ImapCommand command) {
  auto lines = "* ID (\"name\" \"mailprobe lab\")\r\n" + command.tag + " OK Done\r\n";
  co_return co_await write(std::move(lines));
}

Task<MailboxSession::Next> MailboxSession::noop(ImapCommand command) {
  co_return co_await say(std::move(command.tag), "OK Done");
}

Task<MailboxSession::Next> MailboxSession::logout(ImapCommand command) {
  auto lines = "* BYE Until next time\r\n" + command.tag + " OK Done\r\n";
  (void)co_await write(std::move(lines));
  co_return Next::end;
}

// --- entry ----------------------------------------------------------------------------------------------------------

namespace {

/// Rings the session's bell at each change of the store, as long as it lives.
class Subscription {
 public:
  Subscription(MailStore& store, const std::shared_ptr<Bell>& bell)
      : store_(store), key_(store.subscribe([bell] { bell->ring(); })) {}
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;
  ~Subscription() { store_.unsubscribe(key_); }

 private:
  MailStore& store_;
  std::uint64_t key_;
};

}  // namespace

Task<void> serve_mailbox(std::unique_ptr<tls::Stream> stream, MailStore& store, MailboxServerOptions options) {
  auto bell = co_await Bell::make();
  const Subscription subscription(store, bell);
  MailboxSession session(*stream, store, std::move(options), std::move(bell));
  co_await session.serve();
}

}  // namespace mailprobe::lab
