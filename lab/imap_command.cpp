#include "lab/imap_command.h"

#include <algorithm>

#include "base/text.h"
#include "lab/imap_limits.h"

namespace mailprobe::lab {

namespace {

using Kind = Argument::Kind;

std::unexpected<Error> bad(std::string what) { return fail(Failure::protocol, std::move(what), Cause::protocol_error); }

bool control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  Result<std::vector<Argument>> all() {
    auto values = sequence(0);
    if (values && !rest_.empty()) return bad("Unbalanced parenthesis");
    return values;
  }

 private:
  Result<std::vector<Argument>> sequence(std::size_t depth) {
    std::vector<Argument> values;
    while (!rest_.empty() && rest_[0] != ')') {
      auto one = value(depth);
      if (!one) return std::unexpected(one.error());
      values.push_back(std::move(*one));
      if (rest_.empty() || rest_[0] == ')') break;
      if (rest_[0] != ' ') return bad("A space is missing");
      rest_.remove_prefix(1);
      if (rest_.empty() || rest_[0] == ' ' || rest_[0] == ')') return bad("A space too many");
    }
    return values;
  }

  Result<Argument> value(std::size_t depth) {
    switch (rest_[0]) {
      case '(': return list(depth);
      case '"': return quoted();
      case '{': return literal();
      default: return atom();
    }
  }

  Result<Argument> list(std::size_t depth) {
    if (depth == max_imap_depth) return bad("Nested too deeply");
    rest_.remove_prefix(1);
    auto items = sequence(depth + 1);
    if (!items) return std::unexpected(items.error());
    if (rest_.empty()) return bad("Unbalanced parenthesis");
    rest_.remove_prefix(1);
    return Argument{Kind::list, {}, std::move(*items)};
  }

  // quoted = DQUOTE *QUOTED-CHAR DQUOTE;  QUOTED-CHAR = … / "\" quoted-specials                           (RFC 3501 §9)
  Result<Argument> quoted() {
    std::string text;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return Argument{Kind::string, std::move(text), {}};
      }
      if (rest_[i] == '\\') ++i;
      if (i == rest_.size()) break;
      if (rest_[i] == '\r' || rest_[i] == '\n') break;
      text += rest_[i];
    }
    return bad("A quoted string without an end");
  }

  Result<Argument> literal() {
    const auto end = rest_.find("\r\n");
    const auto size = announced(rest_.substr(0, end));
    if (end == std::string_view::npos || !size || rest_.size() - end - 2 < size->size)
      return bad("A malformed literal");
    Argument out{Kind::string, std::string(rest_.substr(end + 2, size->size)), {}};
    rest_.remove_prefix(end + 2 + size->size);
    return out;
  }

  /// With its section, spaces and parentheses within: section = "[" [section-spec] "]"                   (RFC 3501 §9)
  Result<Argument> atom() {
    bool section = false;
    std::size_t i = 0;
    for (; i < rest_.size() && !control(rest_[i]); ++i) {
      const char c = rest_[i];
      if (!section && (c == ' ' || c == '(' || c == ')' || c == '"')) break;
      section = c == '[' || (section && c != ']');
    }
    if (section) return bad("A section without an end");
    if (i == 0) return bad("An unexpected character");
    Argument out{Kind::atom, std::string(rest_.substr(0, i)), {}};
    rest_.remove_prefix(i);
    return out;
  }

  std::string_view rest_;
};

std::string upper(std::string_view text) {
  std::string out(text);
  for (auto& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

/// tag = 1*<any ASTRING-CHAR except "+">                                                                  (RFC 3501 §9)
bool is_tag(std::string_view text) {
  return !text.empty() && std::ranges::none_of(text, [](char c) {
    return control(c) || static_cast<unsigned char>(c) > 0x7f ||
           std::string_view("(){%*\"\\+ ").find(c) != std::string_view::npos;
  });
}

}  // namespace

bool Argument::is(std::string_view word) const { return kind == Kind::atom && iequals(text, word); }

std::optional<Announced> announced(std::string_view line) {
  const auto open = line.rfind('{');
  if (open == std::string_view::npos || !line.ends_with('}')) return std::nullopt;
  auto digits = line.substr(open + 1, line.size() - open - 2);
  const bool waits = !digits.ends_with('+');
  if (!waits) digits.remove_suffix(1);
  const auto size = parse_number(digits);
  if (!size) return std::nullopt;
  return Announced{static_cast<std::size_t>(*size), waits};
}

Result<std::vector<Argument>> parse_arguments(std::string_view text) { return Parser(text).all(); }

std::string tag_of(std::string_view frame) {
  const auto word = frame.substr(0, frame.find_first_of(" \r\n"));
  return is_tag(word) ? std::string(word) : "*";
}

// command = tag SP (command-any / …) CRLF;  uid = "UID" SP (copy / fetch / search / store)                 (RFC 3501
// §9)
Result<ImapCommand> parse_imap_command(std::string_view frame) {
  ImapCommand command;
  command.tag = tag_of(frame);
  if (command.tag == "*" || frame.size() < command.tag.size() + 2) return bad("A tag and a command are needed");
  auto values = parse_arguments(frame.substr(command.tag.size() + 1));
  if (!values) return std::unexpected(values.error());
  std::size_t words = 1;
  command.uid = values->front().is("UID") && values->size() > 1;
  if (command.uid) words = 2;
  const auto& name = (*values)[words - 1];
  if (!name.atom()) return bad("A command is needed");
  command.name = upper(name.text);
  command.arguments.assign(values->begin() + static_cast<std::ptrdiff_t>(words), values->end());
  return command;
}

}  // namespace mailprobe::lab
