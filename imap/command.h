// Commands as values: one that holds CR, LF or NUL cannot be built. Pure. RFC 9051 §6, RFC 3501 §6.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"

namespace mailprobe::imap {

/// How literals may be sent: after the server's go-ahead, or at once (RFC 7888: LITERAL- up to 4096 bytes, LITERAL+).
enum class Literals { synchronising, minus, plus };

class Command {
 public:
  static Command capability() { return Command("CAPABILITY"); }
  static Command starttls() { return Command("STARTTLS"); }
  static Command enable_utf8() { return Command("ENABLE UTF8=ACCEPT"); }  // RFC 6855 §3
  static Command noop() { return Command("NOOP"); }
  static Command idle() { return Command("IDLE"); }  // RFC 2177
  static Command logout() { return Command("LOGOUT"); }
  static Result<Command> login(std::string_view user, const Secret& password);
  /// `mechanism` is a SASL name; `initial` is sent as base64 (RFC 4959).
  static Command authenticate(std::string_view mechanism, std::optional<std::string_view> initial);
  /// `special_use` asks for what LIST-EXTENDED servers leave out otherwise (RFC 6154 §5.2).
  static Command list(bool special_use);

  // Mailbox names are as on the wire.
  static Result<Command> status(std::string_view mailbox);
  static Result<Command> examine(std::string_view mailbox);
  static Result<Command> select(std::string_view mailbox);

  // Messages from the UID `first` on; the last of the folder always belongs to them (RFC 9051 §9, seq-range).
  static Result<Command> search_header(std::uint32_t first, std::string_view name, std::string_view text);
  static Result<Command> search_body(std::uint32_t first, std::string_view text);
  /// Header fields of each: `name`, those besides, and Message-ID.
  static Result<Command> fetch_fields(std::uint32_t first, std::string_view name,
                                      const std::vector<std::string>& besides = {});

  static Command fetch_message(std::uint32_t uid);
  static Command store_deleted(std::uint32_t uid);
  static Command expunge(std::uint32_t uid);  // UIDPLUS, RFC 4315 §2.1

  /// The command in pieces: each after the first waits for the server's "+".
  [[nodiscard]] std::vector<std::string> wire(std::string_view tag, Literals literals) const;
  /// What a transcript may hold.
  [[nodiscard]] std::string shown(std::string_view tag) const;
  [[nodiscard]] bool secret() const { return !shown_.empty(); }
  [[nodiscard]] bool authenticates() const { return authenticates_; }

 private:
  struct Part {
    std::string bytes;
    bool literal = false;
  };
  explicit Command(std::string words) { parts_.push_back({std::move(words), false}); }
  /// Adds a space and the string, quoted where it can be.
  Result<void> add(std::string_view string);
  static Result<Command> with(std::string words, std::string_view string);

  std::vector<Part> parts_;
  std::string shown_;
  bool authenticates_ = false;
};

/// A line that answers "+" within AUTHENTICATE, or DONE: no tag, no string.
class Continued {
 public:
  static Continued response(std::string_view bytes);
  static Continued cancel() { return Continued("*"); }
  static Continued done() { return Continued("DONE"); }

  [[nodiscard]] std::string wire() const { return line_ + "\r\n"; }
  [[nodiscard]] const std::string& shown() const { return shown_; }

 private:
  explicit Continued(std::string line) : line_(std::move(line)), shown_(line_) {}
  std::string line_, shown_;
};

}  // namespace mailprobe::imap
