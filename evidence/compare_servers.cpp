#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "evidence/compare_parts.h"
#include "evidence/findings.h"
#include "evidence/policy_names.h"
#include "evidence/tried.h"

namespace mailprobe::evidence {

namespace {

std::string day(Time time) { return rfc3339(std::chrono::floor<std::chrono::days>(time)).substr(0, 10); }

/// Something with a text that was there, is there, or is another.
void compare_texts(Difference about, const std::optional<std::string>& before, const std::optional<std::string>& after,
                   const std::string& name, Comparison& into) {
  if (before == after) return;
  about.before = before;
  about.after = after;
  about.summary = name + (!before ? " is new." : !after ? " is gone." : " is another than before.");
  into.changed.push_back(std::move(about));
}

// --- mail servers ---------------------------------------------------------------------------------------------------

const MxHost* host_of(const Document& document, std::string_view name) {
  const auto found = std::ranges::find(document.target.mx, name, &MxHost::host);
  return found == document.target.mx.end() ? nullptr : &*found;
}

std::optional<std::string> preference_of(const MxHost* host) {
  return host == nullptr ? std::nullopt : std::optional(std::to_string(host->preference));
}

/// The hosts of either, each once: those of `after` first, with its place there.
std::vector<std::pair<std::string, std::string>> hosts_of(const Document& before, const Document& after) {
  std::vector<std::pair<std::string, std::string>> hosts;
  const auto add = [&](const MxHost& host, std::string at) {
    if (std::ranges::find(hosts, host.host, &std::pair<std::string, std::string>::first) == hosts.end())
      hosts.emplace_back(host.host, std::move(at));
  };
  for (std::size_t h = 0; h < after.target.mx.size(); ++h) add(after.target.mx[h], pointer("target", "mx", h));
  for (const auto& host : before.target.mx) add(host, {});
  return hosts;
}

std::vector<std::string> places(const std::string& at) {
  return at.empty() ? std::vector<std::string>{} : std::vector{at};
}

void compare_addresses(const MxHost& before, const MxHost& after, const std::string& at, Comparison& into) {
  if (before.problem || after.problem) return;
  std::set<std::string> then, now;
  for (const auto& address : before.addresses) then.insert(address.ip);
  for (const auto& address : after.addresses) now.insert(address.ip);
  auto both = then;
  both.insert(now.begin(), now.end());
  const auto there = [](const std::set<std::string>& addresses, const std::string& ip) {
    return addresses.contains(ip) ? std::optional(ip) : std::nullopt;
  };
  for (const auto& ip : both)
    compare_texts({.what = "address", .subject = address_subject(after.host, ip), .evidence = {at}}, there(then, ip),
                  there(now, ip), "The address " + plain(ip, 60) + " of " + plain(after.host, 300), into);
}

std::optional<std::string> tlsa_text(const MxHost& host) {
  auto records = host.tlsa;
  std::ranges::sort(records);
  std::string text;
  for (const auto& record : records) text += (text.empty() ? "" : "\n") + record;
  return text.empty() ? std::nullopt : std::optional(text);
}

bool looked_up(const std::optional<TlsaLookup>& lookup) {
  return lookup && lookup->state != TlsaState::failed && !lookup->cause;
}

void compare_hosts(const Document& before, const Document& after, Comparison& into) {
  for (const auto shape : {before.target.shape, after.target.shape})
    if (shape == MxShape::failed || shape == MxShape::server) return;
  for (const auto& [name, at] : hosts_of(before, after)) {
    const auto* then = host_of(before, name);
    const auto* now = host_of(after, name);
    const auto shown = plain(name, 300);
    const auto both = then != nullptr && now != nullptr;
    compare_texts({.what = "mx", .subject = mx_subject(name), .evidence = places(at)}, preference_of(then),
                  preference_of(now), (both ? "The preference of " : "The mail server ") + shown, into);
    if (!both) continue;
    compare_addresses(*then, *now, at, into);
    if (looked_up(then->tlsa_lookup) && looked_up(now->tlsa_lookup))
      compare_texts({.what = "tlsa", .subject = mx_subject(name), .evidence = places(at)}, tlsa_text(*then),
                    tlsa_text(*now), "The set of TLSA records of " + shown, into);
  }
}

// --- records --------------------------------------------------------------------------------------------------------

std::optional<std::string> published(const std::optional<std::string>& record) {
  return record && !record->empty() ? record : std::nullopt;
}

void compare_records(const Document& before, const Document& after, Comparison& into) {
  for (const auto& [name, record] : after.target.policies) {
    const auto then = before.target.policies.find(name);
    if (then == before.target.policies.end()) continue;  // not looked up
    compare_texts({.what = "record",
                   .subject = domain_subject(after.target.domain),
                   .evidence = {pointer("target", "policies", name)}},
                  published(then->second), published(record), "The record " + plain(name, 300), into);
  }
}

void compare_name_servers(const Document& before, const Document& after, Comparison& into) {
  if (!before.target.ns || !after.target.ns) return;
  const auto text = [](const std::vector<NameServer>& servers) -> std::optional<std::string> {
    std::set<std::string> hosts;
    for (const auto& server : servers) hosts.insert(server.host);
    std::string all;
    for (const auto& host : hosts) all += (all.empty() ? "" : "\n") + host;
    return all.empty() ? std::nullopt : std::optional(all);
  };
  compare_texts(
      {.what = "name-servers", .subject = domain_subject(after.target.domain), .evidence = {pointer("target", "ns")}},
      text(*before.target.ns), text(*after.target.ns), "The set of name servers", into);
}

// --- certificates ---------------------------------------------------------------------------------------------------

struct Leaf {
  const Certificate* certificate = nullptr;
  std::string at;
};

/// By subject ("cert HOST IP ecdsa"): what sessions were shown, and what the survey got to see besides.
std::map<std::string, Leaf> leaves(const Document& document) {
  std::map<std::string, Leaf> all;
  for (const auto& tried : tried_addresses(document))
    if (tried.attempt.tls && !tried.attempt.tls->certificates.empty())
      all.emplace(certificate_subject(tried.attempt),
                  Leaf{&tried.attempt.tls->certificates.front(), tried.at + "/tls/certificates/0"});
  for (std::size_t h = 0; h < document.target.mx.size(); ++h) {
    const auto& host = document.target.mx[h];
    for (std::size_t a = 0; a < host.addresses.size(); ++a) {
      const auto& survey = host.addresses[a].survey;
      for (std::size_t c = 0; survey && c < survey->chains.size(); ++c)
        if (const auto& chain = survey->chains[c]; !chain.certificates.empty())
          all.emplace("cert" + address_subject(host.host, host.addresses[a].ip).substr(7) + " " + plain(chain.key, 20),
                      Leaf{&chain.certificates.front(),
                           pointer("target", "mx", h, "addresses", a, "survey", "chains", c, "certificates", 0UL)});
    }
  }
  return all;
}

void compare_certificates(const Document& before, const Document& after, Comparison& into) {
  const auto then = leaves(before);
  for (const auto& [subject, leaf] : leaves(after)) {
    const auto was = then.find(subject);
    if (was == then.end() || was->second.certificate->sha256 == leaf.certificate->sha256) continue;
    const auto& old = *was->second.certificate;
    const auto& now = *leaf.certificate;
    const bool same_key = old.spki_sha256 == now.spki_sha256;
    into.changed.push_back({.what = "certificate",
                            .subject = subject,
                            .check = {},
                            .probe = {},
                            .before = old.sha256,
                            .after = now.sha256,
                            .summary = fmt::format("A new certificate, valid until {} (the one before: {}), with {} "
                                                   "key, issued by {}.",
                                                   day(now.not_after), day(old.not_after),
                                                   same_key ? "the same" : "another", quoted(now.issuer)),
                            .evidence = {leaf.at}});
  }
}

// --- sessions -------------------------------------------------------------------------------------------------------

std::string parameters(const TlsFacts& tls) { return tls.cipher + (tls.group ? ", " + *tls.group : ""); }

void compare_tls(const TlsFacts& before, const TlsFacts& after, const Tried& tried, Comparison& into) {
  Difference made{
      .what = "tls-version",
      .subject = address_subject(tried.attempt),
      .check = {},
      .probe = {},
      .before = before.version,
      .after = after.version,
      .summary = fmt::format("The session has {} instead of {}.", plain(after.version, 20), plain(before.version, 20)),
      .evidence = {tried.at + "/tls/version"}};
  if (before.version != after.version) {  // "TLSv1" < "TLSv1.1" < "TLSv1.2"
    auto& list = after.version > before.version ? into.better : into.worse;
    list.push_back(std::move(made));
    return;
  }
  made.what = "tls-parameters";
  made.evidence = {tried.at + "/tls"};
  compare_texts(std::move(made), parameters(before), parameters(after), "What cipher and group were agreed on", into);
}

void compare_sessions(const Document& before, const Document& after, Comparison& into) {
  const auto all = tried_addresses(before);
  for (const auto& now : tried_addresses(after)) {
    const auto then = std::ranges::find_if(all, [&](const Tried& each) {
      return each.attempt.host == now.attempt.host && each.attempt.address == now.attempt.address &&
             each.of_inspect() == now.of_inspect();
    });
    if (then == all.end() || !then->attempt.tls || !now.attempt.tls) continue;
    compare_tls(*then->attempt.tls, *now.attempt.tls, now, into);
    if (then->attempt.phase != now.attempt.phase || then->attempt.outcome != now.attempt.outcome) continue;
    compare_times({.what = "session-time",
                   .subject = address_subject(now.attempt),
                   .summary = "The session",
                   .evidence = {now.at + "/duration_ms"}},
                  then->attempt.duration_ms, now.attempt.duration_ms, least_session_change_ms, into);
  }
}

}  // namespace

void compare_servers(const Document& before, const Document& after, Comparison& into) {
  compare_hosts(before, after, into);
  compare_records(before, after, into);
  compare_name_servers(before, after, into);
  compare_certificates(before, after, into);
  compare_sessions(before, after, into);
}

}  // namespace mailprobe::evidence
