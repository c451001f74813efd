#include "lab/zones.h"

#include <algorithm>
#include <set>

#include "base/encoding.h"
#include "dns/witness_names.h"
#include "evidence/negative_names.h"
#include "evidence/traps.h"
#include "lab/answers.h"
#include "lab/faults.h"
#include "lab/many.h"
#include "lab/policies.h"

namespace mailprobe::lab {

namespace {

constexpr std::string_view witness_key = "r1";  // what probe/dns_witness.h signs with
constexpr std::size_t max_string = 255;         // RFC 1035 §3.3.14: a TXT record is of strings no longer

std::string line(std::string_view owner, std::string_view type, std::string_view data) {
  return std::string(owner) + ". 300 IN " + std::string(type) + " " + std::string(data) + "\n";
}

std::string name_data(std::string_view name) { return std::string(name) + "."; }

std::string text_data(std::string_view text) {
  std::string data;
  for (; !text.empty(); text.remove_prefix(std::min(text.size(), max_string)))
    data += "\"" + std::string(text.substr(0, max_string)) + "\" ";
  return data;
}

std::string apex(std::string_view origin) {
  return line(origin, "SOA", "ns.lab.test. hostmaster.lab.test. 1 3600 600 86400 60") +
         line(origin, "NS", "ns.lab.test.");
}

std::string address(std::string_view owner, const IpAddress& ip) {
  return line(owner, ip.v6 ? "AAAA" : "A", ip.text());
}

bool stands_in(std::string_view name, std::string_view zone) { return name.ends_with("." + std::string(zone)); }

std::string mail_exchanger(std::string_view domain, int preference, std::string_view host) {
  return line(domain, "MX", std::to_string(preference) + " " + name_data(host));
}

/// psd=n: the tree walk of RFC 9989 §4.10 ends here.
std::string sender_policy(const std::string& domain, std::string_view spf) {
  return line(domain, "TXT", text_data(spf)) +
         line("_dmarc." + domain, "TXT", text_data("v=DMARC1; p=reject; psd=n; rua=mailto:postmaster@" + domain));
}

/// From which the probe sends what is to fail.
std::string negative_records(const std::string& domain) {
  auto records =
      line(std::string(evidence::revoked_selector) + "._domainkey." + domain, "TXT", text_data(evidence::revoked_key));
  for (const auto& [label, spf, dmarc] : evidence::negative_names(domain)) {
    const auto name = label + "." + domain;
    records += line(name, "TXT", text_data(spf)) + mail_exchanger(name, 10, probe_host);
    if (!dmarc.empty()) records += line("_dmarc." + name, "TXT", text_data(dmarc));
  }
  return records;
}

dns::ZoneText probe_zone(const Keys& keys, bool witness) {
  const std::string domain(probe_domain);
  auto records =
      apex(domain) + mail_exchanger(domain, 10, probe_host) + address(probe_host, probe_address) +
      sender_policy(domain, "v=spf1 " + (witness ? dns::witness_spf_term(dns::witness_zone(domain)) + " " : "") +
                                "ip4:" + probe_address.text() + " ip4:" + relay_address.text() + " -all") +
      line(probe_host, "TXT", text_data("v=spf1 a -all")) +
      line("_smtp._tls." + domain, "TXT", text_data("v=TLSRPTv1; rua=mailto:tlsrpt@" + domain));
  for (const auto& [selector, record] : keys.dkim_records)
    records += line(selector + "._domainkey." + domain, "TXT", text_data(record));
  records += negative_records(domain);
  if (witness) records += line(dns::witness_zone(domain), "NS", "ns.lab.test.");
  if (keys.traps) records += receiver::trap_records(*keys.traps);
  return {.origin = domain, .records = std::move(records), .sign = true};
}

/// Not signed, and the zone above says that it is.
dns::ZoneText bogus_trap_zone(const receiver::TrapZone& traps) {
  return {.origin = receiver::trap_domain(evidence::trap::bogus, traps.domain),
          .records = receiver::bogus_zone(traps),
          .sign = false};
}

dns::ZoneText witness_zone_of(const std::map<std::string, std::string>& dkim_records) {
  return {.origin = dns::witness_zone(probe_domain),
          .records = dns::witness_records("ns.lab.test"),
          .sign = false,
          .key = {},
          .made = dns::witness_names(dkim_records.at(std::string(witness_key)))};
}

dns::ZoneText weak_zone_of(const dns::Zone::Made& names) {
  return {.origin = std::string(weak_domain),
          .records = dns::witness_records("ns.lab.test"),
          .sign = false,
          .key = {},
          .made = names};
}

dns::ZoneText lab_zone() {
  return {.origin = "lab.test",
          .records = apex("lab.test") + address("ns.lab.test", dns_address) + address(relay_host, relay_address) +
                     address(imap_host, imap_address),
          .sign = true};
}

/// RFC 6698 §3, RFC 7671 §8.1.
std::string tlsa(const Host& host, const Keys& keys) {
  const auto record = [&](std::string_view digest) {
    return line("_25._tcp." + host.name, "TLSA", "3 1 1 " + std::string(digest));
  };
  const auto other = [&](std::string_view of) { return hex(sha256(std::string(of) + host.name)); };
  const auto own = keys.spki_sha256.find(host.name);
  if (own == keys.spki_sha256.end()) return {};
  switch (host.faults.tlsa) {
    case TlsaKind::none: break;
    case TlsaKind::good: return record(own->second);
    case TlsaKind::wrong: return record(other("another key of "));
    case TlsaKind::old: return record(other("the old key of "));
    case TlsaKind::old_and_new: return record(other("the old key of ")) + record(own->second);
  }
  return {};
}

/// RFC 8461 §3.1, RFC 8460 §3.
std::string transport_policy(const std::string& domain, const DomainPolicy& policy, const IpAddress& host) {
  return address("mta-sts." + domain, host) +
         line("_mta-sts." + domain, "TXT", text_data("v=STSv1; id=" + id_of(policy) + ";")) +
         line("_smtp._tls." + domain, "TXT", text_data("v=TLSRPTv1; rua=mailto:tls-reports@" + domain));
}

std::string mta_sts(const std::string& domain) {
  const auto* policy = policy_of(domain);
  return policy == nullptr ? "" : transport_policy(domain, *policy, policy_host_address(*policy));
}

/// By address where a host stands in another zone: who may send is to be known though that zone is bogus.
std::string senders_of(const std::string& domain) {
  for (const auto* host : hosts_of(domain))
    if (!stands_in(host->name, domain)) return "v=spf1 ip4:" + address_of(*host).text() + " -all";
  return "v=spf1 mx -all";
}

dns::ZoneText target_zone(const std::string& domain, const Keys& keys) {
  auto records = apex(domain) + sender_policy(domain, senders_of(domain)) + mta_sts(domain) +
                 line("_mailprobe." + domain, "TXT", text_data("mailprobe-consent=" + std::string(probe_domain)));
  for (const auto* host : hosts_of(domain)) records += mail_exchanger(domain, host->preference, host->name);
  for (const auto& host : hosts()) {
    if (!stands_in(host.name, domain)) continue;
    records += address(host.name, address_of(host)) + tlsa(host, keys);
    if (host.dead_beside) records += address(host.name, dead_address_of(host));
  }
  if (domain == "target.test" && !keys.answer_record.empty())
    records += line(std::string(answer_selector) + "._domainkey." + domain, "TXT", text_data(keys.answer_record));
  return {.origin = domain, .records = std::move(records), .sign = signing_of(domain) != Signing::none};
}

dns::ZoneText many_zone_of(std::size_t many) {
  const std::string origin(many_zone);
  auto records = apex(origin) + sender_policy(origin, "v=spf1 -all");
  for (const auto& pattern : pattern_hosts()) records += address(pattern.name, pattern_address(pattern));
  for (std::size_t number = 1; number <= many; ++number) {
    const auto domain = many_domain(number), host = many_host(number);
    records += mail_exchanger(domain, 10, host) + address(host, pattern_address(pattern_of(number))) +
               sender_policy(domain, "v=spf1 mx -all");
    if (many_has_policy(number)) records += transport_policy(domain, many_policy(), many_policy_address);
  }
  return {.origin = origin, .records = std::move(records), .sign = true};
}

dns::ZoneText reverse_zone() {
  const std::string origin = "53.127.in-addr.arpa";
  auto records = apex(origin);
  const auto pointer = [&](const IpAddress& ip, std::string_view name) {
    records += line(ip.reverse_name(), "PTR", name_data(name));
  };
  pointer(probe_address, probe_host);
  pointer(relay_address, relay_host);
  pointer(imap_address, imap_host);
  for (const auto& host : hosts()) {
    if (!host.ipv6) pointer(address_of(host), host.name);  // [::1] is localhost to every resolver
    if (host.dead_beside) pointer(dead_address_of(host), host.name);
  }
  for (const auto& pattern : pattern_hosts()) pointer(pattern_address(pattern), pattern.name);
  return {.origin = origin, .records = std::move(records), .sign = true};
}

}  // namespace

std::vector<dns::ZoneText> zones(const Keys& keys, std::size_t many, bool witness) {
  std::vector<dns::ZoneText> all{probe_zone(keys, witness), lab_zone(), reverse_zone()};
  if (witness) all.push_back(witness_zone_of(keys.dkim_records));
  if (keys.weak_names) all.push_back(weak_zone_of(keys.weak_names));
  if (keys.traps) all.push_back(bogus_trap_zone(*keys.traps));
  std::set<std::string> domains;
  for (const auto& host : hosts()) domains.insert(host.domain);
  for (const auto& domain : domains) all.push_back(target_zone(domain, keys));
  if (many > 0) all.push_back(many_zone_of(many));
  all.push_back({.origin = "test", .records = apex("test"), .sign = false});
  all.push_back({.origin = "", .records = apex(""), .sign = false});
  return all;
}

}  // namespace mailprobe::lab
