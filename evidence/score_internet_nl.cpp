#include "evidence/score_internet_nl.h"

#include <algorithm>

#include "auth/dmarc_record.h"
#include "auth/spf_record.h"
#include "base/tls_profile.h"
#include "evidence/checks_tls.h"

namespace mailprobe::evidence {

namespace {

constexpr std::string_view profile = "internet-nl";

bool has_ipv6(const std::vector<std::string>& addresses) {
  return std::ranges::any_of(addresses, [](const std::string& ip) { return ip.contains(':'); });
}

Protection mx_addresses(const Document& document) {
  Tally out;
  for (const auto& host : document.target.mx) {
    if (host.addresses.empty()) continue;
    std::vector<std::string> addresses;
    addresses.reserve(host.addresses.size());
    for (const auto& address : host.addresses) addresses.push_back(address.ip);
    ++(has_ipv6(addresses) ? out.yes : out.no);
  }
  return protection("IPv6 address of each MX host", out);
}

/// internet.nl asks for two. A domain that does not exist has none.
Protection name_servers(const Document& document) {
  constexpr std::ptrdiff_t wanted = 2;
  Tally out;
  if (document.target.ns && !document.target.ns->empty()) {
    const auto with =
        std::ranges::count_if(*document.target.ns, [](const NameServer& server) { return has_ipv6(server.addresses); });
    ++(with >= wanted ? out.yes : out.no);
  }
  return protection("IPv6 address of two name servers", out);
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

using Kinds = std::vector<std::string_view>;  // as TlsLevelOf has them

const TlsSurvey* survey_for(const Document& document, const Finding& finding) {
  for (const auto& tried : tried_addresses(document))
    if (address_subject(tried.attempt) == finding.subject) return survey_of(tried);
  return nullptr;
}

/// Since 1.11 by the NCSC's levels of 2025-05: what is insufficient fails, what is to be phased out is a notice.
Held by_levels(const TlsSurvey& survey, const Kinds& kinds, const Finding& finding) {
  auto held = by_verdict(finding) == Held::unknown ? Held::unknown : Held::yes;
  for (const auto& of : ncsc_levels(survey))
    if (std::ranges::find(kinds, of.what) != kinds.end() && of.level == TlsLevel::insufficient) held = Held::no;
  return held;
}

/// Without a survey only the one session is known.
Judge levels_of(const Document& document, Kinds kinds) {
  return [&document, kinds = std::move(kinds)](const Finding& finding) {
    const auto* survey = survey_for(document, finding);
    return survey == nullptr ? by_verdict(finding) : by_levels(*survey, kinds, finding);
  };
}

/// It asks for the extended master secret too, and does not know encrypt-then-MAC.
Judge settings_of(const Document& document) {
  return [&document](const Finding& finding) {
    const auto* survey = survey_for(document, finding);
    if (survey == nullptr) return by_verdict(finding);
    return survey->extended_master_secret == false ? Held::no : by_levels(*survey, {"settings"}, finding);
  };
}

/// What a server without STARTTLS cannot have is missing there, not unknown.
Protection behind_starttls(const Document& document, std::string_view name, std::string_view check,
                           const Judge& judge = by_verdict) {
  auto out = tally(document, check, judge);
  if (out.yes + out.no == 0) out.no += tally(document, "inbound.starttls").no;
  return protection(name, out);
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
                  behind_starttls(document, "TLS versions", "inbound.tls-version", levels_of(document, {"versions"})),
                  behind_starttls(document, "ciphers and key exchange", "inbound.tls-cipher",
                                  levels_of(document, {"suites", "groups", "hashes", "DH prime"})),
                  behind_starttls(document, "hygiene", "inbound.tls-hygiene", settings_of(document)),
                  behind_starttls(document, "certificate", "inbound.certificate"),
                  protection(document, "TLSA records", "published.dane", rollover_too),
                  protection(document, "TLSA records match", "inbound.dane")}),
  };
}

}  // namespace mailprobe::evidence
