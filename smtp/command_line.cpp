#include "smtp/command_line.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace mailprobe::smtp {

namespace {

constexpr std::array verbs{
    std::pair{Verb::helo, std::string_view{"HELO"}},         std::pair{Verb::ehlo, std::string_view{"EHLO"}},
    std::pair{Verb::starttls, std::string_view{"STARTTLS"}}, std::pair{Verb::auth, std::string_view{"AUTH"}},
    std::pair{Verb::mail, std::string_view{"MAIL"}},         std::pair{Verb::rcpt, std::string_view{"RCPT"}},
    std::pair{Verb::data, std::string_view{"DATA"}},         std::pair{Verb::bdat, std::string_view{"BDAT"}},
    std::pair{Verb::rset, std::string_view{"RSET"}},         std::pair{Verb::noop, std::string_view{"NOOP"}},
    std::pair{Verb::vrfy, std::string_view{"VRFY"}},         std::pair{Verb::quit, std::string_view{"QUIT"}},
};

/// Where the path ends: the first ">" outside quotes.
std::size_t path_end(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\' && quoted)
      ++i;
    else if (text[i] == '"')
      quoted = !quoted;
    else if (text[i] == '>' && !quoted)
      return i;
  }
  return std::string_view::npos;
}

// esmtp-param = esmtp-keyword ["=" esmtp-value]                                                   (RFC 5321 §4.1.2)
std::vector<Parameter> parse_parameters(std::string_view text) {
  std::vector<Parameter> out;
  for (const auto word : split(text, ' ')) {
    if (word.empty()) continue;
    const auto equals = word.find('=');
    Parameter parameter{std::string(word.substr(0, equals)), {}};
    std::ranges::transform(parameter.name, parameter.name.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    if (equals != std::string_view::npos) parameter.value = word.substr(equals + 1);
    out.push_back(std::move(parameter));
  }
  return out;
}

}  // namespace

std::optional<CommandLine> parse_command(std::string_view line) {
  if (std::ranges::any_of(line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
    return std::nullopt;
  const auto space = line.find(' ');
  const auto word = line.substr(0, space);
  CommandLine command;
  for (const auto& [verb, name] : verbs)
    if (iequals(word, name)) command.verb = verb;
  if (space != std::string_view::npos) command.argument = trim(line.substr(space));
  return command;
}

// Path = "<" [ A-d-l ":" ] Mailbox ">"                                                             (RFC 5321 §4.1.2)
std::optional<PathArgument> parse_path_argument(std::string_view argument, std::string_view keyword,
                                                std::string_view host) {
  if (!istarts_with(argument, keyword)) return std::nullopt;
  argument = trim(argument.substr(keyword.size()));  // a space after the colon is common, if wrong
  const auto end = path_end(argument);
  if (!argument.starts_with('<') || end == std::string_view::npos) return std::nullopt;
  auto path = argument.substr(1, end - 1);
  const auto rest = argument.substr(end + 1);
  if (!rest.empty() && rest[0] != ' ') return std::nullopt;
  PathArgument out{{}, parse_parameters(rest)};
  if (path.empty()) return iequals(keyword, "FROM:") ? std::optional(out) : std::nullopt;
  if (path[0] == '@' && path.find(':') != std::string_view::npos) path.remove_prefix(path.find(':') + 1);
  const auto whole = iequals(path, "postmaster") ? std::string(path) + "@" + std::string(host) : std::string(path);
  const auto mailbox = Mailbox::parse(whole);
  if (!mailbox) return std::nullopt;
  out.path = Path(*mailbox);
  return out;
}

namespace {

constexpr std::size_t max_envid = 100, max_orcpt = 500;  // RFC 3461 §4.4, §4.2

/// Parameters that no reply depends on: REQUIRETLS where it was announced (RFC 8689 §2), BODY (RFC 6152 §2), and AUTH,
/// which is taken and not believed (RFC 4954 §5); RET and ENVID where DSN was (RFC 3461 §4.3, §4.4).
bool known_and_taken(const std::string& name, const std::optional<std::string>& value, Announced announced) {
  if (name == "REQUIRETLS") return !value && announced.requiretls;
  if (name == "RET") return value && announced.dsn && (iequals(*value, "FULL") || iequals(*value, "HDRS"));
  if (name == "ENVID") return value && announced.dsn && value->size() <= max_envid;
  if (name == "BODY") return value && (iequals(*value, "7BIT") || iequals(*value, "8BITMIME"));
  return name == "AUTH";
}

}  // namespace

std::optional<Reply> check_mail_parameters(const PathArgument& argument, std::size_t max_size, Announced announced) {
  bool utf8 = false;
  for (const auto& [name, value] : argument.parameters) {
    const auto word = value.value_or("");
    if (name == "SIZE") {  // RFC 1870 §6
      const auto size = parse_number(word);
      if (!size) return Reply{501, "5.5.4", "Malformed SIZE"};
      if (*size > max_size) return Reply{552, "5.3.4", "Message too big"};
    } else if (name == "SMTPUTF8" && !value) {
      utf8 = true;
    } else if (!known_and_taken(name, value, announced)) {
      return Reply{555, "5.5.4", "Unknown parameter"};
    }
  }
  if (argument.path.needs_smtputf8() && !utf8) return Reply{553, "5.6.7", "Address needs SMTPUTF8"};
  return std::nullopt;
}

bool requires_tls(const PathArgument& argument) {
  return std::ranges::find(argument.parameters, "REQUIRETLS", &Parameter::name) != argument.parameters.end();
}

namespace {

/// esmtp-value of NOTIFY: "NEVER", or a list of the others (RFC 3461 §4.1).
bool is_notify(std::string_view value) {
  if (iequals(value, "NEVER")) return true;
  const auto words = split(value, ',');
  return std::ranges::all_of(words, [](std::string_view word) {
    return iequals(word, "SUCCESS") || iequals(word, "FAILURE") || iequals(word, "DELAY");
  });
}

/// original-recipient-address = atom ";" xtext (RFC 3461 §4.2)
bool is_orcpt(std::string_view value) {
  const auto semicolon = value.find(';');
  return semicolon != std::string_view::npos && semicolon > 0 && value.size() <= max_orcpt;
}

}  // namespace

std::optional<Reply> check_rcpt_parameters(const PathArgument& argument, Announced announced) {
  for (const auto& [name, value] : argument.parameters) {
    if (!announced.dsn || (name != "NOTIFY" && name != "ORCPT")) return Reply{555, "5.5.4", "Unknown parameter"};
    const bool good = value && (name == "NOTIFY" ? is_notify(*value) : is_orcpt(*value));
    if (!good) return Reply{501, "5.5.4", "Malformed " + name};
  }
  return std::nullopt;
}

bool wants_success(const PathArgument& argument) {
  return std::ranges::any_of(argument.parameters, [](const Parameter& parameter) {
    if (parameter.name != "NOTIFY" || !parameter.value) return false;
    const auto words = split(*parameter.value, ',');
    return std::ranges::any_of(words, [](std::string_view word) { return iequals(word, "SUCCESS"); });
  });
}

// bdat-cmd = "BDAT" SP chunk-size [ SP end-marker ] CR LF;  end-marker = "LAST"                         (RFC 3030 §2)
std::optional<BdatArgument> parse_bdat(std::string_view argument) {
  auto words = split(argument, ' ');
  std::erase(words, "");  // more spaces than one are wrong and taken, as in MAIL and RCPT
  const auto size = words.empty() ? std::nullopt : parse_number(words[0]);
  if (!size || words.size() > 2 || (words.size() == 2 && !iequals(words[1], "LAST"))) return std::nullopt;
  return BdatArgument{*size, words.size() == 2};
}

}  // namespace mailprobe::smtp
