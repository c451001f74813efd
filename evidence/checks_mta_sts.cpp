// published.mta-sts, published.tlsrpt, inbound.mta-sts: the policy that the domain publishes, where it wants reports,
// and whether its servers keep to it.
#include <algorithm>
#include <array>

#include "auth/tlsrpt_record.h"
#include "base/text.h"
#include "evidence/checks_tls.h"
#include "evidence/findings.h"
#include "evidence/tried.h"

namespace mailprobe::evidence {

namespace {

using enum Verdict;

constexpr std::int64_t day = 86'400;

/// What may be the moment's fault, or ours.
bool passing(std::optional<Cause> cause) {
  constexpr std::array causes{Cause::timed_out,   Cause::unreachable, Cause::dns_failure, Cause::own_limit,
                              Cause::interrupted, Cause::no_ipv6,     Cause::rate_limited};
  return cause && std::ranges::find(causes, *cause) != causes.end();
}

/// RFC 7505 §3: nothing is delivered, so that there is nothing to protect on the way.
Judgement takes_no_mail() {
  return {.verdict = not_applicable, .summary = "The domain takes no mail: it has a null MX"};
}

std::string kept_words(const MtaSts& sts) {
  return sts.mode ? "; the policy that was fetched before still holds (mode " + std::string(word(*sts.mode)) + ")" : "";
}

Judgement judge_problem(const MtaSts& sts, bool looked_up) {
  const auto summary = "The MTA-STS policy is not usable: " + plain(*sts.problem, 300) + kept_words(sts);
  if (sts.cause == Cause::bogus)
    return {.verdict = fail,
            .summary = summary,
            .cause = sts.cause,
            .advice = "Repair the zone's signatures or its DS record"};
  if (!looked_up || passing(sts.cause))
    return {.verdict = inconclusive, .summary = summary, .cause = sts.cause, .advice = "Run it again"};
  return {.verdict = fail,
          .summary = summary,
          .cause = sts.cause,
          .advice =
              "Serve the policy at https://mta-sts.DOMAIN/.well-known/mta-sts.txt as text/plain, with a valid "
              "certificate and without a redirect, beside one TXT record v=STSv1"};
}

/// The id is the record's: that of a policy which is kept in spite of a fault need not be the same.
std::string policy_words(const MtaSts& sts) {
  const auto mode = "mode " + std::string(word(*sts.mode));
  if (sts.source == "cache" && sts.problem) return mode + ", kept from before";
  return mode + (sts.id ? ", id " + plain(*sts.id, 40) : std::string{});
}

/// RFC 8461 §3.1: under the same id a copy that was fetched before is as good. Whoever mends the host wants to know.
std::string age_words(const MtaSts& sts) {
  if (sts.source != "cache" || !sts.fetched) return {};
  return "; as fetched on " + rfc3339(*sts.fetched) + ", and not again since (inspect --fresh does)";
}

/// What the policy would have to list, and a policy is no better than its list.
Judgement judge_without_hosts(const Target& target, const std::string& policy) {
  if (target.shape == MxShape::failed)
    return {.verdict = inconclusive,
            .summary =
                "The MTA-STS policy is valid; whether it lists every MX host is not known, for want of the MX "
                "records: " +
                policy,
            .cause = target.cause.value_or(Cause::dns_failure),
            .advice = "Run it again"};
  return {.verdict = not_applicable,
          .summary = "The MTA-STS policy is valid, and there is no mail host for it to list: " + policy};
}

Judgement judge_policy(const MtaSts& sts, const Target& target) {
  if (sts.mode == StsMode::none)
    return {.verdict = warn,
            .summary = "The MTA-STS policy says that there is none: mode none",
            .advice = "Go to mode testing, then enforce"};
  if (!sts.unlisted.empty()) {
    std::vector<std::string> hosts;
    hosts.reserve(sts.unlisted.size());
    for (const auto& host : sts.unlisted) hosts.push_back(plain(host, 260));
    return {.verdict = sts.mode == StsMode::enforce ? fail : warn,
            .summary = "The MTA-STS policy (" + policy_words(sts) + ") does not list " + listed(hosts),
            .cause = Cause::policy,
            .advice = "List every MX host in the policy, and give the TXT record a new id"};
  }
  if (sts.changed_under_id)
    return {.verdict = warn,
            .summary = "The MTA-STS policy (" + policy_words(sts) + ") is another than before under the same id",
            .advice = "Give the TXT record a new id: senders that keep the old policy do not fetch the new one"};
  if (sts.mode == StsMode::testing)
    return {.verdict = warn,
            .summary = "The MTA-STS policy is only tested: " + policy_words(sts),
            .advice = "Go to mode enforce once the TLS reports show no failures"};
  if (sts.max_age.value_or(0) < day)
    return {
        .verdict = warn,
        .summary = "The MTA-STS policy is forgotten within a day: max_age " + std::to_string(sts.max_age.value_or(0)),
        .advice = "Let it hold for weeks (RFC 8461 §3.2)"};
  if (target.mx.empty()) return judge_without_hosts(target, policy_words(sts) + age_words(sts));
  return {.verdict = pass,
          .summary = "The MTA-STS policy is valid and lists every MX host" +
                     std::string(failure_of(target, "mx") != nullptr ? " that was looked at: " : ": ") +
                     policy_words(sts) + age_words(sts)};
}

Judgement judge_published_sts(const Document& document) {
  const auto& target = document.target;
  const auto& sts = *target.mta_sts;
  const auto record = target.policies.find("mta_sts");
  if (sts.problem) return judge_problem(sts, record != target.policies.end());
  if (target.shape == MxShape::null_mx) return takes_no_mail();
  if (sts.mode) return judge_policy(sts, target);
  return {.verdict = warn,
          .summary = "The domain publishes no MTA-STS policy",
          .advice = "Publish one in mode testing, with TLS reports, and go to enforce"};
}

/// RFC 8460 §3: reports go by mail or by HTTPS, and nowhere else.
bool takes_reports(const std::string& uri) {
  if (istarts_with(uri, "mailto:")) return uri.find('@') != std::string::npos && !uri.ends_with('@');
  constexpr std::string_view https = "https://";
  return istarts_with(uri, https) && uri.size() > https.size() && uri[https.size()] != '/';
}

std::vector<std::string> destinations(const auth::TlsrptRecord& record) {
  std::vector<std::string> all;
  for (const auto& uris : record.rua) all.insert(all.end(), uris.begin(), uris.end());
  return all;
}

Judgement judge_tlsrpt(const std::optional<std::string>& record) {
  if (!record)
    return {.verdict = warn,
            .summary = "The domain asks for no TLS reports",
            .advice = "Publish \"v=TLSRPTv1; rua=mailto:…\" at _smtp._tls"};
  if (record->contains('\n'))  // RFC 8460 §3
    return {.verdict = fail,
            .summary = "There are several TLS reporting records, so none counts",
            .advice = "Leave one of them"};
  const auto read = auth::parse_tlsrpt_record(*record);
  if (!read)
    return {.verdict = fail,
            .summary = "The TLS reporting record is not valid: " + plain(read.error().message, 200),
            .advice = "Correct the record"};
  const auto all = destinations(*read);
  const auto wrong = std::ranges::find_if_not(all, takes_reports);
  const auto right = std::ranges::find_if(all, takes_reports);
  const std::string advice = "Name mailto:ADDRESS or https://… in rua=";
  if (right == all.end())
    return {.verdict = fail,
            .summary = "TLS reports are wanted at " + plain(*wrong, 120) + ", where none can be sent",
            .advice = advice};
  if (wrong != all.end())
    return {.verdict = warn,
            .summary = "TLS reports are wanted at " + plain(*right, 120) + ", and at " + plain(*wrong, 120) +
                       ", where none can be sent",
            .advice = advice};
  return {.verdict = pass, .summary = "TLS reports are wanted at " + plain(*right, 120)};
}

Judgement judge_reporting(const Target& target) {
  const auto found = target.policies.find("tlsrpt");
  if (found != target.policies.end() && !found->second && target.shape == MxShape::null_mx) return takes_no_mail();
  if (found != target.policies.end()) return judge_tlsrpt(found->second);
  const auto* failure = failure_of(target, "tlsrpt");
  if (failure != nullptr && failure->cause == Cause::bogus)
    return {.verdict = fail,
            .summary = "DNSSEC validation of the TLS reporting record fails: " + plain(failure->problem, 300),
            .cause = Cause::bogus,
            .advice = "Repair the zone's signatures or its DS record"};
  return {.verdict = inconclusive,
          .summary = "The TLS reporting record could not be looked up",
          .cause = failure != nullptr ? failure->cause : target.cause.value_or(Cause::dns_failure),
          .advice = "Run it again; where it stays, see whether the domain's name servers answer"};
}

// --- what the servers show ------------------------------------------------------------------------------------------

bool lists(const MtaSts& sts, const Attempt& attempt) { return std::ranges::count(sts.unlisted, attempt.host) == 0; }

Judgement judge_without_tls(const Attempt& attempt) {
  const auto why = plain(attempt.error.value_or("the session ended early"), 300);
  if (attempt.cause == Cause::unsupported)
    return {.verdict = fail,
            .summary = "The policy asks for TLS, and there is none: " + why,
            .cause = attempt.cause,
            .advice = "Offer STARTTLS"};
  return {.verdict = not_tested, .summary = "There was no TLS session: " + why, .cause = attempt.cause};
}

// RFC 8461 §4: the host is listed, and its certificate is valid for it
Judgement judge_kept(const MtaSts& sts, const Attempt& attempt) {
  if (!sts.mode && passing(sts.cause))
    return {.verdict = not_tested,
            .summary = "Whether there is an MTA-STS policy to keep is not known: " + plain(*sts.problem, 200),
            .cause = sts.cause};
  if (!sts.mode || *sts.mode == StsMode::none)
    return {.verdict = not_applicable, .summary = "There is no MTA-STS policy to keep"};
  if (!lists(sts, attempt))
    return {.verdict = fail,
            .summary = plain(attempt.host, 260) + " is not listed in the MTA-STS policy (" + policy_words(sts) + ")",
            .cause = Cause::policy,
            .advice = "List it in the policy, or take it out of the MX records"};
  if (!attempt.tls) return judge_without_tls(attempt);
  const auto& verified = attempt.tls->verified;
  if (verified && verified->result == "pass")
    return {.verdict = pass, .summary = "The server keeps the MTA-STS policy (" + policy_words(sts) + ")"};
  return {.verdict = fail,
          .summary = "The certificate is not what the MTA-STS policy asks for: " +
                     (verified ? plain(verified->detail, 200) : std::string("it was not verified")),
          .cause = verified ? verified->cause : std::nullopt,
          .advice = "Install a certificate for " + plain(attempt.host, 260) + " of a public CA, with its chain"};
}

/// RFC 8461 §5: a policy in mode testing keeps nobody away; what breaks it is reported.
Judgement judge_session(const MtaSts& sts, const Attempt& attempt) {
  auto judgement = judge_kept(sts, attempt);
  if (judgement.verdict == fail && sts.mode == StsMode::testing) judgement.verdict = warn;
  return judgement;
}

/// RFC 8461 §4.2: a sender that negotiates another certificate asks the same of it.
void judge_other_chains(const MtaSts& sts, const Tried& tried, Findings& findings) {
  if (!sts.mode || *sts.mode == StsMode::none || !lists(sts, tried.attempt)) return;
  for (const auto& other : other_chains(tried)) {
    auto judgement = judge_session(sts, other.shown);
    judgement.evidence = {other.at};
    findings.add("inbound.mta-sts", certificate_subject(other.shown), std::move(judgement));
  }
}

}  // namespace

void judge_mta_sts(const Document& document, Findings& findings) {
  const auto& target = document.target;
  if (of_doctor(document) || target.shape == MxShape::nxdomain) return;
  const auto domain = domain_subject(target.domain);
  if (!target.policies.empty() || of_inspect(document)) {
    auto judgement = judge_reporting(target);
    judgement.evidence = {pointer("target", "policies", "tlsrpt")};
    findings.add("published.tlsrpt", domain, std::move(judgement));
  }
  if (!target.mta_sts) return;
  auto published = judge_published_sts(document);
  published.evidence = {pointer("target", "policies", "mta_sts"), pointer("target", "mta_sts")};
  findings.add("published.mta-sts", domain, std::move(published));
  for (const auto& tried : tried_addresses(document)) {
    if (tried.host == nullptr) continue;
    auto judgement = judge_session(*target.mta_sts, tried.attempt);
    judgement.evidence = {tried.at + pointer(tried.attempt.tls ? "tls" : "error")};
    findings.add("inbound.mta-sts", address_subject(tried.attempt), std::move(judgement));
    judge_other_chains(*target.mta_sts, tried, findings);
  }
}

}  // namespace mailprobe::evidence
