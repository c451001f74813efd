#include "evidence/score_internet_nl.h"

#include <algorithm>

#include "auth/dmarc_record.h"
#include "auth/spf_record.h"

namespace mailprobe::evidence {

namespace {

constexpr std::string_view profile = "internet-nl";

bool has_ipv6(const std::vector<std::string>& addresses) {
  return std::ranges::any_of(addresses, [](const std::string& ip) { return ip.contains(':'); });
}

Protection counted(std::string_view name, const Tally& counted) {
  return {.name = name, .held = counted.held(100), .why = std::string(name) + ": " + standing(counted)};
}

Protection mx_addresses(const Document& document) {
  Tally out;
  for (const auto& host : document.target.mx) {
    if (host.addresses.empty()) continue;
    std::vector<std::string> addresses;
    for (const auto& address : host.addresses) addresses.push_back(address.ip);
    ++(has_ipv6(addresses) ? out.yes : out.no);
  }
  return counted("IPv6 address of each MX host", out);
}

/// internet.nl asks for two.
Protection name_servers(const Document& document) {
  constexpr std::ptrdiff_t wanted = 2;
  Tally out;
  if (document.target.ns) {
    const auto with =
        std::ranges::count_if(*document.target.ns, [](const NameServer& server) { return has_ipv6(server.addresses); });
    ++(with >= wanted ? out.yes : out.no);
  }
  return counted("IPv6 address of two name servers", out);
}

/// Published at all, whatever is found wrong with it but that it does not read.
template <class Parse>
Protection published(const Document& document, std::string_view name, std::string_view policy, std::string_view check,
                     Parse parse) {
  return protection(document, name, check, [&](const Finding& finding) {
    const auto found = document.target.policies.find(std::string(policy));
    const bool there = found != document.target.policies.end() && found->second && parse(*found->second);
    return there ? Held::yes : by_verdict(finding);
  });
}

/// What a server without STARTTLS cannot have is missing there, not unknown.
Protection behind_starttls(const Document& document, std::string_view name, std::string_view check) {
  auto out = tally(document, check);
  if (out.yes + out.no == 0) out.no += tally(document, "inbound.starttls").no;
  return counted(name, out);
}

/// A pair of records as in a change of keys is in place as well.
Held rollover_too(const Finding& finding) { return finding.verdict == Verdict::info ? Held::yes : by_verdict(finding); }

}  // namespace

std::vector<Score> score_internet_nl(const Document& document) {
  const std::string of(profile);
  return {
      percentage(of, "IPv6",
                 {name_servers(document), mx_addresses(document),
                  protection(document, "MX hosts answer over IPv6", "inbound.ipv6")}),
      percentage(of, "DNSSEC",
                 {protection(document, "the domain", "published.dnssec"),
                  protection(document, "the MX hosts", "published.mx-dnssec")}),
      percentage(of, "DMARC, DKIM and SPF",
                 {published(document, "DMARC record", "dmarc", "published.dmarc", auth::parse_dmarc_record),
                  protection(document, "DMARC policy", "published.dmarc"),
                  protection(document, "DKIM of its mail", "outbound.dkim"),
                  published(document, "SPF record", "spf", "published.spf", auth::parse_spf),
                  protection(document, "SPF policy", "published.spf")}),
      percentage(of, "STARTTLS and DANE",
                 {protection(document, "STARTTLS", "inbound.starttls"),
                  behind_starttls(document, "TLS versions", "inbound.tls-version"),
                  behind_starttls(document, "ciphers and key exchange", "inbound.tls-cipher"),
                  behind_starttls(document, "hygiene", "inbound.tls-hygiene"),
                  behind_starttls(document, "certificate", "inbound.certificate"),
                  protection(document, "TLSA records", "published.dane", rollover_too),
                  protection(document, "TLSA records match", "inbound.dane")}),
  };
}

}  // namespace mailprobe::evidence
