#include "auth/authentication_results.h"

#include <algorithm>
#include <optional>

#include "auth/lexical.h"
#include "auth/limits.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

bool name_character(char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_'; }

/// "header.d=…" at the start: a value that was expected here is empty.
bool property_ahead(std::string_view text) {
  const auto end = std::ranges::find_if_not(text, [](char c) { return name_character(c) || c == '.'; });
  return end != text.begin() && end != text.end() && *end == '=';
}

// authres-payload = [CFWS] authserv-id [ CFWS authres-version ] ( no-result / 1*resinfo ) [CFWS]
class Parser {
 public:
  explicit Parser(std::string_view value) : lexer_(value) { out_.field.raw = value; }

  Result<RecordedResults> run() {
    if (!starts_with_result()) read_head();
    while (!lexer_.done() && out_.field.results.size() < limits::results_in_one) {
      if (!read_resinfo()) unreadable_ = true;
      to_next();
    }
    if (out_.field.results.empty() && (unreadable_ || out_.field.authserv_id.empty()))
      return fail(Failure::protocol, "no Authentication-Results field that could be read");
    return std::move(out_);
  }

 private:
  /// Microsoft writes no authserv-id: the first word is then a method, "=" or "/" behind it.
  [[nodiscard]] bool starts_with_result() const {
    auto ahead = lexer_;
    ahead.skip_cfws();
    if (ahead.peek() == '"') return false;
    ahead.run(";=/");
    ahead.skip_cfws();
    return ahead.peek() == '=' || ahead.peek() == '/';
  }

  void read_head() {
    lexer_.skip_cfws();
    auto id = lexer_.quoted();
    out_.field.authserv_id = id ? *id : std::string(lexer_.run(";=/"));
    if (out_.field.authserv_id.empty()) unreadable_ = true;
    lexer_.skip_cfws();
    if (is_digit(lexer_.peek())) lexer_.run(";");  // authres-version = 1*DIGIT
    if (!skip_extras()) unreadable_ = true;
    to_next();
  }

  /// Behind the id: nothing, one word, or pairs ("from=example.org").
  bool skip_extras() {
    lexer_.skip_cfws();
    for (bool first = true; !at_end(); first = false) {
      if (read_name().empty()) return false;
      lexer_.skip_cfws();
      if (at_end()) return first;
      if (!lexer_.take('=') || lexer_.run(";=").empty() || lexer_.peek() == '=') return false;
      lexer_.skip_cfws();
    }
    return true;
  }

  // resinfo = [CFWS] ";" methodspec [ CFWS reasonspec ] *( CFWS propspec )
  // methodspec = [CFWS] method [CFWS] "=" [CFWS] result ; method = Keyword [ [CFWS] "/" [CFWS] method-version ]
  bool read_resinfo() {
    comment_.clear();
    lexer_.skip_cfws(&comment_);
    if (at_end()) return true;
    MethodResult result;
    result.method = read_name();
    if (result.method.empty() || !skip_version()) return false;
    if (at_end()) return true;  // "none" (RFC 8601 §2.2), or the authserv-id once more
    if (lexer_.peek() == '.' && bare_domain()) return true;
    if (!lexer_.take('=')) return false;
    const auto word = read_result();
    if (!word) return false;
    result.result = *word;
    const bool whole = read_properties(result);
    out_.field.results.push_back(std::move(result));
    out_.comments.push_back(std::move(comment_));
    return whole;
  }

  /// The rest of a name like "outlook.com" and nothing behind it.
  bool bare_domain() {
    if (std::ranges::any_of(lexer_.run(";"), [](char c) { return !name_character(c) && c != '.'; })) return false;
    lexer_.skip_cfws();
    return at_end();
  }

  bool skip_version() {
    lexer_.skip_cfws(&comment_);
    if (!lexer_.take('/')) return true;
    lexer_.skip_cfws(&comment_);
    if (!is_digit(lexer_.peek())) return false;
    while (is_digit(lexer_.peek())) lexer_.advance();
    lexer_.skip_cfws(&comment_);
    return true;
  }

  std::optional<std::string> read_result() {
    if (space_then_property() || at_end()) return std::string();
    const auto start = lexer_.position();
    while (name_character(lexer_.peek()) || lexer_.peek() == '.') lexer_.advance();
    auto word = to_lower(lexer_.since(start));
    if (word.empty() || lexer_.peek() == '=') return std::nullopt;
    return word;
  }

  // propspec = ptype [CFWS] "." [CFWS] property [CFWS] "=" pvalue
  bool read_properties(MethodResult& result) {
    for (lexer_.skip_cfws(&comment_); !at_end(); lexer_.skip_cfws(&comment_)) {
      auto name = read_name();
      if (name.empty()) return false;
      lexer_.skip_cfws(&comment_);
      while (lexer_.take('.')) {
        lexer_.skip_cfws(&comment_);
        const auto part = read_name();
        if (part.empty()) return false;
        name += "." + part;
        lexer_.skip_cfws(&comment_);
      }
      if (!lexer_.take('=')) return false;
      auto value = read_value();
      if (name == "reason")  // reasonspec: right behind the result; Microsoft has it elsewhere too
        result.reason = std::move(value);
      else
        result.properties.emplace_back(std::move(name), std::move(value));
    }
    return true;
  }

  // pvalue = [CFWS] ( ( value / [ [ local-part ] "@" ] domain-name ) [CFWS] )
  std::string read_value() {
    if (space_then_property() || at_end()) return {};
    const auto start = lexer_.position();
    if (auto text = lexer_.quoted()) {
      const char next = lexer_.peek();
      if (at_end() || is_space(next) || next == '(') return std::move(*text);
    }
    lexer_.run(";");  // "local part"@example.org stays as it is
    std::string out(lexer_.since(start));
    std::erase_if(out, [](char c) { return c == '\r' || c == '\n'; });
    return out;
  }

  bool space_then_property() {
    const auto before = lexer_.position();
    lexer_.skip_cfws(&comment_);
    return lexer_.position() != before && property_ahead(lexer_.rest().substr(0, 80));
  }

  std::string read_name() {
    const auto start = lexer_.position();
    while (name_character(lexer_.peek())) lexer_.advance();
    return to_lower(lexer_.since(start));
  }

  [[nodiscard]] bool at_end() const { return lexer_.done() || lexer_.peek() == ';'; }

  void to_next() {
    while (!at_end()) {
      lexer_.skip_cfws();
      lexer_.run(";");
    }
    lexer_.take(';');
  }

  Lexer lexer_;
  RecordedResults out_;
  std::string comment_;
  bool unreadable_ = false;
};

/// A header field's value holds no control characters.
char printable(char c) {
  if (c == '\t') return ' ';
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
}

bool plain(std::string_view text, std::string_view extra) {
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return name_character(c) || std::string_view("!#$%&'*+.@:<>[]^`{|}~?").contains(c) || extra.contains(c);
  });
}

std::string escaped(std::string_view text, char open, char close, std::string_view specials) {
  std::string out(1, open);
  for (const char c : text) {
    if (specials.contains(c)) out += '\\';
    out += printable(c);
  }
  return out + close;
}

std::string value_text(std::string text, std::string_view extra) {
  std::ranges::transform(text, text.begin(), printable);
  return plain(text, extra) ? text : escaped(text, '"', '"', "\\\"");
}

}  // namespace

Result<RecordedResults> parse_authentication_results(std::string_view value) {
  if (value.size() > limits::authentication_result_bytes)
    return fail(Failure::protocol, "an Authentication-Results field longer than 32 KB");
  return Parser(value).run();
}

std::string print_authentication_results(const RecordedResults& recorded) {
  const auto& field = recorded.field;
  std::string out = field.authserv_id.empty() ? "" : value_text(field.authserv_id, "");
  if (field.results.empty()) return out + "; none";
  for (std::size_t i = 0; i < field.results.size(); ++i) {
    const auto& result = field.results[i];
    out += (out.empty() ? "" : "; ") + result.method + "=" + result.result;
    if (!result.reason.empty()) out += " reason=" + value_text(result.reason, "/");
    if (i < recorded.comments.size() && !recorded.comments[i].empty())
      out += " " + escaped(recorded.comments[i], '(', ')', "\\()");
    for (const auto& [name, value] : result.properties) out += " " + name + "=" + value_text(value, "/=");
  }
  return out;
}

}  // namespace mailprobe::auth
