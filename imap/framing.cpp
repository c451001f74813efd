#include "imap/framing.h"

#include <array>

#include "base/text.h"
#include "imap/limits.h"

namespace mailprobe::imap {

namespace {

std::unexpected<Error> broken(std::string what, std::string_view line) {
  return fail(Failure::protocol, "response " + std::move(what), Cause::protocol_error,
              std::string(line.substr(0, 200)));
}

/// A FETCH ends with a parenthesis: blanks after one of its literals are not its end, whatever line end they have.
bool goes_on(std::string_view frame, std::string_view text) {
  return trim(text).empty() && ifind(frame.substr(0, frame.find('\n')), " FETCH (") != std::string_view::npos;
}

/// Text that is for people goes to the end of its line, whatever it looks like: a literal cannot stand there.
bool one_line_only(std::string_view line) {
  if (line.starts_with('+')) return true;
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return false;
  const auto rest = line.substr(space + 1);
  const auto word = rest.substr(0, rest.find(' '));
  static constexpr std::array<std::string_view, 5> states{"OK", "NO", "BAD", "BYE", "PREAUTH"};
  for (const auto state : states)
    if (iequals(word, state)) return true;
  return false;
}

}  // namespace

// literal = "{" number64 ["+"] "}" CRLF *CHAR8;  literal8 = "~{" number64 "}" CRLF *OCTET                (RFC 9051 §9)
Result<std::optional<std::size_t>> announced_literal(std::string_view line) {
  if (!line.ends_with('}')) return std::nullopt;
  const auto open = line.rfind('{');
  if (open == std::string_view::npos) return std::nullopt;
  auto digits = line.substr(open + 1, line.size() - open - 2);
  if (digits.ends_with('+')) digits.remove_suffix(1);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;  // "{-1}", "{}": the grammar finds no value there
  const auto size = parse_number(digits);
  if (!size || *size > max_frame)
    return broken("announces a literal of " + std::string(digits.substr(0, 30)) + " bytes", line);
  return static_cast<std::size_t>(*size);
}

Result<Framer::Need> Framer::line(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return broken("contains NUL", text);  // RFC 9051 §9: CHAR
  if (frame_.size() + text.size() > max_frame) return broken("of over " + std::to_string(max_frame) + " bytes", text);
  const bool plain = frame_.empty() && one_line_only(text);
  const bool blank = std::exchange(after_literal_, false) && goes_on(frame_, text);
  frame_ += text;
  if (blank) {
    frame_ += ' ';
    after_literal_ = true;
    return Need{};
  }
  if (plain) return Need{true, {}};
  const auto size = announced_literal(text);
  if (!size) return std::unexpected(size.error());
  if (!*size) return Need{true, {}};
  frame_ += "\r\n";
  return Need{false, *size};
}

Result<Framer::Need> Framer::literal(std::string_view bytes) {
  if (frame_.size() + bytes.size() > max_frame) return broken("of over " + std::to_string(max_frame) + " bytes", {});
  frame_ += bytes;
  after_literal_ = true;
  return Need{};
}

std::string Framer::take() { return std::exchange(frame_, {}); }

}  // namespace mailprobe::imap
