#include <algorithm>

#include "app/config_files.h"
#include "app/config_sections.h"
#include "base/safe_text.h"
#include "base/suggest.h"
#include "base/text.h"

namespace mailprobe::app {

namespace {

std::vector<std::string> texts(const std::vector<Word>& words) {
  std::vector<std::string> out;
  std::ranges::transform(words, std::back_inserter(out), &Word::text);
  return out;
}

const std::map<std::string, std::uint16_t>& mailbox_ports() {
  static const std::map<std::string, std::uint16_t> ports{{"imaps", 993}, {"imap", 143}};
  return ports;
}

/// RFC 8314 §3.3, §7.3.
const std::map<std::string, std::uint16_t>& submission_ports() {
  static const std::map<std::string, std::uint16_t> ports{{"smtp", 587}, {"submission", 587}, {"submissions", 465}};
  return ports;
}

std::optional<probe::Url> account_url(Fields& fields, const std::map<std::string, std::uint16_t>& ports,
                                      const std::string& example, ConfigContext& context) {
  const auto word = fields.word("url");
  if (word) return read_url(*word, ports, context);
  fields.missing("url", "where the server is, like " + example);
  return std::nullopt;
}

std::optional<probe::MailboxAccount> read_mailbox(const YamlNode::Member& member, ConfigContext& context) {
  Fields fields(member.value, "mailboxes." + member.key, context.problems);
  auto url = account_url(fields, mailbox_ports(), "imaps://imap.example.net", context);
  const auto user = fields.word("user");
  const auto address_word = fields.word("address");
  auto secret = read_secret(fields, "MAILBOX", member.key, context);
  auto folders = texts(fields.words("folders"));
  auto authserv_ids = texts(fields.words("authserv_ids"));
  fields.finish();
  if (!user) fields.missing("user", "the name to log in with");
  if (!address_word) fields.missing("address", "the address whose mail arrives there: --to picks the mailbox by it");
  auto address = address_word ? read_address(*address_word, context) : std::nullopt;
  if (!url || !user || !address) return std::nullopt;
  return probe::MailboxAccount{.name = member.key,
                               .url = std::move(*url),
                               .user = user->text,
                               .address = std::move(*address),
                               .secret = std::move(secret),
                               .folders = std::move(folders),
                               .authserv_ids = std::move(authserv_ids)};
}

std::optional<probe::Submission> read_server(const YamlNode::Member& member, ConfigContext& context) {
  Fields fields(member.value, "submission." + member.key, context.problems);
  auto url = account_url(fields, submission_ports(), "smtp://relay.example.org:587", context);
  const auto user = fields.word("user");
  auto secret = read_secret(fields, "SUBMISSION", member.key, context);
  const auto reverse_path = fields.word("reverse_path");
  fields.finish();
  if (!user) fields.missing("user", "the name to log in with");
  const auto path = reverse_path ? read_address(*reverse_path, context) : std::nullopt;
  if (!url || !user) return std::nullopt;
  return probe::Submission{.name = member.key,
                           .url = std::move(*url),
                           .user = user->text,
                           .secret = std::move(secret),
                           .reverse_path = path ? std::optional(path->text()) : std::nullopt};
}

}  // namespace

std::map<std::string, probe::MailboxAccount> read_mailboxes(Fields& file, ConfigContext& context) {
  std::map<std::string, probe::MailboxAccount> accounts;
  for (const auto& member : file.members("mailboxes"))
    if (good_name(member, "mailboxes", context))
      if (auto account = read_mailbox(member, context)) accounts.emplace(member.key, std::move(*account));
  return accounts;
}

std::map<std::string, probe::Submission> read_submission(Fields& file, ConfigContext& context) {
  std::map<std::string, probe::Submission> servers;
  for (const auto& member : file.members("submission"))
    if (good_name(member, "submission", context))
      if (auto server = read_server(member, context)) servers.emplace(member.key, std::move(*server));
  return servers;
}

std::optional<probe::Url> read_url(const Word& word, const std::map<std::string, std::uint16_t>& default_ports,
                                   ConfigContext& context) {
  std::vector<std::string> schemes;
  std::ranges::transform(default_ports, std::back_inserter(schemes), [](const auto& row) { return row.first + "://"; });
  const auto wrong = [&](const std::string& why) {
    context.problems.add(word.line,
                         in_quotes(word.text) + " " + why + ": write " + any_of(schemes) + " and HOST or HOST:PORT");
    return std::nullopt;
  };
  const auto colon = word.text.find("://");
  if (colon == std::string::npos) return wrong("is no URL");
  const auto scheme = to_lower(std::string_view(word.text).substr(0, colon));
  const auto known = default_ports.find(scheme);
  if (known == default_ports.end()) return wrong("has a scheme that is not known here");
  auto rest = std::string_view(word.text).substr(colon + 3);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.contains('@')) {
    context.problems.add(word.line, "user and password do not belong into the URL: use user and password_file");
    return std::nullopt;
  }
  probe::Url url{.scheme = scheme, .host = {}, .port = known->second};
  const bool bracketed = rest.starts_with('[');  // RFC 3986 §3.2.2
  const auto end = bracketed ? rest.find(']') : rest.find(':');
  url.host = std::string(rest.substr(bracketed ? 1 : 0, bracketed && end != rest.npos ? end - 1 : end));
  rest.remove_prefix(end == rest.npos ? rest.size() : end + (bracketed ? 1 : 0));
  if (!rest.empty()) {
    const auto port = rest.starts_with(':') ? parse_number(rest.substr(1)) : std::nullopt;
    if (!port || *port == 0 || *port > 65535) return wrong("has no port that can be");
    url.port = static_cast<std::uint16_t>(*port);
  }
  if (IpAddress::parse(url.host)) return url;
  const auto host = DomainName::parse(url.host);
  if (!host) return wrong("names no host that can be");
  url.host = host->text();
  return url;
}

std::optional<Mailbox> read_address(const Word& word, ConfigContext& context) {
  auto address = Mailbox::parse(word.text);
  if (address) return std::move(*address);
  context.problems.add(word.line, in_quotes(word.text) + " is no mail address (" + address.error().message +
                                      "): write local-part@domain");
  return std::nullopt;
}

bool good_name(const YamlNode::Member& member, const std::string& section, ConfigContext& context) {
  constexpr std::size_t max_name = 40;
  const auto good = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_'; };
  if (!member.key.empty() && member.key.size() <= max_name && std::ranges::all_of(member.key, good)) return true;
  context.problems.add(member.line, "the name " + in_quotes(member.key) + " in " + in_quotes(section) +
                                        " is not usable: at most 40 letters, digits, \"-\" and \"_\"");
  return false;
}

}  // namespace mailprobe::app
