#include "probe/policies.h"

#include "auth/dmarc_lookup.h"
#include "auth/dmarc_record.h"
#include "auth/dmarc_reporting.h"
#include "auth/spf_record.h"
#include "auth/spf_survey.h"
#include "auth/tlsrpt_record.h"
#include "dns/records.h"
#include "probe/beside.h"
#include "probe/route.h"

namespace mailprobe::probe {

namespace {

using Found = std::optional<std::string>;
using Policies = std::map<std::string, Found>;

/// The records that are meant; nullopt: the look-up failed.
template <class Predicate>
std::optional<Found> select(const dns::Answer& answer, Predicate wanted) {
  if (!answer.found() && !answer.absent()) return std::nullopt;
  Found joined;
  for (const auto& text : dns::txt(answer))
    if (wanted(text)) joined = joined ? *joined + "\n" + text : text;
  return joined;
}

/// The agreements of hosts elsewhere that reports are to go to; one whose look-up failed is left out.
Task<void> add_agreements(std::string domain, std::string text, bool failures, dns::Resolver& resolver,
                          Policies& policies) {
  const auto record = auth::parse_dmarc_record(text);
  if (!record) co_return;
  const auto destinations = co_await auth::check_report_destinations(domain, *record, failures, resolver);
  for (const auto& to : destinations) {
    if (to.consent == auth::ReportConsent::given) policies[to.name] = to.agreement;
    if (to.consent == auth::ReportConsent::missing && !to.name.empty()) policies[to.name] = std::nullopt;
  }
}

/// The first name of the walk that did not answer, of which the walk itself says but words.
Task<void> note_dmarc_failure(evidence::Target& target, dns::Resolver& resolver) {
  const auto names = auth::walk_targets(target.domain);
  for (const auto& name : names) {
    const auto answer = co_await resolver.query("_dmarc." + name, dns::Type::txt);
    const auto before = target.failed.size();
    note_failure(target.failed, "dmarc", answer);
    if (target.failed.size() > before) break;
  }
}

/// RFC 9989 §4.10.1: the domain's own, else that of its organisational domain, else of the public suffix domain.
Task<void> add_dmarc(evidence::Target& target, dns::Resolver& resolver) {
  auth::DmarcLookup lookup(resolver);
  const auto own = co_await lookup.at(target.domain);
  if (!own.failure.empty()) {
    co_await note_dmarc_failure(target, resolver);
    co_return;
  }
  auto owner = target.domain;
  if (!own.present() && !own.several) {
    const auto walk = co_await lookup.walk(target.domain);
    if (!walk.failure.empty()) {
      co_await note_dmarc_failure(target, resolver);
      co_return;
    }
    if (!walk.policy) {
      target.policies["dmarc"] = std::nullopt;
      co_return;
    }
    owner = walk.policy->domain;
  }
  const auto answer = co_await resolver.query("_dmarc." + owner, dns::Type::txt);
  const auto found = select(answer, auth::is_dmarc_record);
  if (!found || !*found) co_return;
  target.policies["dmarc"] = *found;
  target.dmarc_domain = owner;
  co_await add_agreements(owner, **found, false, resolver, target.policies);
  co_await add_agreements(owner, **found, true, resolver, target.policies);
}

Task<void> add_spf(evidence::Target& target, dns::Resolver& resolver) {
  const auto answer = co_await resolver.query(target.domain, dns::Type::txt);
  note_failure(target.failed, "spf", answer);
  auto found = select(answer, auth::is_spf);
  if (!found) co_return;
  target.policies["spf"] = *found;
  if (!*found) co_return;
  target.spf_survey = co_await auth::survey_spf(target.domain, resolver);
}

Task<void> add_tlsrpt(evidence::Target& target, dns::Resolver& resolver) {
  const auto at = "_smtp._tls." + target.domain;  // RFC 8460 §3
  const auto answer = co_await resolver.query(at, dns::Type::txt);
  note_failure(target.failed, "tlsrpt", answer);
  if (auto found = select(answer, auth::is_tlsrpt_record)) target.policies["tlsrpt"] = std::move(*found);
}

}  // namespace

Task<void> look_up_policies(evidence::Target& target, dns::Resolver& resolver) {
  std::vector<Task<void>> all;
  all.reserve(3);
  all.push_back(add_tlsrpt(target, resolver));
  all.push_back(add_dmarc(target, resolver));
  all.push_back(add_spf(target, resolver));
  co_await at_once(std::move(all));
}

}  // namespace mailprobe::probe
