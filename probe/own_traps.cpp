#include "probe/own_traps.h"

#include <algorithm>

#include "base/encoding.h"
#include "dns/records.h"
#include "evidence/traps.h"
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

/// It serves its purpose where a validating resolver calls it bogus, and not where it answers nobody.
Task<void> check_bogus(OwnRecord& record, dns::Type type, dns::Resolver& resolver) {
  record.type = "DS";
  record.wanted = "a DS of no key in the zone above, and the zone itself served unsigned";
  const auto answer = co_await resolver.query(record.name, type);
  record.holds = answer.dnssec == Dnssec::bogus;
  if (!record.holds && !settled(record, answer))
    record.problem = "validates, or is not signed: who takes mail there has done nothing wrong";
}

/// The digest at the end of "3 1 1 digest" (RFC 6698 §2.1).
bool is_of(const std::string& tlsa, const std::string& digest) { return hex(tlsa).ends_with(digest); }

Task<void> check_tlsa(OwnRecord& record, std::uint16_t port, std::string digest, dns::Resolver& resolver) {
  const bool right = trap_of(record) == trap::dane_right;
  record.name = "_" + std::to_string(port) + "._tcp." + record.name;
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
  const auto address = co_await means.resolver.query(record.name, host->address.v6 ? dns::Type::aaaa : dns::Type::a);
  if (settled(record, address)) co_return;
  if (!held) {
    record.problem = "serves its policy while somebody receives, and nobody does now";
    record.cause = Cause::own_limit;
    co_return;
  }
  record.type.clear();
  record.wanted = "Let mailprobe reflect run with a receiver.certificate that is valid for " + record.name + " too";
  record.problem = co_await own_policy_problem(*host, domain, means.network, means.context);
  if (record.problem) record.problem = "serves no policy that counts: it " + *record.problem;
  if (record.problem && co_await cancelled()) record.cause = Cause::interrupted;
  record.holds = !record.problem;
}

Task<OwnRecord> check_trap(const receiver::TrapHost& host, const std::string& digest, const TrapMeans& means,
                           bool held) {
  const auto type = host.address.v6 ? dns::Type::aaaa : dns::Type::a;
  const auto name = receiver::trap_domain(host.name, means.settings.receiver.trap_domain);
  auto record = own_record(std::string(prefix) + host.name, name, host.address.v6 ? "AAAA" : "A", host.address.text());
  if (host.name == trap::bogus) {
    co_await check_bogus(record, type, means.resolver);
    co_return record;
  }
  const auto address = co_await means.resolver.query(name, type);
  for (const auto& one : dns::addresses(address)) record.found.push_back(one.text());
  if (settled(record, address)) co_return record;
  if (host.name == trap::dane_right || host.name == trap::dane_wrong)
    co_await check_tlsa(record, host.port, digest, means.resolver);
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
