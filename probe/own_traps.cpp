#include "probe/own_traps.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/text.h"
#include "dns/records.h"
#include "evidence/traps.h"
#include "probe/own_records.h"
#include "probe/reply_witness.h"
#include "receiver/folder.h"
#include "receiver/trap_zone.h"

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

Task<void> check_policy(OwnRecord& record, bool served, dns::Resolver& resolver) {
  record.name = "_mta-sts." + record.name;
  record.type = "TXT";
  record.wanted = "v=STSv1; id=1;";
  const auto answer = co_await resolver.query(record.name, dns::Type::txt);
  const auto texts = dns::txt(answer);
  const auto is_policy = [](const std::string& text) { return istarts_with(text, "v=STSv1"); };
  if (settled(record, answer)) co_return;
  if (std::ranges::none_of(texts, is_policy))
    record.problem = "holds no MTA-STS record";
  else if (!served)
    record.problem = "is published, and no policy is served: set receiver.policy_host";
  record.holds = !record.problem;
}

Task<OwnRecord> check_trap(receiver::TrapHost host, const receiver::Settings& settings, std::string digest,
                           dns::Resolver& resolver) {
  const auto type = host.address.v6 ? dns::Type::aaaa : dns::Type::a;
  auto record = own_record(std::string(prefix) + host.name, receiver::trap_domain(host.name, settings.trap_domain),
                           host.address.v6 ? "AAAA" : "A", host.address.text());
  if (host.name == trap::bogus) {
    co_await check_bogus(record, type, resolver);
    co_return record;
  }
  const auto address = co_await resolver.query(record.name, type);
  for (const auto& one : dns::addresses(address)) record.found.push_back(one.text());
  if (settled(record, address)) co_return record;
  if (host.name == trap::dane_right || host.name == trap::dane_wrong)
    co_await check_tlsa(record, host.port, std::move(digest), resolver);
  else if (host.name == trap::sts_right || host.name == trap::sts_wrong)
    co_await check_policy(record, settings.policy_host.has_value(), resolver);
  else
    record.holds = true;
  co_return record;
}

}  // namespace

std::string trap_of(const OwnRecord& record) {
  return record.what.starts_with(prefix) ? record.what.substr(prefix.size()) : std::string{};
}

Task<std::vector<OwnRecord>> check_traps(const Settings& settings, dns::Resolver& resolver) {
  std::vector<OwnRecord> records;
  const auto& receiver = settings.receiver;
  if (receiver.traps.empty()) co_return records;
  const auto zone = receiver::trap_zone_of(receiver, {receiver_folder(settings)});
  const std::string digest = zone ? zone->spki_sha256 : std::string{};
  for (const auto& host : receiver.traps) {
    auto record = co_await check_trap(host, receiver, digest, resolver);
    records.push_back(std::move(record));
  }
  co_return records;
}

}  // namespace mailprobe::probe
