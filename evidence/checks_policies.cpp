// published.spf, published.dmarc: the records as found, valid or not, strict or not.
#include <algorithm>

#include "auth/spf_record.h"
#include "base/text.h"
#include "evidence/dmarc_held.h"
#include "evidence/findings.h"

namespace mailprobe::evidence {

namespace {

using auth::SpfMechanism;
using auth::SpfOutcome;
using enum Verdict;

constexpr std::string_view report_label = "._report._dmarc.";
constexpr int max_lookups = 10;        // RFC 7208 §4.6.4
constexpr int max_void_lookups = 2;    // RFC 7208 §4.6.4
constexpr unsigned widest_prefix = 8;  // as the registries give to one holder

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

// --- SPF ------------------------------------------------------------------------------------------------------------

/// A record that has no survey: an older document.
auth::SpfSurvey own_terms_of(const auth::SpfRecord& record) {
  auth::SpfSurvey survey;
  survey.lookups = lookups_of(record);
  const bool has_all = std::ranges::count(record.terms, SpfMechanism::all, &auth::SpfTerm::mechanism) > 0;
  if (has_all || !record.redirect) survey.rest = of_the_rest(record);
  for (const auto& term : record.terms) survey.senders.push_back({"", term.text, term.qualifier, {}});
  return survey;
}

/// What makes it a permanent error for those that nothing lets in, and so for whoever forges the domain.
std::optional<Judgement> judge_spf_errors(const auth::SpfSurvey& survey) {
  if (!survey.problems.empty()) {
    std::vector<std::string> problems;
    problems.reserve(survey.problems.size());
    for (const auto& problem : survey.problems) problems.push_back(plain(problem, 300));
    return Judgement{.verdict = fail,
                     .summary = "The SPF record is a permanent error: " + listed(problems) + ".",
                     .advice = "Correct the record, or take out what leads nowhere."};
  }
  if (survey.lookups > max_lookups)  // RFC 7208 §4.6.4
    return Judgement{.verdict = fail,
                     .summary = "The SPF record needs " + std::to_string(survey.lookups) +
                                " look-ups with all that it includes, more than 10.",
                     .advice = "Replace includes and names by addresses, or split the senders over subdomains."};
  const bool everywhere = survey.void_lookups > max_void_lookups;
  if (const auto most = std::max(survey.void_lookups, survey.void_lookups_ipv6); most > max_void_lookups)
    return Judgement{.verdict = everywhere ? fail : warn,
                     .summary = std::to_string(most) + " look-ups of the SPF record find nothing" +
                                (everywhere ? "" : " for senders over IPv6") + ", more than 2.",
                     .advice =
                         "Take out the names that lead nowhere, or give them addresses: a receiver may end in a "
                         "permanent error at the third."};
  return std::nullopt;
}

bool by_ptr(const auth::SpfSender& sender) { return sender.term.starts_with("ptr") || sender.term.starts_with("PTR"); }

/// "0.0.0.0/0": a network that may send and is wider than this prefix has it.
std::optional<std::string> wider_than(const auth::SpfSurvey& survey, unsigned widest) {
  for (const auto& sender : survey.senders)
    for (const auto& network : sender.networks) {
      const auto slash = network.find('/');
      if (slash == std::string::npos || sender.outcome != SpfOutcome::pass) continue;
      const auto prefix = parse_number(std::string_view(network).substr(slash + 1));
      if (prefix && *prefix < widest)
        return sender.term + (sender.term.contains(network) ? "" : " (" + network + ")") +
               (sender.domain.empty() ? "" : " in the record of " + sender.domain);
    }
  return std::nullopt;
}

Judgement judge_spf_rest(const auth::SpfSurvey& survey) {
  if (survey.rest == SpfOutcome::pass)
    return {.verdict = fail,
            .summary = "The SPF record ends in +all: everybody may send for the domain.",
            .advice = "End the record in -all or ~all."};
  if (const auto whole = wider_than(survey, 1))  // the same by another way
    return {.verdict = fail,
            .summary = "The SPF record lets everybody send for the domain: " + plain(*whole, 300) + ".",
            .advice = "Name the networks that send."};
  if (survey.rest == SpfOutcome::neutral)
    return {.verdict = warn,
            .summary = "The SPF record says nothing about other senders: it does not end in -all or ~all.",
            .advice = "End the record in -all or ~all."};
  if (const auto wide = wider_than(survey, widest_prefix))
    return {.verdict = warn,
            .summary = "The SPF record lets a large part of the Internet send: " + plain(*wide, 300) + ".",
            .advice = "Name the networks that send."};
  if (std::ranges::any_of(survey.senders, by_ptr))  // RFC 7208 §5.5
    return {.verdict = warn,
            .summary = "The SPF record uses ptr, which is slow and should not be used.",
            .advice = "Name the addresses by ip4, ip6, a or mx."};
  return {.verdict = pass};
}

/// "; 3 of 10 look-ups, 12 networks may send".
std::string spf_count(const auth::SpfSurvey& survey) {
  std::size_t networks = 0, others = 0;
  for (const auto& sender : survey.senders) {
    networks += sender.networks.size();
    if (sender.networks.empty()) ++others;
  }
  auto text = ": " + std::to_string(survey.lookups) + " of 10 look-ups, " + count_of(networks, "network") + " may send";
  return others == 0 ? text : text + ", and whom " + count_of(others, "term") + " of another kind lets in";
}

Judgement judge_spf_record(const auth::SpfRecord& record, const std::optional<auth::SpfSurvey>& surveyed) {
  const auto survey = surveyed ? *surveyed : own_terms_of(record);
  if (auto error = judge_spf_errors(survey)) return *error;
  auto judgement = judge_spf_rest(survey);
  if (judgement.verdict != pass) return judgement;
  if (!survey.failures.empty())
    return {.verdict = inconclusive,
            .summary = "Not all of what the SPF record leads to could be looked up: " +
                       plain(survey.failures.front(), 300) + ".",
            .cause = Cause::dns_failure,
            .advice = "Run it again; where it stays, take out what does not answer."};
  const auto end = !survey.rest ? "a redirect" : survey.rest == SpfOutcome::fail ? "-all" : "~all";
  judgement.summary =
      std::string("The SPF record is valid and ends in ") + end + (surveyed ? spf_count(survey) : "") + ".";
  return judgement;
}

Judgement judge_spf(const Target& target, const std::optional<std::string>& record) {
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
  return judge_spf_record(*read, target.spf_survey);
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
  if (record.strict_dkim) text += ", adkim=s";
  if (record.strict_spf) text += ", aspf=s";
  text += report_words("rua", record.rua) + report_words("ruf", record.ruf);
  if (!record.ruf.empty()) text += ", fo=" + plain(record.failure_options, 20);  // RFC 9989 §4.7: idle without ruf=
  return text;
}

Judgement judge_dmarc_record(const Target& target, const auth::DmarcRecord& record) {
  const auto whose = dmarc_from_above(target)
                         ? "The DMARC record of " + plain(*target.dmarc_domain, 256) + ", which holds here,"
                         : std::string("The DMARC record");
  Judgement out{.verdict = pass, .summary = whose + " is valid: " + dmarc_words(record) + "."};
  if (!record.problems.empty()) {
    std::vector<std::string> problems;
    problems.reserve(record.problems.size());
    for (const auto& problem : record.problems) problems.push_back(plain(problem, 120));
    return {.verdict = warn,
            .summary = whose + " is used, but not all of it: " + listed(problems) + ".",
            .advice = "Correct the record."};
  }
  if (dmarc_policy_of(target, record) == auth::DmarcPolicy::none)
    return {.verdict = warn,
            .summary = whose + " only watches: " + dmarc_words(record) + ".",
            .advice = "Go to p=quarantine or p=reject once the reports show that own mail passes."};
  if (record.testing)  // RFC 9989 §4.7
    return {.verdict = warn,
            .summary = whose + " is in test mode: t=y makes " + dmarc_words(record) + " one level milder.",
            .advice = "Remove t=y once the reports show that own mail passes."};
  if (record.percent < 100)  // gone with RFC 9989; RFC 7489 §6.6.4 samples by it
    return {.verdict = warn,
            .summary = whose + " has pct=" + std::to_string(record.percent) + ": " + dmarc_words(record) +
                       " is, for receivers that still read it (RFC 7489), milder for " +
                       (record.percent == 0 ? "all" : "a part") + " of the mail that fails.",
            .advice = "Remove pct once the reports show that own mail passes."};
  if (record.rua.empty()) out.summary = whose + " is valid, without reports: " + dmarc_words(record) + ".";
  return out;
}

Judgement judge_dmarc(const Target& target, const std::optional<std::string>& record) {
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
  return judge_dmarc_record(target, *read);
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

Judgement not_looked_up(std::string_view what, const char* name, const Target& target) {
  const auto* failure = failure_of(target, name);
  if (failure != nullptr && failure->cause == Cause::bogus)  // RFC 4035 §5.5: the zone's own fault
    return {
        .verdict = fail,
        .summary =
            "DNSSEC validation of the " + std::string(what) + " record fails: " + plain(failure->problem, 300) + ".",
        .cause = Cause::bogus,
        .advice = "Repair the zone's signatures or its DS record: for validating receivers the record is not there."};
  return {.verdict = inconclusive,
          .summary = "The " + std::string(what) + " record could not be looked up.",
          .cause = failure != nullptr ? failure->cause : target.cause.value_or(Cause::dns_failure),
          .advice = "Run it again; where it stays, see whether the domain's name servers answer."};
}

using Judge = Judgement (*)(const Target& target, const std::optional<std::string>& record);

void check(const Document& document, const char* name, std::string_view check, std::string_view what, Judge judge,
           Findings& findings) {
  const auto& policies = document.target.policies;
  const auto found = policies.find(name);
  auto judgement =
      found == policies.end() ? not_looked_up(what, name, document.target) : judge(document.target, found->second);
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
