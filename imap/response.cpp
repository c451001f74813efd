#include "imap/response.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "imap/data.h"

namespace mailprobe::imap {

namespace {

std::unexpected<Error> broken(std::string what, std::string_view frame) {
  return fail(Failure::protocol, "response " + std::move(what), Cause::protocol_error,
              std::string(frame.substr(0, 200)));
}

std::string to_upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return is_alpha(c) ? static_cast<char>(c & ~0x20) : c; });
  return out;
}

/// Up to the next space, which goes too.
std::string_view take_word(std::string_view& rest) {
  const auto end = rest.find(' ');
  const auto word = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return word;
}

std::optional<Condition> condition(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, Condition>, 5> table{{
      {"OK", Condition::ok},
      {"NO", Condition::no},
      {"BAD", Condition::bad},
      {"BYE", Condition::bye},
      {"PREAUTH", Condition::preauth},
  }};
  for (const auto& [name, value] : table)
    if (iequals(word, name)) return value;
  return std::nullopt;
}

std::string_view without_spaces_before(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  return text;
}

/// The "]" that ends a response code: not one within a quoted string.
std::size_t code_end(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted && text[i] == '\\') ++i;
    if (!quoted && text[i] == ']') return i;
  }
  return text.find(']');
}

// resp-text = ["[" resp-text-code "]" SP] [text];  resp-text-code = "ALERT" / … / atom [SP 1*…]          (RFC 9051 §9)
Status status(std::string tag, Condition what, std::string_view rest) {
  Status status{std::move(tag), what, {}, {}, {}};
  const auto end = rest.starts_with('[') ? code_end(rest) : std::string_view::npos;
  if (end != std::string_view::npos) {
    auto inner = trim(rest.substr(1, end - 1));
    status.code = to_upper(take_word(inner));
    status.argument = trim(inner);
    rest = trim(rest.substr(end + 1));
  }
  status.text = rest;
  return status;
}

Result<Response> counted(std::uint32_t number, std::string_view rest) {
  const auto keyword = to_upper(take_word(rest));
  if (keyword == "EXISTS") return Exists{number};
  if (keyword == "EXPUNGE") return Expunge{number};
  if (keyword != "FETCH") return OtherData{keyword};
  auto values = parse_values(rest);
  if (!values) return std::unexpected(values.error());
  return fetch_data(number, std::move(*values));
}

Result<Response> known(const std::string& keyword, std::string_view rest) {
  auto values = parse_values(rest);
  if (!values) return std::unexpected(values.error());
  if (keyword == "CAPABILITY") return CapabilityData{names_of(*values)};
  if (keyword == "ENABLED") return EnabledData{names_of(*values)};
  if (keyword == "STATUS") return status_data(std::move(*values));
  if (keyword == "SEARCH") return search_data(*values);
  if (keyword == "ESEARCH") return esearch_data(*values);
  return list_data(std::move(*values));
}

// response-data = "*" SP (resp-cond-state / … / message-data / capability-data / enable-data) CRLF         (RFC 9051
// §9)
Result<Response> untagged(std::string_view rest) {
  const auto frame = rest;
  const auto word = take_word(rest);
  if (word.empty()) return broken("has no keyword", frame);
  if (const auto what = condition(word)) return status({}, *what, rest);
  if (is_digit(word[0])) {
    const auto number = number32(word);
    if (!number) return broken("has a number that is none", frame);
    return counted(*number, rest);
  }
  auto keyword = to_upper(word);
  static constexpr std::array<std::string_view, 7> read{"CAPABILITY", "ENABLED", "STATUS", "SEARCH",
                                                        "ESEARCH",    "LIST",    "XLIST"};
  if (std::ranges::find(read, keyword) != read.end()) return known(keyword, rest);
  return OtherData{std::move(keyword)};
}

bool is_tag(std::string_view word) {
  return !word.empty() && std::ranges::all_of(word, [](char c) {
    return c > ' ' && c < 0x7f && std::string_view("(){%*\"\\+").find(c) == std::string_view::npos;
  });
}

}  // namespace

Result<Response> parse_response(std::string_view frame) {
  if (frame.starts_with("* ")) return untagged(without_spaces_before(frame.substr(2)));
  // continue-req = "+" SP (resp-text / base64) CRLF; some leave out the space                           (RFC 9051 §9)
  if (frame.starts_with('+')) return Continuation{std::string(trim(frame.substr(1)))};
  if (frame.starts_with('[')) return OtherData{"["};  // Exchange: a response code alone on its line
  auto rest = frame;
  const auto tag = take_word(rest);
  const auto what = condition(take_word(rest));
  if (!is_tag(tag) || !what || *what == Condition::bye || *what == Condition::preauth)
    return broken("is none of IMAP's", frame);
  return status(std::string(tag), *what, rest);
}

std::optional<std::uint32_t> code_number(const Status& status) { return number32(status.argument); }

}  // namespace mailprobe::imap
