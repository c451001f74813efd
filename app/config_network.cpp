#include "app/config_files.h"
#include "app/config_sections.h"
#include "base/safe_text.h"
#include "base/suggest.h"
#include "base/text.h"

namespace mailprobe::app {

namespace {

std::optional<std::uint16_t> port_of(std::string_view text) {
  const auto number = parse_number(text);
  if (!number || *number == 0 || *number > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

std::string read_helo(Fields& file, ConfigContext& context) {
  const auto word = file.word("helo");
  if (!word) {
    if (context.needs.keys && context.needs.session)
      file.missing("helo", "the name of this host, with an address record of its own");
    return {};
  }
  const auto name = DomainName::parse(word->text);
  if (name) return name->text();
  context.problems.add(word->line, in_quotes(word->text) + " is no host name (" + name.error().message +
                                       "): write one like mx.probe.example.org");
  return {};
}

std::vector<IpAddress> read_source_ips(Fields& file, ConfigContext& context) {
  std::vector<IpAddress> addresses;
  for (const auto& word : file.words("source_ips")) {
    if (const auto ip = IpAddress::parse(word.text))
      addresses.push_back(*ip);
    else
      context.problems.add(word.line,
                           in_quotes(word.text) + " is no IP address: write one of this host's, like 192.0.2.10");
  }
  return addresses;
}

/// HOST:PORT; the address of an IPv6 host stands in brackets.
bool host_and_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || !port_of(text.substr(colon + 1))) return false;
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']'))
    return IpAddress::parse(host.substr(1, host.size() - 2)).has_value();
  return IpAddress::parse(host) || DomainName::parse(host);
}

std::string read_control(Fields& file, ConfigContext& context) {
  const auto word = file.word("control");
  if (!word) return {};
  if (!host_and_port(word->text))
    context.problems.add(word->line, in_quotes(word->text) + " is no server: write HOST:25 of a host of your own");
  return word->text;
}

/// HOST or HOST:PORT.
std::string read_clock(Fields& file, ConfigContext& context) {
  const auto word = file.word("clock");
  if (!word) return {};
  if (!host_and_port(word->text) && !IpAddress::parse(word->text) && !DomainName::parse(word->text))
    context.problems.add(word->line, in_quotes(word->text) + " is no NTP server: write a host like ntp.example.org");
  return word->text;
}

std::vector<std::string> read_blocklists(Fields& file, ConfigContext& context) {
  std::vector<std::string> zones;
  for (const auto& word : file.words("blocklists")) {
    if (const auto zone = DomainName::parse(word.text))
      zones.push_back(zone->text());
    else
      context.problems.add(word.line,
                           in_quotes(word.text) + " is no zone of a block list: write one like bl.example.org");
  }
  return zones;
}

std::map<std::uint16_t, std::uint16_t> read_ports(Fields& file, ConfigContext& context) {
  std::map<std::uint16_t, std::uint16_t> ports;
  for (const auto& member : file.members("ports")) {
    const auto from = port_of(member.key), to = port_of(member.value.text);
    if (from && to && member.value.kind == YamlNode::Kind::scalar)
      ports[*from] = *to;
    else
      context.problems.add(member.line,
                           "\"ports\" maps a port to another one, for loopback addresses: write {25: 2525}");
  }
  return ports;
}

/// yes or no; `otherwise` where nothing is said.
bool read_switch(Fields& fields, const std::string& key, bool otherwise, ConfigContext& context) {
  const auto word = fields.word(key);
  if (!word) return otherwise;
  if (word->text == "true" || word->text == "yes") return true;
  if (word->text != "false" && word->text != "no")
    context.problems.add(word->line, "\"" + fields.where() + "." + key + "\" is a switch: write true or false");
  return false;
}

bool read_private_policy_hosts(Fields& file, ConfigContext& context) {
  const auto* node = file.node("mta_sts");
  if (node == nullptr) return false;
  Fields fields(*node, "mta_sts", context.problems);
  const bool allowed = read_switch(fields, "private_addresses", false, context);
  fields.finish();
  return allowed;
}

std::string read_ca_file(Fields& file, ConfigContext& context) {
  const auto* node = file.node("tls");
  if (node == nullptr) return {};
  Fields fields(*node, "tls", context.problems);
  const auto word = fields.word("ca_file");
  fields.finish();
  if (!word) return {};
  const auto path = context.path(*word);
  if (auto ok = check_certificates(path, "CA file"); !ok) context.note(word->line, ok.error());
  return path.string();
}

/// What libunbound takes: an address, and a port after "@".
bool is_server(std::string_view text) {
  const auto at = text.find('@');
  return IpAddress::parse(text.substr(0, at)) && (at == std::string_view::npos || port_of(text.substr(at + 1)));
}

void check_server(const std::string& text, int line, ConfigContext& context) {
  if (!is_server(text))
    context.problems.add(line,
                         in_quotes(text) + " is no name server: write an address like 192.0.2.53 or 192.0.2.53@5353");
}

std::map<std::string, std::string> read_stubs(Fields& resolver, ConfigContext& context) {
  std::map<std::string, std::string> stubs;
  for (const auto& member : resolver.members("stubs")) {
    const bool root = member.key == ".";
    const auto zone = DomainName::parse(root ? "root" : member.key);
    if (!zone) context.problems.add(member.line, in_quotes(member.key) + " is no zone: write a domain name, or .");
    check_server(member.value.text, member.line, context);
    if (zone) stubs[root ? "" : zone->text()] = member.value.text;
  }
  return stubs;
}

dns::ResolverMode read_mode(Fields& resolver, ConfigContext& context) {
  const auto word = resolver.word("mode");
  if (word && word->text == "system") return dns::ResolverMode::system;
  if (word && word->text != "validate")
    context.problems.add(word->line, "there is no mode " + in_quotes(word->text) + ": write validate or system");
  return dns::ResolverMode::validate;
}

std::string read_anchor_file(Fields& resolver, ConfigContext& context) {
  const auto word = resolver.word("trust_anchor_file");
  const auto path = word ? context.path(*word) : std::filesystem::path(default_anchor);
  const auto ok = check_content(path, "trust anchor file", {"DS", "DNSKEY"},
                                "holds no DS and no DNSKEY record: Debian's is " + std::string(default_anchor));
  if (ok) return path.string();
  if (word) context.note(word->line, ok.error());
  return {};
}

}  // namespace

void read_network(Fields& file, ConfigContext& context, probe::Settings& settings) {
  settings.helo = read_helo(file, context);
  settings.source_ips = read_source_ips(file, context);
  settings.control = read_control(file, context);
  settings.clock = read_clock(file, context);
  settings.blocklists = read_blocklists(file, context);
  settings.ports = read_ports(file, context);
  settings.ca_file = read_ca_file(file, context);
  settings.private_policy_hosts = read_private_policy_hosts(file, context);
}

dns::ResolverOptions read_resolver(Fields& file, ConfigContext& context) {
  static const YamlNode nothing;
  const auto* node = file.node("resolver");
  Fields fields(node != nullptr ? *node : nothing, "resolver", context.problems);
  dns::ResolverOptions options;
  options.mode = read_mode(fields, context);
  for (const auto& word : fields.words("forward")) {
    check_server(word.text, word.line, context);
    options.forward.push_back(word.text);
  }
  for (const auto& ip : read_source_ips(fields, context)) options.source_ips.push_back(ip.text());
  options.stubs = read_stubs(fields, context);
  options.trust_anchor_file = read_anchor_file(fields, context);
  fields.finish();
  return options;
}

probe::Limits read_limits(Fields& file, ConfigContext& context) {
  probe::Limits limits;
  const auto* node = file.node("limits");
  if (node == nullptr) return limits;
  Fields fields(*node, "limits", context.problems);
  const auto count = [&](const std::string& key, int otherwise, long max) {
    return static_cast<int>(fields.number(key, otherwise, 1, max));
  };
  limits.connections_per_mx = count("connections_per_mx", limits.connections_per_mx, 100);
  limits.per_minute_per_mx = count("per_minute_per_mx", limits.per_minute_per_mx, 10'000);
  limits.per_day_per_recipient = count("per_day_per_recipient", limits.per_day_per_recipient, 100'000);
  limits.wait = fields.duration("wait", limits.wait);
  limits.trap_wait = fields.duration("trap_wait", limits.trap_wait);
  fields.finish();
  return limits;
}

}  // namespace mailprobe::app
