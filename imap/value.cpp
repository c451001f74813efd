#include "imap/value.h"

#include "base/text.h"
#include "imap/framing.h"
#include "imap/limits.h"

namespace mailprobe::imap {

namespace {

using Kind = Value::Kind;

class Parser {
 public:
  explicit Parser(std::string_view bytes) : rest_(bytes) {}

  Result<std::vector<Value>> all() {
    auto values = sequence(0);
    if (values && !rest_.empty()) return broken("closes a parenthesis that is not open");
    return values;
  }

 private:
  std::unexpected<Error> broken(std::string what) const {
    return fail(Failure::protocol, "response " + std::move(what), Cause::protocol_error,
                std::string(rest_.substr(0, 200)));
  }

  /// Up to ")" or the end.
  Result<std::vector<Value>> sequence(std::size_t depth) {
    std::vector<Value> values;
    for (;;) {
      while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t')) rest_.remove_prefix(1);
      if (rest_.empty() || rest_[0] == ')') return values;
      if (++count_ > max_values) return broken("has over " + std::to_string(max_values) + " values");
      auto one = value(depth);
      if (!one) return std::unexpected(one.error());
      values.push_back(std::move(*one));
    }
  }

  Result<Value> value(std::size_t depth) {
    if (rest_[0] == '(') return list(depth);
    if (rest_[0] == '"') return quoted();
    if (rest_[0] == '{' || rest_.starts_with("~{")) return literal();
    return atom();
  }

  Result<Value> list(std::size_t depth) {
    if (depth == max_depth) return broken("nests over " + std::to_string(max_depth) + " deep");
    rest_.remove_prefix(1);
    auto items = sequence(depth + 1);
    if (!items) return std::unexpected(items.error());
    if (rest_.empty()) return broken("ends within parentheses");
    rest_.remove_prefix(1);
    return Value{Kind::list, {}, std::move(*items)};
  }

  // quoted = DQUOTE *QUOTED-CHAR DQUOTE;  QUOTED-CHAR = … / "\" quoted-specials                           (RFC 9051 §9)
  Result<Value> quoted() {
    std::string text;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return Value{Kind::string, std::move(text), {}};
      }
      if (rest_[i] == '\r' || rest_[i] == '\n') break;
      if (rest_[i] == '\\' && i + 1 < rest_.size()) ++i;
      text += rest_[i];
    }
    return broken("has a quoted string without an end");
  }

  Result<Value> literal() {
    const auto end = rest_.find("\r\n");
    const auto size = announced_literal(rest_.substr(0, end));
    if (!size) return std::unexpected(size.error());
    if (end == std::string_view::npos || !*size || rest_.substr(0, end).find(' ') != std::string_view::npos)
      return broken("has a malformed literal");
    if (rest_.size() - end - 2 < **size) return broken("ends within a literal");
    Value value{Kind::string, std::string(rest_.substr(end + 2, **size)), {}};
    rest_.remove_prefix(end + 2 + **size);
    return value;
  }

  // ATOM-CHAR, with all that servers put into atoms: 8-bit, "%", "*", "\", "]" and "{" within.
  Result<Value> atom() {
    const auto length = atom_length();
    if (length == 0) return broken("has a control character");
    std::string text(rest_.substr(0, length));
    rest_.remove_prefix(length);
    const auto kind = iequals(text, "NIL") ? Kind::nil : Kind::atom;
    return Value{kind, std::move(text), {}};
  }

  [[nodiscard]] std::size_t atom_length() const {
    std::size_t i = 0;
    for (; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (c == '[' && is_section(rest_.substr(0, i))) {
        i = rest_.find(']', i);  // section = "[" [section-spec] "]": spaces and parentheses within
        if (i == std::string_view::npos) return 0;
      } else if (c == ' ' || c == '(' || c == ')' || c == '"' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
        break;
      }
    }
    return i;
  }

  static bool is_section(std::string_view name) {
    return iequals(name, "BODY") || iequals(name, "BINARY") || iequals(name, "BINARY.SIZE");
  }

  std::string_view rest_;
  std::size_t count_ = 0;
};

}  // namespace

Result<std::vector<Value>> parse_values(std::string_view bytes) { return Parser(bytes).all(); }

}  // namespace mailprobe::imap
