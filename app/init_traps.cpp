#include "app/init_traps.h"

#include <fmt/format.h>

#include "base/text.h"
#include "evidence/traps.h"
#include "receiver/trap_zone.h"

namespace mailprobe::app {

namespace {

constexpr std::uint8_t first_place = 11;                        // of the last octet
const IpAddress policy_place = IpAddress::v4({192, 0, 2, 30});  // RFC 5737: for documentation,
const IpAddress v6_place = *IpAddress::parse("2001:db8::16");   // RFC 3849: and so is this

/// Each trap has an address of its own: places that somebody has to fill in.
std::vector<receiver::TrapHost> places() {
  std::vector<receiver::TrapHost> all;
  all.reserve(evidence::trap_cases.size());
  for (const auto& one : evidence::trap_cases) {
    const auto octet = static_cast<std::uint8_t>(first_place + all.size());
    const bool v6 = one.name == evidence::trap::ipv6_only;
    all.push_back({std::string(one.name), v6 ? v6_place : IpAddress::v4({192, 0, 2, octet})});
  }
  return all;
}

Result<receiver::Settings> settings_of(const std::string& domain) {
  receiver::Settings settings;
  auto reports = Mailbox::parse("tlsrpt@" + domain);
  if (!reports) return std::unexpected(reports.error());
  settings.host = "mx." + domain;
  settings.reports = {std::move(*reports)};
  settings.traps = places();
  settings.trap_domain = domain;
  settings.policy_host = receiver::ListenAt{.address = policy_place, .port = 443};
  return settings;
}

std::string quoted_list(const std::vector<IpAddress>& ips) {
  std::string text;
  for (const auto& ip : ips) text += (text.empty() ? "\"" : ", \"") + ip.text() + "\"";
  return text;
}

std::string in_comments(const std::string& text) {
  std::string out;
  for (const auto line : split(text, '\n'))
    if (!line.empty()) out += "# " + std::string(line) + "\n";
  return out;
}

}  // namespace

std::string receiver_section(const std::string& domain, const std::vector<IpAddress>& ips) {
  auto text = fmt::format(
      "receiver:\n"
      "  listen: [{}]\n"
      "  certificate: tls/cert.pem              # for mx.{}; of the traps: see above\n"
      "  key: tls/key.pem                       # mode 0600\n"
      "  reflectors: [\"reflector@{}\"]          # probes to it are answered; without, nobody's (docs/reflector.md)\n",
      ips.empty() ? "\"192.0.2.10\"" : quoted_list(ips), domain, domain);
  text +=
      "  traps:                                 # an address of this host for each; leave out what you have none for\n";
  for (const auto& place : places()) text += fmt::format("    {}: \"{}\"\n", place.name, place.address.text());
  text += fmt::format("  policy_host: \"{}\"              # serves the traps' MTA-STS policy\n", policy_place.text());
  return "# To receive answers, bounces and reports (docs/receiver.md), and to try what a target enforces when it "
         "sends\n"
         "# (docs/traps.md). The addresses are examples. The certificate of the traps is for *." +
         domain +
         ",\n"
         "# mta-sts.trap-sts-right." +
         domain + " and mta-sts.trap-sts-wrong." + domain + " too.\n" + in_comments(text);
}

Result<std::string> trap_steps(const std::string& domain, const receiver::Folder& folder) {
  const auto settings = settings_of(domain);
  if (!settings) return std::unexpected(settings.error());
  const auto zone = receiver::trap_zone_of(*settings, folder);
  if (!zone) return std::unexpected(zone.error());
  return fmt::format(
      "\nTo see what a target enforces when it sends (docs/traps.md), afterwards and in this order. An address of "
      "this\n"
      "host goes in place of each 192.0.2.… and 2001:db8::…; \"mailprobe traps\" prints the records with yours.\n"
      "  1. receiver, with its traps, in the configuration, and mailprobe reflect running: it serves the MTA-STS "
      "policy.\n"
      "  2. This zone, not signed, at its name server: its DS below belongs to no key, so that it does not "
      "validate.\n\n"
      "{}\n"
      "  3. These records in the zone of {}, which has to be signed (DNSSEC). The key of the TLSA record is kept in\n"
      "     {}\n\n{}\n"
      "  4. mailprobe doctor, until it is content; then mailprobe send --to somebody@example.net --traps\n",
      receiver::bogus_zone(*zone), domain, folder.trap_key().string(), receiver::trap_records(*zone));
}

}  // namespace mailprobe::app
