#include "probe/tlsa_lookup.h"

#include <algorithm>

#include "base/ip.h"
#include "evidence/optional_dane.h"
#include "probe/beside.h"
#include "probe/route.h"
#include "tls/tlsa.h"

namespace mailprobe::probe {

using evidence::MxHost;
using evidence::MxShape;
using evidence::Target;
using evidence::TlsaLookup;
using evidence::TlsaState;

namespace {

constexpr std::size_t max_records = 100;  // of one host: each costs a comparison in every handshake

/// RFC 6698 §3.
std::string tlsa_name(std::uint16_t port, const std::string& base) {
  return "_" + std::to_string(port) + "._tcp." + base;
}

void keep_records(MxHost& host, TlsaLookup& lookup, const dns::Answer& answer) {
  host.tlsa.clear();
  bool usable = false;
  for (const auto& rdata : answer.rdata) {
    if (host.tlsa.size() >= max_records) break;
    const auto record = tls::tlsa_from_wire(rdata);
    if (!record) {
      lookup.unusable.push_back(record.error().message);
      continue;
    }
    const auto text = record->text();
    host.tlsa.push_back(text);
    const auto verdict = tls::usable_for_smtp(*record);
    usable = usable || verdict.has_value();
    if (!verdict) lookup.unusable.push_back(text + ": " + verdict.error().message);
  }
  lookup.state = usable ? TlsaState::usable : TlsaState::unusable;
}

/// What one answer means where the way to the host is secure.
void judge_answer(MxHost& host, TlsaLookup& lookup, const dns::Answer& answer) {
  lookup.dnssec = answer.dnssec;
  if (answer.found()) keep_records(host, lookup, answer);
  if (answer.found() || answer.absent()) {
    if (answer.dnssec != Dnssec::secure)
      lookup.state = TlsaState::insecure;  // RFC 7672 §2.1.1: not DANE
    else if (!answer.found())
      lookup.state = TlsaState::absent;
    return;
  }
  lookup.state = TlsaState::failed;  // RFC 7672 §2.1.2, §2.1.3: this host is skipped
  lookup.problem = "TLSA: " + failure_text(answer);
  lookup.cause = failure_cause(answer);
}

Task<TlsaLookup> ask(MxHost& host, std::string base, std::uint16_t port, dns::Resolver& resolver) {
  TlsaLookup lookup{.base = base, .unusable = {}, .problem = {}};
  const auto name = tlsa_name(port, base);
  const auto answer = co_await resolver.query(name, dns::Type::tlsa);
  judge_answer(host, lookup, answer);
  co_return lookup;
}

/// The order of RFC 7672 §2.2.2: the end of a secure CNAME chain, then the name itself.
Task<TlsaLookup> ask_secure(MxHost& host, bool whole_chain, std::uint16_t port, dns::Resolver& resolver) {
  if (host.canonical && whole_chain) {
    auto expanded = co_await ask(host, *host.canonical, port, resolver);
    if (expanded.state != TlsaState::absent && expanded.state != TlsaState::insecure) co_return expanded;
  }
  co_return co_await ask(host, host.host, port, resolver);
}

/// No sender has to use DANE then, so that a failure bars nothing (RFC 7672 §2.1.1); what is published all the same,
/// and that it could not be looked up, is worth telling.
TlsaLookup without_dnssec(TlsaLookup lookup, std::string why) {
  lookup.state = TlsaState::insecure;
  lookup.problem = lookup.problem ? why + "; " + *lookup.problem : std::move(why);
  return lookup;
}

Task<TlsaLookup> ask_insecure(MxHost& host, std::uint16_t port, dns::Resolver& resolver, std::string why) {
  auto lookup = co_await ask(host, host.host, port, resolver);
  co_return without_dnssec(std::move(lookup), std::move(why));
}

/// By the addresses that are known. Where the look-up of the other family failed, or was forged, that takes nothing
/// from them: else whoever makes it fail would switch DANE off (RFC 7672 §2.1.2).
bool secure_addresses(const MxHost& host) {
  return std::ranges::all_of(host.addresses, [](const auto& address) { return address.dnssec == Dnssec::secure; });
}

/// RFC 7672 §2.1.2, §2.1.3: whether DANE applies is not known, so that the host is skipped.
TlsaLookup not_known(const MxHost& host, const std::string& what, const dns::Answer& answer) {
  TlsaLookup lookup{.base = host.host, .unusable = {}, .problem = what + ": " + failure_text(answer)};
  lookup.state = TlsaState::failed;
  lookup.cause = failure_cause(answer);
  return lookup;
}

/// Where its name was come by securely.
Task<TlsaLookup> look_up_named(MxHost& host, std::uint16_t port, dns::Resolver& resolver) {
  const bool whole_chain = secure_addresses(host);
  bool secure_host = whole_chain;
  if (!whole_chain && host.canonical) {
    // RFC 7672 §2.2.2: an alias whose end is unsigned may itself be signed, and then has records of its own.
    const auto alias = co_await resolver.query(host.host, dns::Type::cname);
    if (!alias.found() && !alias.absent()) co_return not_known(host, "CNAME", alias);
    secure_host = alias.found() && alias.dnssec == Dnssec::secure;
  }
  if (secure_host) co_return co_await ask_secure(host, whole_chain, port, resolver);
  std::string why("the addresses of the host are not signed");
  co_return co_await ask_insecure(host, port, resolver, std::move(why));
}

/// RFC 7672 §2.2.1: where its name was not, a sender MAY use what it finds the secure way from there on.
Task<TlsaLookup> look_up_unsigned(MxHost& host, std::uint16_t port, dns::Resolver& resolver) {
  std::string why(evidence::unsigned_mx);
  if (!secure_addresses(host)) co_return co_await ask_insecure(host, port, resolver, std::move(why));
  auto lookup = co_await ask_secure(host, true, port, resolver);
  co_return without_dnssec(std::move(lookup), std::move(why));
}

Task<void> look_up_host(MxHost& host, bool secure_name, std::uint16_t port, dns::Resolver& resolver) {
  if (secure_name)
    host.tlsa_lookup = co_await look_up_named(host, port, resolver);
  else
    host.tlsa_lookup = co_await look_up_unsigned(host, port, resolver);
}

}  // namespace

Task<void> look_up_tlsa(Target& target, std::uint16_t port, dns::Resolver& resolver) {
  // RFC 7672 §2.2.1: the MX answer, or that there is none, must be secure; a server named by hand needs no such answer.
  const bool secure_names = target.shape == MxShape::server || target.dnssec == Dnssec::secure;
  std::vector<Task<void>> all;
  all.reserve(target.mx.size());
  for (auto& host : target.mx) {
    if (host.addresses.empty() || IpAddress::parse(host.host)) continue;
    all.push_back(look_up_host(host, secure_names, port, resolver));
  }
  co_await at_once(std::move(all));
}

}  // namespace mailprobe::probe
