#include "probe/policies.h"

#include "auth/dmarc_lookup.h"
#include "auth/dmarc_record.h"
#include "auth/dmarc_reporting.h"
#include "auth/spf_record.h"
#include "auth/tlsrpt_record.h"
#include "dns/records.h"

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

Task<void> add_dmarc(std::string domain, dns::Resolver& resolver, Policies& policies) {
  for (const auto& name : auth::walk_targets(domain)) {
    const auto answer = co_await resolver.query("_dmarc." + name, dns::Type::txt);
    const auto found = select(answer, auth::is_dmarc_record);
    if (!found) co_return;
    if (!*found) continue;
    policies["dmarc"] = *found;
    co_await add_agreements(name, **found, false, resolver, policies);
    co_await add_agreements(name, **found, true, resolver, policies);
    co_return;
  }
  policies["dmarc"] = std::nullopt;
}

}  // namespace

Task<std::map<std::string, Found>> look_up_policies(std::string domain, dns::Resolver& resolver) {
  Policies policies;
  const auto spf = co_await resolver.query(domain, dns::Type::txt);
  if (auto found = select(spf, auth::is_spf)) policies["spf"] = std::move(*found);
  co_await add_dmarc(domain, resolver, policies);
  const auto reports_at = "_smtp._tls." + domain;  // RFC 8460 §3
  const auto tlsrpt = co_await resolver.query(reports_at, dns::Type::txt);
  if (auto found = select(tlsrpt, auth::is_tlsrpt_record)) policies["tlsrpt"] = std::move(*found);
  co_return policies;
}

}  // namespace mailprobe::probe
