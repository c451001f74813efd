// Commands as values: a line that holds CR, LF or NUL cannot be built (CVE-2015-9097). Pure. RFC 5321 §4.1.1.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/error.h"

namespace mailprobe::smtp {

enum class Body { seven_bit, eight_bit, binary };  // RFC 6152, RFC 3030

struct MailParameters {
  std::optional<std::size_t> size;        // RFC 1870; nullopt: SIZE is not announced
  Body body = Body::seven_bit;            // seven_bit is not said
  bool smtputf8 = false;                  // RFC 6531
  bool requiretls = false;                // RFC 8689
  std::optional<std::string> envid = {};  // RFC 3461 §4.4: a report names it, and returns the header only
};

class Command {
 public:
  /// `host`: a domain name or an address literal; anything else is Failure::usage.
  static Result<Command> ehlo(std::string_view host);
  static Result<Command> helo(std::string_view host);
  static Command starttls() { return Command("STARTTLS"); }
  static Command mail(const Path& reverse_path, const MailParameters& parameters);
  /// `notify`: a report is asked for, whatever becomes of the message (RFC 3461 §4.1).
  static Command rcpt(const Path& forward_path, bool notify = false);
  static Command data() { return Command("DATA"); }
  static Command bdat_last(std::size_t size);
  /// `mechanism` is a SASL name; `initial` is sent as base64.
  static Command auth(std::string_view mechanism, std::optional<std::string_view> initial);
  static Command auth_response(std::string_view response);
  static Command auth_cancel() { return Command("*"); }
  static Command rset() { return Command("RSET"); }
  static Command noop() { return Command("NOOP"); }
  static Command quit() { return Command("QUIT"); }

  /// Without CRLF.
  [[nodiscard]] const std::string& line() const { return line_; }
  [[nodiscard]] std::string wire() const { return line_ + "\r\n"; }
  /// What a transcript may hold.
  [[nodiscard]] const std::string& shown() const { return shown_.empty() ? line_ : shown_; }
  [[nodiscard]] bool secret() const { return !shown_.empty(); }

 private:
  explicit Command(std::string line, std::string shown = {}) : line_(std::move(line)), shown_(std::move(shown)) {}
  std::string line_, shown_;
};

}  // namespace mailprobe::smtp
