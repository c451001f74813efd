#include "scenarios/expression.h"

#include <algorithm>

#include "base/suggest.h"
#include "base/text.h"

namespace mailprobe::scenarios {

namespace {

enum class Kind { end, word, quoted, sign };

struct Token {
  Kind kind = Kind::end;
  std::string text;
};

bool in_word(char c) {
  return !is_space(c) && !std::string_view("()[],\"=!<>").contains(c) && static_cast<unsigned char>(c) > 0x20;
}

std::unexpected<Error> wrong(const Token& found, std::string_view fits) {
  const auto what = found.kind == Kind::end ? std::string("nothing") : in_quotes(found.text);
  return fail(Failure::usage, "here is " + what + ": " + std::string(fits) + " belongs here");
}

/// Words, quoted texts (\" and \\ inside), and signs: ( ) [ ] , and the operators.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : rest_(text) {}

  Result<Token> next() {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
    if (rest_.empty()) return Token{};
    if (rest_.front() == '"') return quoted();
    for (const std::string_view sign : {"==", "!=", "<=", ">=", "<", ">", "(", ")", "[", "]", ","})
      if (rest_.starts_with(sign)) return take(Kind::sign, sign.size());
    const auto end = std::ranges::find_if_not(rest_, in_word) - rest_.begin();
    if (end > 0) return take(Kind::word, static_cast<std::size_t>(end));
    return fail(Failure::usage,
                "here is " + in_quotes(rest_.substr(0, 1)) + ": == compares, and texts stand in \"quotes\"");
  }

 private:
  Token take(Kind kind, std::size_t size) {
    Token token{kind, std::string(rest_.substr(0, size))};
    rest_.remove_prefix(size);
    return token;
  }

  Result<Token> quoted() {
    Token token{Kind::quoted, {}};
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (c == '"') {
        rest_.remove_prefix(i + 1);
        return token;
      }
      if (c == '\\' && i + 1 < rest_.size()) ++i;
      token.text += rest_[i];
    }
    return fail(Failure::usage, "a quoted text has no end: add a \"");
  }

  std::string_view rest_;
};

/// expression = ("any" / "all") "(" expression *("," expression) ")" / "not" "(" expression ")" / comparison
/// comparison = operand ("exists" / operator value / "in" "[" value *("," value) "]")
/// operand    = path / function "(" path ["," name] ")"
/// path       = name ["[" key "]"] *("." name ["[" key "]"])
class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) {}

  Result<Expression> whole() {
    if (auto ok = advance(); !ok) return std::unexpected(ok.error());
    auto made = expression(0);
    if (made && token_.kind != Kind::end)
      return wrong(token_, "the end of the line, or any(…), all(…) around several,");
    return made;
  }

 private:
  Result<void> advance() {
    auto token = lexer_.next();
    if (!token) return std::unexpected(token.error());
    token_ = std::move(*token);
    return {};
  }
  [[nodiscard]] bool at(std::string_view sign) const { return token_.kind == Kind::sign && token_.text == sign; }
  Result<void> expect(std::string_view sign) {
    if (!at(sign)) return wrong(token_, "\"" + std::string(sign) + "\"");
    return advance();
  }

  Result<Expression> expression(std::size_t depth) {
    if (depth >= max_expression_depth || ++nodes_ > max_expression_nodes)
      return fail(Failure::usage, "this is nested too deeply, or too long");
    if (token_.kind != Kind::word) return wrong(token_, "a path like mailbox.folder, or any, all, not,");
    const auto first = token_.text;
    if (auto ok = advance(); !ok) return std::unexpected(ok.error());
    if (at("(") && (first == "any" || first == "all" || first == "not")) return joined(first, depth);
    return comparison(first);
  }

  Result<Expression> joined(const std::string& word, std::size_t depth) {
    Expression made;
    made.kind = word == "any"   ? Expression::Kind::any
                : word == "all" ? Expression::Kind::all
                                : Expression::Kind::negation;
    do {
      if (auto ok = advance(); !ok) return std::unexpected(ok.error());
      auto part = expression(depth + 1);
      if (!part) return part;
      made.parts.push_back(std::move(*part));
    } while (at(",") && made.kind != Expression::Kind::negation);
    if (auto ok = expect(")"); !ok) return std::unexpected(ok.error());
    return made;
  }

  Result<Expression> comparison(const std::string& first) {
    Expression made;
    auto& of = made.comparison;
    auto operand_read = at("(") ? function(first, of) : path(first, of.path);
    if (!operand_read) return std::unexpected(operand_read.error());
    const auto op = from_word<Operator>(token_.text);
    if (token_.kind == Kind::end || token_.kind == Kind::quoted || !op)
      return wrong(token_, "==, !=, <, <=, >, >=, in, contains, matches or exists");
    of.op = *op;
    if (auto ok = advance(); !ok) return std::unexpected(ok.error());
    if (of.op == Operator::exists) return made;
    auto read = of.op == Operator::in ? list(of.values) : value(of.values);
    if (!read) return std::unexpected(read.error());
    return made;
  }

  Result<void> function(const std::string& name, Comparison& of) {
    auto aggregate = aggregate_of(name);
    if (!aggregate) return std::unexpected(aggregate.error());
    if (auto ok = advance(); !ok) return ok;
    if (token_.kind != Kind::word) return wrong(token_, "a path like latency");
    const auto first = token_.text;
    if (auto ok = advance(); !ok) return ok;
    if (auto ok = path(first, of.path); !ok) return ok;
    if (at(",")) {
      if (auto ok = advance(); !ok) return ok;
      if (token_.kind != Kind::word && token_.kind != Kind::quoted) return wrong(token_, "the name of a probe");
      aggregate->of = token_.text;
      if (auto ok = advance(); !ok) return ok;
    }
    of.aggregate = std::move(*aggregate);
    return expect(")");
  }

  static Result<Aggregate> aggregate_of(const std::string& name) {
    if (name == "min") return Aggregate{.kind = Aggregate::Kind::min, .percent = 0, .of = {}};
    if (name == "max") return Aggregate{.kind = Aggregate::Kind::max, .percent = 100, .of = {}};
    const auto percent = name.starts_with('p') ? parse_number(std::string_view(name).substr(1)) : std::nullopt;
    if (percent && *percent >= 1 && *percent <= 99)
      return Aggregate{.kind = Aggregate::Kind::percentile, .percent = static_cast<int>(*percent), .of = {}};
    return fail(Failure::usage, in_quotes(name) + " is no function: p1(…) to p99(…), min(…) or max(…) belongs here");
  }

  /// The words of a path come with their full stops: "smtp.tls.version", "dkim" "[" "r1" "]" ".result".
  Result<void> path(const std::string& first, Path& into) {
    if (auto ok = names(first, into, false); !ok) return ok;
    while (at("[")) {
      if (auto ok = advance(); !ok) return ok;
      if (token_.kind != Kind::word && token_.kind != Kind::quoted) return wrong(token_, "a selector or a name");
      if (into.back().key) return fail(Failure::usage, "a name takes one [key]");
      into.back().key = token_.text;
      if (auto ok = advance(); !ok) return ok;
      if (auto ok = expect("]"); !ok) return ok;
      if (token_.kind != Kind::word || !token_.text.starts_with('.')) continue;
      const auto more = token_.text;
      if (auto ok = names(more, into, true); !ok) return ok;
      if (auto ok = advance(); !ok) return ok;
    }
    return {};
  }

  static Result<void> names(std::string_view text, Path& into, bool dotted) {
    const auto good = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_'; };
    if (dotted) text.remove_prefix(1);
    for (const auto name : split(text, '.')) {
      if (name.empty() || !std::ranges::all_of(name, good))
        return fail(Failure::usage, in_quotes(text) + " is no path: names with full stops between them make one");
      into.push_back({.name = std::string(name), .key = {}});
    }
    return {};
  }

  Result<void> value(std::vector<std::string>& into) {
    if (token_.kind != Kind::word && token_.kind != Kind::quoted)
      return wrong(token_, "a word, a number or a \"text\"");
    into.push_back(token_.text);
    return advance();
  }

  Result<void> list(std::vector<std::string>& into) {
    if (!at("[")) return wrong(token_, "a list like [a, b]");
    do {
      if (auto ok = advance(); !ok) return ok;
      if (auto ok = value(into); !ok) return ok;
    } while (at(","));
    return expect("]");
  }

  Lexer lexer_;
  Token token_;
  std::size_t nodes_ = 0;
};

std::string word_or_quoted(std::string_view text) {
  if (!text.empty() && std::ranges::all_of(text, in_word)) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string operand_text(const Comparison& of) {
  if (!of.aggregate) return to_text(of.path);
  const auto& how = *of.aggregate;
  const auto name = how.kind == Aggregate::Kind::min   ? std::string("min")
                    : how.kind == Aggregate::Kind::max ? std::string("max")
                                                       : "p" + std::to_string(how.percent);
  return name + "(" + to_text(of.path) + (how.of ? ", " + word_or_quoted(*how.of) : "") + ")";
}

}  // namespace

Result<Expression> parse_expression(std::string_view text) {
  if (text.size() > max_expression_bytes) return fail(Failure::usage, "this is too long: 8,000 bytes are the most");
  return Parser(text).whole();
}

namespace {

void add_prefix(Expression& expression, const std::string& prefix) {
  if (auto& aggregate = expression.comparison.aggregate) aggregate->of = prefix + ":" + aggregate->of.value_or("");
  for (auto& part : expression.parts) add_prefix(part, prefix);
}

}  // namespace

bool has_aggregate(const Expression& expression) {
  return expression.comparison.aggregate || std::ranges::any_of(expression.parts, has_aggregate);
}

std::string with_prefix(const std::string& line, const std::string& prefix) {
  auto expression = parse_expression(line);
  if (!expression) return line;
  add_prefix(*expression, prefix);
  return to_text(*expression);
}

std::string to_text(const Path& path) {
  std::string out;
  for (const auto& step : path) {
    out += (out.empty() ? "" : ".") + step.name;
    if (step.key) out += "[" + word_or_quoted(*step.key) + "]";
  }
  return out;
}

std::string expected_text(const Comparison& comparison) {
  std::string out(word(comparison.op));
  if (comparison.op == Operator::exists) return out;
  if (comparison.op != Operator::in) return out + " " + word_or_quoted(comparison.values.front());
  std::string list;
  for (const auto& value : comparison.values) list += (list.empty() ? "" : ", ") + word_or_quoted(value);
  return out + " [" + list + "]";
}

std::string to_text(const Expression& expression) {
  using enum Expression::Kind;
  if (expression.kind == comparison)
    return operand_text(expression.comparison) + " " + expected_text(expression.comparison);
  std::string list;
  for (const auto& part : expression.parts) list += (list.empty() ? "" : ", ") + to_text(part);
  return (expression.kind == any ? "any(" : expression.kind == all ? "all(" : "not(") + list + ")";
}

}  // namespace mailprobe::scenarios
