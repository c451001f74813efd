// published.spf, published.dmarc: the records as found, valid or not, strict or not.
#include <algorithm>

#include "auth/dmarc_record.h"
#include "auth/spf_record.h"
#include "base/text.h"
#include "evidence/findings.h"

namespace mailprobe::evidence {

namespace {

using auth::SpfMechanism;
using auth::SpfOutcome;
using enum Verdict;

constexpr std::string_view report_label = "._report._dmarc.";
constexpr int max_lookups = 10;  // RFC 7208 §4.6.4

int lookups_of(const auth::SpfRecord& record) {
  const auto terms = std::ranges::count_if(record.terms, [](const auth::SpfTerm& term) {
    return term.mechanism != SpfMechanism::all && term.mechanism != SpfMechanism::ip4 &&
           term.mechanism != SpfMechanism::ip6;
  });
  return static_cast<int>(terms) + (record.redirect ? 1 : 0);
}

/// What the record says of everybody else: its `all`, else neutral (RFC 7208 §4.7). Terms behind `all` are not read.
SpfOutcome of_the_rest(const auth::SpfRecord& record) {
  const auto all = std::ranges::find(record.terms, SpfMechanism::all, &auth::SpfTerm::mechanism);
  return all == record.terms.end() ? SpfOutcome::neutral : all->qualifier;
}

Judgement judge_spf_record(const auth::SpfRecord& record) {
  const auto rest = of_the_rest(record);
  const bool has_all = std::ranges::count(record.terms, SpfMechanism::all, &auth::SpfTerm::mechanism) > 0;
  if (const auto lookups = lookups_of(record); lookups > max_lookups)
    return {.verdict = fail,
            .summary = "The SPF record needs " + std::to_string(lookups) + " look-ups by itself, more than 10.",
            .advice = "Replace includes and names by addresses, or split the senders over subdomains."};
  if (rest == SpfOutcome::pass)
    return {.verdict = fail,
            .summary = "The SPF record ends in +all: everybody may send for the domain.",
            .advice = "End the record in -all or ~all."};
  if (rest == SpfOutcome::neutral && !(record.redirect && !has_all))
    return {.verdict = warn,
            .summary = "The SPF record says nothing about other senders: it does not end in -all or ~all.",
            .advice = "End the record in -all or ~all."};
  if (std::ranges::count(record.terms, SpfMechanism::ptr, &auth::SpfTerm::mechanism) > 0)  // RFC 7208 §5.5
    return {.verdict = warn,
            .summary = "The SPF record uses ptr, which is slow and should not be used.",
            .advice = "Name the addresses by ip4, ip6, a or mx."};
  const auto end = has_all ? (rest == SpfOutcome::fail ? "-all" : "~all") : "a redirect";
  return {.verdict = pass, .summary = std::string("The SPF record is valid and ends in ") + end + "."};
}

Judgement judge_spf(const std::optional<std::string>& record) {
  if (!record)
    return {.verdict = fail,
            .summary = "The domain publishes no SPF record.",
            .advice = "Publish one that names who may send; \"v=spf1 -all\" where nobody may."};
  if (record->find('\n') != std::string::npos)  // RFC 7208 §4.5
    return {.verdict = fail,
            .summary = "The domain publishes several SPF records, which is a permanent error.",
            .advice = "Merge them into one."};
  const auto read = auth::parse_spf(*record);
  if (!read)
    return {.verdict = fail,
            .summary = "The SPF record is not valid: " + plain(read.error().message, 200) + ".",
            .advice = "Correct the record."};
  return judge_spf_record(*read);
}

/// ", rua=mailto:a@example.org": the first of them, and how many more.
std::string report_words(std::string_view tag, const std::vector<auth::ReportUri>& uris) {
  if (uris.empty()) return {};
  const auto more = uris.size() == 1 ? "" : " and " + std::to_string(uris.size() - 1) + " more";
  return ", " + std::string(tag) + "=" + plain(uris.front().uri, 120) + more;
}

std::string dmarc_words(const auth::DmarcRecord& record) {
  auto text = "p=" + std::string(word(record.policy));
  if (record.subdomains) text += ", sp=" + std::string(word(*record.subdomains));
  if (record.non_existent) text += ", np=" + std::string(word(*record.non_existent));
  text += report_words("rua", record.rua) + report_words("ruf", record.ruf);
  if (!record.ruf.empty()) text += ", fo=" + plain(record.failure_options, 20);  // RFC 9989 §4.7: idle without ruf=
  return text;
}

Judgement judge_dmarc_record(const auth::DmarcRecord& record) {
  Judgement out{.verdict = pass, .summary = "The DMARC record is valid: " + dmarc_words(record) + "."};
  if (!record.problems.empty()) {
    std::vector<std::string> problems;
    problems.reserve(record.problems.size());
    for (const auto& problem : record.problems) problems.push_back(plain(problem, 120));
    return {.verdict = warn,
            .summary = "The DMARC record is used, but not all of it: " + listed(problems) + ".",
            .advice = "Correct the record."};
  }
  if (record.policy == auth::DmarcPolicy::none)
    return {.verdict = warn,
            .summary = "The DMARC record only watches: " + dmarc_words(record) + ".",
            .advice = "Go to p=quarantine or p=reject once the reports show that own mail passes."};
  if (record.testing)  // RFC 9989 §4.7
    return {.verdict = warn,
            .summary = "The DMARC record is in test mode: t=y makes " + dmarc_words(record) + " one level milder.",
            .advice = "Remove t=y once the reports show that own mail passes."};
  if (record.rua.empty()) out.summary = "The DMARC record is valid, without reports: " + dmarc_words(record) + ".";
  return out;
}

Judgement judge_dmarc(const std::optional<std::string>& record) {
  if (!record)
    return {.verdict = fail,
            .summary = "The domain publishes no DMARC record.",
            .advice = "Publish one at _dmarc; \"v=DMARC1; p=none; rua=mailto:…\" to begin with."};
  if (record->find('\n') != std::string::npos)  // RFC 9989 §4.10
    return {.verdict = fail,
            .summary = "The domain publishes several DMARC records, so none counts.",
            .advice = "Leave one of them."};
  const auto read = auth::parse_dmarc_record(*record);
  if (!read)
    return {.verdict = fail,
            .summary = "The DMARC record is not valid: " + plain(read.error().message, 200) + ".",
            .advice = "Correct the record."};
  return judge_dmarc_record(*read);
}

/// RFC 9990 §4: receivers send no reports to a host elsewhere that has not agreed. Said where nothing else is wrong.
void judge_agreements(const Document& document, Judgement& judgement) {
  std::vector<std::string> missing;
  for (const auto& [name, record] : document.target.policies)
    if (name.contains(report_label) && !record) {
      missing.push_back(plain(name, 256));
      judgement.evidence.push_back(pointer("target", "policies", name));
    }
  if (missing.empty() || judgement.verdict != pass) return;
  judgement.verdict = warn;
  judgement.summary =
      "The DMARC record is valid, but reports do not get where it wants them: no agreement at " + listed(missing) + ".";
  judgement.advice = "Let the host that is to receive the reports publish \"v=DMARC1\" there, or name another.";
}

Judgement not_looked_up(std::string_view what, const Target& target) {
  return {.verdict = inconclusive,
          .summary = "The " + std::string(what) + " record could not be looked up.",
          .cause = target.cause.value_or(Cause::dns_failure),
          .advice = "Run it again; where it stays, see whether the domain's name servers answer."};
}

using Judge = Judgement (*)(const std::optional<std::string>& record);

void check(const Document& document, const char* name, std::string_view check, std::string_view what, Judge judge,
           Findings& findings) {
  const auto& policies = document.target.policies;
  const auto found = policies.find(name);
  auto judgement = found == policies.end() ? not_looked_up(what, document.target) : judge(found->second);
  judgement.evidence = {pointer("target", "policies", name)};
  if (judge == judge_dmarc) judge_agreements(document, judgement);
  findings.add(check, domain_subject(document.target.domain), std::move(judgement));
}

}  // namespace

/// A run that looked up neither did not come to it, or meant a server and not a domain.
void judge_policies(const Document& document, Findings& findings) {
  if (document.target.policies.empty() && !of_inspect(document)) return;
  if (of_doctor(document) || document.target.shape == MxShape::nxdomain) return;
  check(document, "spf", "published.spf", "SPF", judge_spf, findings);
  check(document, "dmarc", "published.dmarc", "DMARC", judge_dmarc, findings);
}

}  // namespace mailprobe::evidence
