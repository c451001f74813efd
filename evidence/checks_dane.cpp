// published.dane, inbound.dane: the TLSA records of each mail host, and whether its servers show what they say.
#include <algorithm>
#include <map>

#include "base/text.h"
#include "evidence/checks_tls.h"
#include "evidence/dane_match.h"
#include "evidence/findings.h"
#include "evidence/optional_dane.h"
#include "evidence/tried.h"

namespace mailprobe::evidence {

namespace {

using enum Verdict;

constexpr std::size_t most_records = 3;  // named in a sentence

std::string host_name(const MxHost& host) { return plain(host.host, 260); }

/// "3 1 1 0123456789ab…": enough to tell records apart.
std::string short_record(std::string_view record) {
  constexpr std::size_t shown = 18;
  return record.size() <= shown ? plain(record) : plain(record.substr(0, shown)) + "…";
}

std::string record_list(const std::vector<std::string>& records) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < records.size() && i < most_records; ++i) words.push_back(short_record(records[i]));
  if (records.size() > most_records) words.push_back(std::to_string(records.size() - most_records) + " more");
  return listed(words);
}

/// "3 1 1" out of "3 1 1 ab…".
std::string parameters_of(const std::string& record) { return record.substr(0, record.rfind(' ')); }

/// Two records of one kind: the present key's and the next one's (RFC 7671 §8.1).
bool has_rollover_pair(const MxHost& host) {
  std::map<std::string, int> kinds;
  for (const auto& record : host.tlsa)
    if (!is_unusable(*host.tlsa_lookup, record) && ++kinds[parameters_of(record)] > 1) return true;
  return false;
}

Judgement judge_usable(const MxHost& host) {
  const auto& lookup = *host.tlsa_lookup;
  auto summary = host_name(host) + " has " + count_of(host.tlsa.size(), "TLSA record") + " (" + record_list(host.tlsa) +
                 "), secure";
  if (lookup.base != host.host) summary += ", at " + plain(lookup.base, 260);
  if (!lookup.unusable.empty()) summary += "; " + std::to_string(lookup.unusable.size()) + " of them not usable";
  if (has_rollover_pair(host))
    return {.verdict = info, .summary = summary + "; a pair of one kind, as in a change of keys"};
  return {.verdict = pass, .summary = std::move(summary)};
}

Judgement judge_failed(const MxHost& host) {
  const auto& lookup = *host.tlsa_lookup;
  const auto why = plain(lookup.problem.value_or("no reason is known"), 300);
  if (lookup.cause == Cause::bogus)
    return {.verdict = fail,
            .summary = "DNSSEC validation of the TLSA records of " + host_name(host) + " fails: " + why,
            .cause = Cause::bogus,
            .advice = "Repair the zone: senders that know DANE send nothing to this host"};
  return {.verdict = inconclusive,
          .summary = "The TLSA records of " + host_name(host) + " could not be looked up: " + why,
          .cause = lookup.cause.value_or(Cause::dns_failure),
          .advice = "Let the name servers answer TLSA queries: senders that know DANE send nothing to this host"};
}

/// RFC 7672 §2.2.1. Never worse than without records: they are as they should be, or in nobody's way but that of the
/// senders who use them.
Judgement judge_optional(const MxHost& host) {
  auto summary = "The TLSA records of " + host_name(host) + " (" + record_list(host.tlsa) + ") are secure" +
                 (has_usable_tlsa(host) ? "" : ", though none can be used for mail") + "; but " +
                 std::string(unsigned_mx) +
                 ", so that senders need not heed them. Some do, as Postfix at the level dane.";
  return {.verdict = warn,
          .summary = std::move(summary),
          .advice = "Sign the domain's own zone with DNSSEC: then every sender that knows DANE heeds them"};
}

Judgement judge_insecure(const Target& target, const MxHost& host) {
  if (dane_is_optional(target, host)) return judge_optional(host);
  const auto why = plain(host.tlsa_lookup->problem.value_or("the TLSA records are not signed"), 200);
  if (host.tlsa_lookup->cause)
    return {.verdict = warn,
            .summary = "Whether " + host_name(host) +
                       " has TLSA records could not be looked up, and no sender has to know: " + why,
            .cause = host.tlsa_lookup->cause,
            .advice = "Let the name servers answer TLSA queries, and sign the zones with DNSSEC"};
  if (host.tlsa.empty())
    return {.verdict = warn,
            .summary = host_name(host) + " has no TLSA records, and without DNSSEC they would not count: " + why,
            .advice = "Sign the zones with DNSSEC, then publish a TLSA record 3 1 1"};
  return {.verdict = fail,
          .summary = "The TLSA records of " + host_name(host) + " do not count, for want of DNSSEC: " + why,
          .advice = "Sign the zones of the domain and of its mail hosts with DNSSEC"};
}

Judgement judge_published_dane(const Target& target, const MxHost& host) {
  switch (host.tlsa_lookup->state) {
    case TlsaState::usable: return judge_usable(host);
    case TlsaState::failed: return judge_failed(host);
    case TlsaState::insecure: return judge_insecure(target, host);
    case TlsaState::unusable:
      return {.verdict = fail,
              .summary =
                  "None of the TLSA records of " + host_name(host) + " can be used for mail: " +
                  plain(host.tlsa_lookup->unusable.empty() ? std::string{} : host.tlsa_lookup->unusable.front(), 200),
              .advice = "Publish a record 3 1 1 (RFC 7672 §3.1)"};
    case TlsaState::absent: break;
  }
  return {.verdict = warn,
          .summary = host_name(host) + " has no TLSA records",
          .advice = "Publish a TLSA record 3 1 1 at _25._tcp." + host_name(host)};
}

// --- what the servers show ------------------------------------------------------------------------------------------

bool optional(const MxHost& host) { return host.tlsa_lookup->state == TlsaState::insecure; }

/// There are records that a sender uses, because it has to or because it may (RFC 7672 §2.2.1).
bool is_compared(const Target& target, const MxHost& host) {
  if (host.tlsa_lookup->state == TlsaState::usable) return true;
  return dane_is_optional(target, host) && has_usable_tlsa(host);
}

Judgement judge_match(const MxHost& host, const DaneFacts& dane) {
  if (dane.result == "pass")
    return {.verdict = pass,
            .summary = "The TLSA record " + short_record(dane.matched.value_or("")) + " matches " +
                       matched_words(dane) +
                       (optional(host) ? ", for the senders that heed it where the MX records are not signed" : "")};
  return {
      .verdict = fail,
      .summary = (optional(host) ? "DANE fails for the senders that heed it though the MX records are not signed, as "
                                   "Postfix at the level dane: "
                                 : "DANE fails: ") +
                 plain(dane.detail, 200) + " (" + record_list(host.tlsa) + ")",
      .cause = dane.cause,
      .advice =
          "Publish the record of the certificate in use; before a change of keys publish that of the next one "
          "beside it (RFC 7671 §8.1)"};
}

/// Without TLS there is nothing to match, and mail that DANE protects does not go out.
Judgement judge_without_tls(const Attempt& attempt) {
  const auto why = plain(attempt.error.value_or("the session ended early"), 300);
  if (attempt.cause == Cause::unsupported)
    return {.verdict = fail,
            .summary = "There are TLSA records, but no TLS: " + why,
            .cause = attempt.cause,
            .advice = "Offer STARTTLS"};
  return {.verdict = not_tested, .summary = "There was no TLS session: " + why, .cause = attempt.cause};
}

Judgement judge_session(const Target& target, const MxHost& host, const Attempt& attempt) {
  if (is_compared(target, host)) {
    if (!attempt.tls) return judge_without_tls(attempt);
    if (attempt.tls->dane) return judge_match(host, *attempt.tls->dane);
    return {.verdict = not_tested, .summary = "The TLSA records were not compared in this session"};
  }
  if (host.tlsa_lookup->state == TlsaState::failed)
    return {.verdict = not_tested,
            .summary = "The TLSA records could not be looked up, so there is nothing to compare the certificate with",
            .cause = host.tlsa_lookup->cause};
  return {.verdict = not_applicable, .summary = "DANE does not apply to " + host_name(host)};
}

/// RFC 7671 §8: the records have to match every chain that the server may show; which one it does is the sender's
/// choice (its signatures and suites), so that none is better than the others.
void judge_other_chains(const Target& target, const Tried& tried, Findings& findings) {
  if (!is_compared(target, *tried.host)) return;
  for (const auto& other : other_chains(tried)) {
    auto judgement = judge_session(target, *tried.host, other.shown);
    judgement.evidence = {other.at};
    findings.add("inbound.dane", certificate_subject(other.shown), std::move(judgement));
  }
}

}  // namespace

void judge_dane(const Document& document, Findings& findings) {
  const auto& hosts = document.target.mx;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    if (!hosts[i].tlsa_lookup) continue;
    auto judgement = judge_published_dane(document.target, hosts[i]);
    judgement.evidence = {pointer("target", "mx", i, "tlsa"), pointer("target", "mx", i, "tlsa_lookup")};
    findings.add("published.dane", mx_subject(hosts[i].host), std::move(judgement));
  }
  for (const auto& tried : tried_addresses(document)) {
    if (tried.host == nullptr || !tried.host->tlsa_lookup) continue;
    auto judgement = judge_session(document.target, *tried.host, tried.attempt);
    judgement.evidence = {tried.at + pointer(tried.attempt.tls ? "tls" : "error")};
    findings.add("inbound.dane", address_subject(tried.attempt), std::move(judgement));
    judge_other_chains(document.target, tried, findings);
  }
}

}  // namespace mailprobe::evidence
