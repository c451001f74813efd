#include "auth/dmarc_7489.h"

#include "auth/public_suffix.h"

namespace mailprobe::auth {

namespace {

bool aligned(const std::string& domain, const std::string& author, bool strict) {
  if (strict || domain == author) return domain == author;
  return registrable_domain(domain) == registrable_domain(author);  // RFC 7489 §3.1
}

bool any_aligned(const std::set<std::string>& domains, const std::string& author, bool strict) {
  for (const auto& domain : domains)
    if (aligned(domain, author, strict)) return true;
  return false;
}

/// RFC 7489 §6.6.3: the author domain's record, else that of its organisational domain.
Task<PolicyAt> discover(std::string author, DmarcLookup& lookup) {
  auto own = co_await lookup.at(author);
  const auto organisational = registrable_domain(author);
  if (!own.failure.empty() || own.present() || own.several || organisational == author) co_return own;
  co_return co_await lookup.at(organisational);
}

/// RFC 7489 §6.6.4: pct=0 is the next milder policy for all; from 1 on the policy may strike any message.
DmarcPolicy sampled(DmarcPolicy policy, unsigned percent) { return percent == 0 ? one_level_milder(policy) : policy; }

}  // namespace

Task<std::optional<DmarcResult7489>> check_dmarc_7489(std::string author, const Identifiers& identifiers,
                                                      DmarcLookup& lookup) {
  DmarcResult7489 result;
  const auto found = co_await discover(author, lookup);
  if (!found.failure.empty()) result.result = DmarcOutcome::temperror;
  if (!found.bad.empty()) result.result = DmarcOutcome::permerror;
  if (!found.record) co_return result;
  const auto& record = *found.record;
  result.policy = found.domain == author ? record.policy : record.subdomains.value_or(record.policy);
  if (any_aligned(identifiers.spf, author, record.strict_spf) ||
      any_aligned(identifiers.dkim, author, record.strict_dkim)) {
    result.result = DmarcOutcome::pass;
    result.disposition = DmarcPolicy::none;
  } else if (!identifiers.spf_known) {
    co_return std::nullopt;
  } else if (any_aligned(identifiers.open, author, false)) {
    result.result = DmarcOutcome::temperror;
  } else {
    result.result = DmarcOutcome::fail;
    result.disposition = sampled(*result.policy, record.percent);
  }
  co_return result;
}

}  // namespace mailprobe::auth
