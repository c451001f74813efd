#include "probe/transport_policy.h"

#include <algorithm>

#include "base/safe_text.h"
#include "evidence/optional_dane.h"
#include "probe/mta_sts_lookup.h"

namespace mailprobe::probe {

using evidence::MxHost;
using evidence::MxShape;
using evidence::Target;
using evidence::TlsaState;

namespace {

/// `sts` and `dane` ask for more than TLS where they hold; by themselves they are met by it.
TlsFloor session_floor(TlsFloor floor) {
  return floor == TlsFloor::sts || floor == TlsFloor::dane ? TlsFloor::encrypt : floor;
}

std::string floor_words(TlsFloor floor) { return "--tls " + std::string(word(floor)); }

/// The first reason to bar a host stays.
void bar(HostPolicy& policy, std::string why, Cause cause) {
  if (!policy.barred)
    policy.barred = Error{Failure::unsupported, std::move(why) + "; nothing is sent to this host", cause, {}};
}

std::vector<tls::Tlsa> usable_records(const MxHost& host) {
  std::vector<tls::Tlsa> records;
  for (const auto& text : host.tlsa)
    if (auto record = tls::tlsa_from_text(text); record && tls::usable_for_smtp(*record))
      records.push_back(std::move(*record));
  return records;
}

/// RFC 7672 §3.2.2: the TLSA base domain, the host where that is another, the next hop.
std::vector<std::string> reference_names(const Target& target, const MxHost& host) {
  std::vector<std::string> names{host.tlsa_lookup->base};
  for (const auto& name : {host.host, target.domain})
    if (!name.empty() && !name.starts_with('[') && std::ranges::count(names, name) == 0) names.push_back(name);
  return names;
}

std::string usable_words(const HostPolicy& policy) {
  const auto count = policy.tlsa.size();
  return (count == 0 ? "no" : std::to_string(count)) + std::string(" usable TLSA record") + (count == 1 ? "" : "s");
}

void use_dane(HostPolicy& policy, const Target& target, const MxHost& host) {
  policy.tlsa = usable_records(host);
  policy.names = reference_names(target, host);
  policy.dane = true;
  policy.need = std::max(policy.need, TlsFloor::encrypt);
  policy.applied.applied = "dane";
  policy.applied.reason = usable_words(policy) + " of " + host.tlsa_lookup->base + ", secure";
}

/// RFC 7672 §2.2.1: a sender MAY use them. This one does not, and compares them, because others do. The next hop is no
/// name of the host's then, so that the domains of a provider are one and the same to it.
void compare_tlsa(HostPolicy& policy, const MxHost& host) {
  const auto& base = host.tlsa_lookup->base;
  policy.tlsa = usable_records(host);
  policy.names = {base};
  if (host.host != base) policy.names.push_back(host.host);
  policy.applied.reason = usable_words(policy) + " of " + base + (policy.tlsa.empty() ? "" : ", compared") +
                          "; nothing of DANE is enforced: " + std::string(evidence::unsigned_mx) + " (RFC 7672 §2.2.1)";
}

/// True: DANE applies.
bool judge_tlsa(HostPolicy& policy, const Target& target, const MxHost& host) {
  if (!host.tlsa_lookup) return false;
  const auto& lookup = *host.tlsa_lookup;
  switch (lookup.state) {
    case TlsaState::usable: use_dane(policy, target, host); return true;
    case TlsaState::failed:  // RFC 7672 §2.1.2, §2.1.3: as if the host could not be reached
      bar(policy, lookup.problem.value_or("the TLSA look-up failed"),
          lookup.cause == Cause::bogus ? Cause::bogus : Cause::dns_failure);
      return false;
    case TlsaState::unusable:  // RFC 7672 §2.2: TLS is mandatory, without authentication
      policy.need = std::max(policy.need, TlsFloor::encrypt);
      policy.applied.reason = "no TLSA record of " + lookup.base + " is usable: TLS is mandatory, unauthenticated";
      return false;
    case TlsaState::insecure:
      if (evidence::dane_is_optional(target, host)) compare_tlsa(policy, host);
      return false;
    case TlsaState::absent: break;
  }
  return false;
}

/// The id is the record's: that of a policy which is kept in spite of a fault need not be the same.
std::string policy_words(const evidence::MtaSts& sts) {
  std::string which;
  if (sts.source == "cache" && sts.problem)
    which = " (kept from before)";
  else if (sts.id)
    which = " (id " + *sts.id + ")";
  return "the MTA-STS policy" + which + ", mode " + std::string(word(*sts.mode));
}

bool listed(const Target& target, const MxHost& host) {
  const auto& unlisted = target.mta_sts->unlisted;
  return std::ranges::count(unlisted, host.host) == 0;
}

/// A policy in mode enforce; in mode testing where the floor asks for one.
void use_sts(HostPolicy& policy, const Target& target, const MxHost& host) {
  const bool named = listed(target, host);
  const auto words = policy_words(*target.mta_sts) + (named ? ", lists " : ", does not list ") + host.host;
  policy.need = TlsFloor::verify;                 // RFC 8461 §4.2
  if (!named) bar(policy, words, Cause::policy);  // RFC 8461 §4.1
  if (policy.applied.applied == "dane") return;
  policy.applied.applied = "sts";
  policy.applied.reason = policy.applied.reason.empty() ? words : words + "; " + policy.applied.reason;
}

void judge_sts(HostPolicy& policy, const Target& target, const MxHost& host, bool dane, TlsFloor floor) {
  const bool known = target.mta_sts && target.mta_sts->mode && *target.mta_sts->mode != StsMode::none;
  if (!known) {
    if (floor != TlsFloor::sts) return;
    const auto problem = target.mta_sts ? target.mta_sts->problem : std::nullopt;
    bar(policy, "there is no MTA-STS policy, which --tls sts asks for" + (problem ? ": " + *problem : std::string{}),
        Cause::policy);
    return;
  }
  const auto mode = *target.mta_sts->mode;
  if (floor == TlsFloor::sts || (mode == StsMode::enforce && !dane)) return use_sts(policy, target, host);
  if (dane || mode == StsMode::enforce) return;  // RFC 8461 §2: DANE goes before it
  // RFC 8461 §5: in mode testing mail goes out all the same.
  const auto note = policy_words(*target.mta_sts) + ", is not enforced" +
                    (listed(target, host) ? "" : "; it does not list " + host.host);
  policy.applied.reason = policy.applied.reason.empty() ? note : policy.applied.reason + "; " + note;
}

/// RFC 8689 §4.2.1: whose server it is must be known, by DNSSEC or by MTA-STS.
void judge_require_tls(HostPolicy& policy, const Target& target, const MxHost& host) {
  const bool by_dnssec = target.shape == MxShape::server || target.dnssec == Dnssec::secure;
  const bool by_sts =
      target.mta_sts && target.mta_sts->mode && *target.mta_sts->mode != StsMode::none && listed(target, host);
  if (!by_dnssec && !by_sts)
    bar(policy, "REQUIRETLS needs MX records that DNSSEC or MTA-STS vouches for (RFC 8689 §4.2.1)", Cause::policy);
}

std::string opportunistic_reason(const Target& target, const MxHost& host, TlsFloor floor) {
  if (!host.tlsa_lookup && !target.mta_sts) return floor_words(floor) + "; no policy of the target was looked up";
  return floor_words(floor) + "; neither DANE nor MTA-STS applies";
}

}  // namespace

HostPolicy policy_for(const Target& target, const MxHost& host, const Wanted& wanted) {
  HostPolicy policy;
  policy.need = session_floor(wanted.floor);
  policy.applied.floor = wanted.floor;
  const bool dane = judge_tlsa(policy, target, host);
  judge_sts(policy, target, host, dane, wanted.floor);
  if (wanted.floor == TlsFloor::dane && !dane)
    bar(policy,
        evidence::dane_is_optional(target, host)
            ? "--tls dane asks for more than TLSA records that are secure: " + std::string(evidence::unsigned_mx)
            : "there are no usable, secure TLSA records, which --tls dane asks for",
        Cause::policy);
  if (wanted.require_tls) judge_require_tls(policy, target, host);
  if (policy.applied.reason.empty()) policy.applied.reason = opportunistic_reason(target, host, wanted.floor);
  return policy;
}

HostPolicy policy_without_target(const Wanted& wanted) {
  HostPolicy policy;
  policy.need = session_floor(wanted.floor);
  policy.applied = {.applied = "none",
                    .floor = wanted.floor,
                    .reason = floor_words(wanted.floor) + "; no policy of the target was applied"};
  return policy;
}

void apply(const HostPolicy& policy, smtp::Delivery& delivery) {
  delivery.floor = policy.need;
  delivery.dane = policy.dane;
  delivery.handshake.tlsa = policy.tlsa;
  delivery.handshake.dane_names = policy.names;
}

bool ended_by(const HostPolicy& policy, TlsFloor floor, const evidence::Attempt& attempt) {
  if (attempt.phase != "tls" || !attempt.tls || attempt.outcome != Outcome::not_sent) return false;
  return policy.applied.applied != "none" && floor != TlsFloor::verify;
}

}  // namespace mailprobe::probe
