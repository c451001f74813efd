#include "app/config_files.h"
#include "app/config_sections.h"
#include "base/suggest.h"
#include "base/text.h"
#include "evidence/traps.h"

namespace mailprobe::app {

namespace {

constexpr std::uint16_t smtp_port = 25, https_port = 443, dns_port = 53;
constexpr long max_connections = 100'000;
constexpr long least_size = 64 * 1024;  // RFC 5321 §4.5.3.1.7
constexpr long most_size = 32 * 1024 * 1024;
constexpr long most_in_flight = 1024L * 1024 * 1024 * 1024;
constexpr long least_spool = 64L * 1024 * 1024, most_spool = 1024L * 1024 * 1024 * 1024;

std::optional<std::uint16_t> port_of(std::string_view text) {
  const auto number = parse_number(text);
  if (!number || *number == 0 || *number > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

/// ADDRESS, ADDRESS:PORT, [IPv6]:PORT.
std::optional<receiver::ListenAt> listen_at(std::string_view text, std::uint16_t usual) {
  if (const auto bare = IpAddress::parse(text)) return receiver::ListenAt{*bare, usual};
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = text.substr(0, colon);
  const bool brackets = host.starts_with('[') && host.ends_with(']');
  if (brackets) host = host.substr(1, host.size() - 2);
  const auto address = IpAddress::parse(host);
  const auto port = port_of(text.substr(colon + 1));
  if (!address || !port || address->v6 != brackets) return std::nullopt;
  return receiver::ListenAt{*address, *port};
}

std::vector<receiver::ListenAt> read_listen(Fields& fields, std::uint16_t usual, ConfigContext& context) {
  std::vector<receiver::ListenAt> all;
  for (const auto& word : fields.words("listen")) {
    if (const auto at = listen_at(word.text, usual))
      all.push_back(*at);
    else
      context.problems.add(word.line,
                           in_quotes(word.text) + " is no address and port: write one of this host's like 192.0.2.10:" +
                               std::to_string(usual) + ", or \"[2001:db8::1]:" + std::to_string(usual) + "\"");
  }
  return all;
}

std::string read_host(Fields& fields, ConfigContext& context, const std::string& helo) {
  const auto word = fields.word("host");
  if (!word) {
    if (helo.empty() && fields.node("listen") != nullptr)
      fields.missing("host", "the name of this host in its banner, like mx.probe.example.org");
    return helo;
  }
  const auto name = DomainName::parse(word->text);
  if (name) return name->text();
  context.problems.add(word->line, in_quotes(word->text) + " is no host name: write one like mx.probe.example.org");
  return {};
}

/// `certificate` and `key` of one map: both or none.
std::optional<receiver::CertificateFiles> read_pair(Fields& fields, ConfigContext& context) {
  const auto certificate = fields.word("certificate"), key = fields.word("key");
  if (certificate)
    if (auto ok = check_certificates(context.path(*certificate), "certificate file"); !ok)
      context.note(certificate->line, ok.error());
  if (key)
    if (auto ok = check_private_file(context.path(*key), "key file"); !ok) context.note(key->line, ok.error());
  if (certificate && !key) fields.missing("key", "the path of the certificate's private key, in PEM");
  if (key && !certificate) fields.missing("certificate", "the path of the key's certificate chain, in PEM");
  if (!certificate || !key) return std::nullopt;
  return receiver::CertificateFiles{context.path(*certificate).string(), context.path(*key).string()};
}

std::vector<receiver::CertificateFiles> read_certificates(Fields& fields, ConfigContext& context) {
  std::vector<receiver::CertificateFiles> all;
  if (auto first = read_pair(fields, context)) all.push_back(std::move(*first));
  const auto* others = fields.node("certificates");
  if (others == nullptr) return all;
  if (others->kind != YamlNode::Kind::list) {
    context.problems.add(others->line, "\"certificates\" is to be a list, not " + kind_of(*others) +
                                           ": write \"- {certificate: tls/b.pem, key: tls/b.key}\"");
    return all;
  }
  if (all.empty()) fields.missing("certificate", "the one for clients that ask for no name");
  for (const auto& item : others->items) {
    Fields one(item, "receiver.certificates", context.problems);
    if (auto pair = read_pair(one, context))
      all.push_back(std::move(*pair));
    else if (one.node("certificate") == nullptr && one.node("key") == nullptr)
      one.missing("certificate", "a path, and a \"key\" with it");
    one.finish();
  }
  return all;
}

std::vector<Mailbox> read_addresses(Fields& fields, const std::string& key, ConfigContext& context) {
  std::vector<Mailbox> all;
  for (const auto& word : fields.words(key))
    if (auto address = read_address(word, context)) all.push_back(std::move(*address));
  return all;
}

/// Zones that are served and signed: an origin, and its master file.
std::map<std::string, std::string> read_zones(Fields& fields, ConfigContext& context) {
  std::map<std::string, std::string> zones;
  for (const auto& member : fields.members("zones")) {
    const auto origin = DomainName::parse(member.key);
    if (!origin) {
      context.problems.add(member.line, in_quotes(member.key) + " is no zone: write a domain name");
      continue;
    }
    const auto path = context.path({.text = member.value.text, .line = member.line});
    if (auto ok = check_file(path, "zone file"); !ok) context.note(member.line, ok.error());
    zones[origin->text()] = path.string();
  }
  return zones;
}

receiver::DnsSettings read_dns(Fields& receiver, ConfigContext& context) {
  receiver::DnsSettings settings;
  const auto* node = receiver.node("dns");
  if (node == nullptr) return settings;
  Fields fields(*node, "receiver.dns", context.problems);
  settings.listen = read_listen(fields, dns_port, context);
  if (const auto word = fields.word("host")) {
    const auto name = DomainName::parse(word->text);
    if (name)
      settings.host = name->text();
    else
      context.problems.add(word->line, in_quotes(word->text) + " is no host name: write one like ns.probe.example.org");
  }
  settings.zones = read_zones(fields, context);
  if (const auto word = fields.word("log")) settings.log = context.path(*word).string();
  if (settings.log && !settings.listen.empty())
    context.problems.add(node->line,
                         "\"receiver.dns\" has both \"listen\" and \"log\": another name server's log is read "
                         "where we do not answer ourselves");
  if (const auto word = fields.word("weak_domain")) {
    const auto name = DomainName::parse(word->text);
    if (name)
      settings.weak_domain = name->text();
    else
      context.problems.add(word->line,
                           in_quotes(word->text) + " is no domain: write one of yours that has nothing else");
    if (!settings.wanted())
      context.problems.add(word->line, "\"weak_domain\" is served by us: it needs \"listen\" beside it");
  }
  fields.finish();
  return settings;
}

std::string trap_names() {
  std::string all;
  for (const auto& one : evidence::trap_cases) all += (all.empty() ? "" : ", ") + std::string(one.name);
  return all;
}

/// `traps: {CASE: ADDRESS}`.
std::vector<receiver::TrapHost> read_traps(Fields& fields, ConfigContext& context) {
  std::vector<receiver::TrapHost> all;
  for (const auto& [key, line, column, value] : fields.members("traps")) {
    const auto at = listen_at(value.text, smtp_port);
    if (evidence::find_trap(key) == nullptr)
      context.problems.add(line, in_quotes(key) + " is no trap: there are " + trap_names());
    else if (value.kind != YamlNode::Kind::scalar || !at)
      context.problems.add(
          line, "the trap " + in_quotes(key) + " needs an address of this host that is its alone, like 192.0.2.11");
    else if (key == evidence::trap::ipv6_only && !at->address.v6)
      context.problems.add(line, "the trap " + in_quotes(key) + " needs an IPv6 address, like 2001:db8::16");
    else
      all.push_back({key, at->address, at->port});
  }
  return all;
}

std::optional<receiver::ListenAt> read_policy_host(Fields& fields, ConfigContext& context) {
  const auto word = fields.word("policy_host");
  if (!word) return std::nullopt;
  auto at = listen_at(word->text, smtp_port);
  if (!at) context.problems.add(word->line, in_quotes(word->text) + " is no address: write one like 192.0.2.20");
  if (at && at->port == smtp_port) at->port = https_port;
  return at;
}

}  // namespace

receiver::Settings read_receiver(Fields& file, ConfigContext& context, const std::string& helo) {
  receiver::Settings settings;
  const auto* node = file.node("receiver");
  if (node == nullptr) return settings;
  Fields fields(*node, "receiver", context.problems);
  settings.listen = read_listen(fields, smtp_port, context);
  settings.host = read_host(fields, context, helo);
  settings.certificates = read_certificates(fields, context);
  const auto count = [&](const std::string& key, std::size_t otherwise, long min, long max) {
    return static_cast<std::size_t>(fields.number(key, static_cast<long>(otherwise), min, max));
  };
  settings.connections = count("connections", settings.connections, 1, max_connections);
  settings.per_client = count("connections_per_client", settings.per_client, 1, max_connections);
  settings.max_size = count("max_size", settings.max_size, least_size, most_size);
  settings.in_flight = count("in_flight", settings.in_flight, least_size, most_in_flight);
  settings.keep.age = fields.duration("keep_for", settings.keep.age);
  settings.keep.size = count("keep_size", settings.keep.size, least_spool, most_spool);
  settings.judge_for = fields.duration("judge_for", settings.judge_for);
  settings.reports = read_addresses(fields, "reports", context);
  settings.reflectors = read_addresses(fields, "reflectors", context);
  settings.dns = read_dns(fields, context);
  settings.traps = read_traps(fields, context);
  settings.policy_host = read_policy_host(fields, context);
  fields.finish();
  return settings;
}

}  // namespace mailprobe::app
