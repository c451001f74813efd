#include "probe/own_traps.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/safe_text.h"
#include "base/text.h"
#include "dns/records.h"
#include "evidence/traps.h"
#include "probe/own_door.h"
#include "probe/own_policy.h"
#include "probe/own_records.h"
#include "probe/reply_witness.h"
#include "receiver/folder.h"
#include "receiver/trap_zone.h"
#include "tls/mta_sts.h"

namespace mailprobe::probe {

namespace trap = evidence::trap;
using evidence::OwnRecord;

namespace {

constexpr std::string_view prefix = "trap ";
constexpr std::size_t max_addresses = 8;  // of one host of ours: all are looked at, or it is not ours
constexpr std::uint16_t smtp_port = 25, https_port = 443;

/// Where the others find it: at what is configured, else at the port that all use.
receiver::ListenAt place_of(const IpAddress& address, const receiver::ListenAt& configured, std::uint16_t usual,
                            const Settings& settings) {
  if (address == configured.address) return configured;
  const auto mapped = settings.ports.find(usual);
  return {address, address.loopback() && mapped != settings.ports.end() ? mapped->second : usual};
}

/// Of both families: who sends takes whichever it likes. Empty: it is said what is missing.
Task<std::vector<IpAddress>> published_addresses(OwnRecord& record, std::string name, bool v6,
                                                 dns::Resolver& resolver) {
  const auto first = co_await resolver.query(name, v6 ? dns::Type::aaaa : dns::Type::a);
  if (settled(record, first)) co_return std::vector<IpAddress>{};
  auto all = dns::addresses(first);
  const auto second = co_await resolver.query(name, v6 ? dns::Type::a : dns::Type::aaaa);
  for (const auto& other : dns::addresses(second)) all.push_back(other);
  if (all.size() > max_addresses) {
    record.problem = "leads to more than " + std::to_string(max_addresses) + " addresses";
    all.clear();
  }
  co_return all;
}

/// Nobody receives, so that only what is written can be compared.
bool as_configured(OwnRecord& record, const std::vector<IpAddress>& published, const IpAddress& configured) {
  const auto other = std::ranges::find_if(published, [&](const auto& one) { return one != configured; });
  if (other == published.end()) return true;
  record.problem = "leads to " + other->text() + ", and in the configuration it is " + configured.text();
  return false;
}

/// Each of them has to be our receiver: it may be behind a NAT, and it may not know the trap yet.
Task<bool> answers_there(OwnRecord& record, std::string host, std::vector<receiver::ListenAt> places,
                         const TrapMeans& means) {
  for (const auto& place : places) {
    auto name = host;
    const auto problem = co_await own_door_problem(place, std::move(name), means.network);
    if (!problem) continue;
    record.problem = "leads to " + place.address.text() + ", where " + *problem;
    record.type.clear();
    record.wanted = "Let " + record.name + " lead to mailprobe reflect, started since the trap is in its configuration";
    if (co_await cancelled()) record.cause = Cause::interrupted;
    co_return false;
  }
  co_return true;
}

/// The host that a trap's mail goes to is its own name's, and nobody else's (RFC 5321 §5.1).
Task<bool> is_its_own_exchanger(OwnRecord& record, std::string name, dns::Resolver& resolver) {
  const auto answer = co_await resolver.query(name, dns::Type::mx);
  for (const auto& mx : dns::mx(answer)) {
    if (iequals(mx.exchange, name)) continue;
    record.problem = "has an MX record that leads to " + safe_text(mx.exchange, 260) + ", and not to itself";
    co_return false;
  }
  co_return true;
}

/// It serves its purpose where a validating resolver calls it bogus, and not where it answers nobody.
Task<void> check_bogus(OwnRecord& record, const receiver::TrapHost& host, const TrapMeans& means, bool held) {
  if (held) {
    std::vector<receiver::ListenAt> places{{host.address, host.port}};
    const bool there = co_await answers_there(record, record.name, std::move(places), means);
    if (!there) co_return;
  }
  record.type = "DS";
  record.wanted = "a DS of no key in the zone above, and the zone itself served unsigned";
  const auto type = host.address.v6 ? dns::Type::aaaa : dns::Type::a;
  const auto answer = co_await means.resolver.query(record.name, type);
  record.holds = answer.dnssec == Dnssec::bogus;
  if (!record.holds && !settled(record, answer))
    record.problem = "validates, or is not signed: who takes mail there has done nothing wrong";
}

/// The digest at the end of "3 1 1 digest" (RFC 6698 §2.1).
bool is_of(const std::string& tlsa, const std::string& digest) { return hex(tlsa).ends_with(digest); }

/// At port 25, which delivery asks for (RFC 7672 §3), wherever we listen.
Task<void> check_tlsa(OwnRecord& record, std::string digest, dns::Resolver& resolver) {
  const bool right = trap_of(record) == trap::dane_right;
  record.name = "_25._tcp." + record.name;
  record.type = "TLSA";
  record.wanted = right ? "3 1 1 " + digest : "3 1 1 and the digest of another key than the trap's";
  const auto answer = co_await resolver.query(record.name, dns::Type::tlsa);
  if (settled(record, answer)) co_return;
  const bool ours = std::ranges::any_of(answer.rdata, [&](const auto& one) { return is_of(one, digest); });
  if (answer.dnssec != Dnssec::secure)
    record.problem = "is not signed, so that nobody has to heed it";
  else if (ours != right)
    record.problem = right ? "is not of the trap's key" : "is of the trap's own key";
  record.holds = !record.problem;
}

/// The record that there is a policy, the address of the host that serves it, and that host itself.
Task<void> check_policy(OwnRecord& record, const TrapMeans& means, bool held) {
  const auto domain = record.name;
  record.name = "_mta-sts." + domain;
  record.type = "TXT";
  record.wanted = "v=STSv1; id=1;";
  const auto answer = co_await means.resolver.query(record.name, dns::Type::txt);
  if (settled(record, answer)) co_return;
  if (std::ranges::none_of(dns::txt(answer), tls::is_sts_record)) {
    record.problem = "holds no MTA-STS record";
    co_return;
  }
  const auto& host = means.settings.receiver.policy_host;
  record.name = "mta-sts." + domain;
  record.type = host && host->address.v6 ? "AAAA" : "A";
  record.wanted = host ? host->address.text() : "the address in receiver.policy_host";
  if (!host) {
    record.problem = "serves no policy: set receiver.policy_host";
    co_return;
  }
  const auto published = co_await published_addresses(record, record.name, host->address.v6, means.resolver);
  if (published.empty()) co_return;
  if (!held) {
    if (as_configured(record, published, host->address)) {
      record.problem = "serves its policy while somebody receives, and nobody does now";
      record.cause = Cause::own_limit;
    }
    co_return;
  }
  record.type.clear();
  record.wanted = "Let mailprobe reflect run with a receiver.certificate that is valid for " + record.name + " too";
  for (const auto& address : published) {
    if (record.problem) break;
    const auto place = place_of(address, *host, https_port, means.settings);
    record.problem = co_await own_policy_problem(place, domain, means.network, means.context);
    if (record.problem)
      record.problem = "serves no policy that counts at " + address.text() + ": it " + *record.problem;
  }
  if (record.problem && co_await cancelled()) record.cause = Cause::interrupted;
  record.holds = !record.problem;
}

/// Its mail comes to us: the exchanger, its addresses, and who answers there.
Task<bool> leads_to_us(OwnRecord& record, const receiver::TrapHost& host, const TrapMeans& means, bool held) {
  const auto name = record.name;
  const auto published = co_await published_addresses(record, name, host.address.v6, means.resolver);
  for (const auto& one : published) record.found.push_back(one.text());
  if (published.empty()) co_return false;
  if (host.name == trap::ipv6_only && !std::ranges::all_of(published, &IpAddress::v6)) {
    record.problem = "has an IPv4 address too";
    co_return false;
  }
  const bool its_own = co_await is_its_own_exchanger(record, name, means.resolver);
  if (!its_own) co_return false;
  if (!held) co_return as_configured(record, published, host.address);
  std::vector<receiver::ListenAt> places;
  places.reserve(published.size());
  for (const auto& one : published)
    places.push_back(place_of(one, {host.address, host.port}, smtp_port, means.settings));
  co_return co_await answers_there(record, name, std::move(places), means);
}

Task<OwnRecord> check_trap(const receiver::TrapHost& host, const std::string& digest, const TrapMeans& means,
                           bool held) {
  const auto name = receiver::trap_domain(host.name, means.settings.receiver.trap_domain);
  auto record = own_record(std::string(prefix) + host.name, name, host.address.v6 ? "AAAA" : "A", host.address.text());
  if (host.name == trap::bogus) {
    co_await check_bogus(record, host, means, held);
    co_return record;
  }
  const bool ours = co_await leads_to_us(record, host, means, held);
  if (!ours) co_return record;
  if (host.name == trap::dane_right || host.name == trap::dane_wrong)
    co_await check_tlsa(record, digest, means.resolver);
  else if (host.name == trap::sts_right || host.name == trap::sts_wrong)
    co_await check_policy(record, means, held);
  else
    record.holds = true;
  co_return record;
}

OwnRecord not_configured(std::string_view name, const std::string& domain) {
  auto record = own_record(std::string(prefix) + std::string(name), receiver::trap_domain(name, domain), {}, {});
  record.problem = "is not configured: receiver.traps names no address for it";
  record.cause = Cause::own_limit;
  return record;
}

}  // namespace

std::string trap_of(const OwnRecord& record) {
  return record.what.starts_with(prefix) ? record.what.substr(prefix.size()) : std::string{};
}

std::vector<evidence::TrapLeftOut> left_out(const std::vector<OwnRecord>& records) {
  std::vector<evidence::TrapLeftOut> all;
  for (const auto& record : records)
    if (!record.holds) all.push_back({trap_of(record), record.name + " " + record.problem.value_or("is not right")});
  return all;
}

Task<std::vector<OwnRecord>> check_traps(TrapMeans means) {
  std::vector<OwnRecord> records;
  const auto& receiver = means.settings.receiver;
  if (receiver.traps.empty()) co_return records;
  const auto folder = receiver::Folder{receiver_folder(means.settings)};
  const bool held = receiver::is_held(folder);
  const auto zone = receiver::trap_zone_of(receiver, folder);
  const std::string digest = zone ? zone->spki_sha256 : std::string{};
  for (const auto& host : receiver.traps) {
    auto record = co_await check_trap(host, digest, means, held);
    records.push_back(std::move(record));
  }
  for (const auto& one : evidence::trap_cases)
    if (std::ranges::find(receiver.traps, one.name, &receiver::TrapHost::name) == receiver.traps.end())
      records.push_back(not_configured(one.name, receiver.trap_domain));
  co_return records;
}

}  // namespace mailprobe::probe
