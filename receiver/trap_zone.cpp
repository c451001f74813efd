#include "receiver/trap_zone.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/encoding.h"
#include "evidence/traps.h"

namespace mailprobe::receiver {

namespace trap = evidence::trap;

namespace {

constexpr std::string_view policy_id = "1";

/// Of nothing that anybody has a key or a record for.
std::string digest_of_nothing(std::string_view what) { return hex(sha256("mailprobe: nobody's " + std::string(what))); }

std::string line(const std::string& owner, std::string_view type, const std::string& data) {
  return fmt::format("{:<48} IN {:<4} {}\n", owner + ".", type, data);
}

std::string address_line(const std::string& owner, const IpAddress& address) {
  return line(owner, address.v6 ? "AAAA" : "A", address.text());
}

/// Mail domain and host at once; nothing is ever sent from it (RFC 7208 §10.1.2).
std::string host_lines(const TrapHost& host, const std::string& name) {
  return line(name, "MX", "10 " + name + ".") + address_line(name, host.address) + line(name, "TXT", "\"v=spf1 -all\"");
}

/// Where mail comes in for others (RFC 7672 §3), whatever port we listen at behind that.
std::string tlsa_line(const std::string& name, const std::string& digest) {
  return line("_25._tcp." + name, "TLSA", "3 1 1 " + digest);
}

std::string policy_lines(const TrapZone& zone, const std::string& name) {
  if (!zone.policy_host) return {};
  return line("_mta-sts." + name, "TXT", fmt::format("\"v=STSv1; id={};\"", policy_id)) +
         address_line("mta-sts." + name, *zone.policy_host);
}

/// A zone cut whose DS belongs to no key: all below it is bogus (RFC 4035 §5.2).
std::string cut_lines(const TrapZone& zone, const std::string& name) {
  return line(name, "NS", zone.name_server + ".") + line(name, "DS", "4711 13 2 " + digest_of_nothing("zone"));
}

}  // namespace

Result<TrapZone> trap_zone_of(const Settings& settings, const Folder& folder) {
  const auto own = keep_trap_key(folder.trap_key());
  if (!own) return std::unexpected(own.error());
  TrapZone zone;
  zone.domain = settings.trap_domain;
  zone.hosts = settings.traps;
  zone.spki_sha256 = own->spki_sha256;
  if (settings.policy_host) zone.policy_host = settings.policy_host->address;
  const auto tls = std::ranges::find_if(  // the one that init publishes for TLS reports
      settings.reports, [](const Mailbox& address) { return address.text().starts_with("tlsrpt@"); });
  if (!settings.reports.empty())
    zone.reports = (tls == settings.reports.end() ? settings.reports.front() : *tls).text();
  zone.name_server = settings.dns.host.empty() ? settings.host : settings.dns.host;
  if (zone.name_server.empty()) zone.name_server = "ns." + settings.trap_domain;
  return zone;
}

std::string trap_records(const TrapZone& zone) {
  std::string text;
  for (const auto& host : zone.hosts) {
    const auto name = trap_domain(host.name, zone.domain);
    if (host.name == trap::bogus) {
      text += cut_lines(zone, name);
      continue;
    }
    text += host_lines(host, name);
    if (host.name == trap::dane_right) text += tlsa_line(name, zone.spki_sha256);
    if (host.name == trap::dane_wrong) text += tlsa_line(name, digest_of_nothing("key"));
    if (host.name == trap::sts_right || host.name == trap::sts_wrong) text += policy_lines(zone, name);
    if (zone.reports) text += line("_smtp._tls." + name, "TXT", "\"v=TLSRPTv1; rua=mailto:" + *zone.reports + "\"");
  }
  return text;
}

std::string bogus_zone(const TrapZone& zone) {
  std::string text;
  for (const auto& host : zone.hosts) {
    if (host.name != trap::bogus) continue;
    const auto name = trap_domain(host.name, zone.domain);
    text += line(name, "SOA", zone.name_server + ". hostmaster." + zone.domain + ". 1 3600 600 86400 60") +
            line(name, "NS", zone.name_server + ".") + host_lines(host, name);
  }
  return text;
}

Result<void> serve_bogus_zone(const TrapZone& zone, DnsSettings& dns) {
  auto records = bogus_zone(zone);
  if (records.empty()) return {};
  auto origin = trap_domain(trap::bogus, zone.domain);
  if (dns.zones.contains(origin))
    return fail(Failure::usage,
                "receiver.dns.zones: " + origin + " is not to be signed, and is served without a file: take it out");
  dns.unsigned_zones[std::move(origin)] = std::move(records);
  return {};
}

std::string trap_policy(std::string_view domain) {
  return fmt::format("version: STSv1\r\nmode: enforce\r\nmx: {}\r\nmx: {}\r\nmax_age: {}\r\n",
                     trap_domain(trap::sts_right, domain), trap_domain(trap::sts_wrong, domain),
                     evidence::policy_age.count());
}

}  // namespace mailprobe::receiver
