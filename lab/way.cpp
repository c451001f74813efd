#include "lab/way.h"

#include "base/text.h"
#include "dns/records.h"
#include "lab/trap_hosts.h"
#include "tls/https_fetch.h"
#include "tls/mta_sts.h"
#include "tls/network.h"

namespace mailprobe::lab {

namespace {

constexpr auto fetch_time = std::chrono::seconds(5);  // it is all loopback
constexpr std::string_view well_known = "/.well-known/mta-sts.txt";

std::string domain_of(const Path& path) { return path.text().substr(path.text().rfind('@') + 1); }

/// IPv4 first, IPv6 where there is no other.
Task<std::optional<IpAddress>> address_of_name(std::string name, dns::Resolver& resolver) {
  for (const auto type : {dns::Type::a, dns::Type::aaaa}) {
    const auto found = co_await resolver.query(name, type);
    const auto addresses = dns::addresses(found);
    if (!addresses.empty()) co_return addresses.front();
  }
  co_return std::nullopt;
}

/// No record says so: a lab has no port 25.
std::uint16_t port_of(const std::string& host, const World& world) {
  return host == ipv6_trap_host() ? world.ipv6_trap_port : world.smtp_port;
}

Task<std::optional<Way>> way_to(std::string domain, dns::Resolver& resolver, const World& world) {
  const auto exchangers = co_await resolver.query(std::move(domain), dns::Type::mx);
  for (const auto& mx : dns::mx(exchangers)) {
    const auto address = co_await address_of_name(mx.exchange, resolver);
    if (address)
      co_return Way{.host = mx.exchange, .address = *address, .port = port_of(mx.exchange, world), .tlsa = {}};
  }
  co_return std::nullopt;
}

/// At port 25, as everywhere, though a lab has none. RFC 7672 §2.2: false where the answer is neither there nor denied.
Task<bool> use_dane(Way& way, World& world) {
  const auto name = "_25._tcp." + way.host;
  const auto answer = co_await world.validating->query(name, dns::Type::tlsa);
  if (!answer.found()) co_return answer.absent();
  if (answer.dnssec != Dnssec::secure) co_return true;
  for (const auto& rdata : answer.rdata)
    if (auto record = tls::tlsa_from_wire(rdata); record && tls::usable_for_smtp(*record))
      way.tlsa.push_back(std::move(*record));
  co_return true;
}

/// RFC 8461 §3.3. An error of whatever kind: there is no policy.
Task<std::optional<tls::StsPolicy>> policy_of(std::string domain, World& world) {
  const auto answer = co_await world.validating->query("_mta-sts." + domain, dns::Type::txt);
  const auto texts = dns::txt(answer);
  if (std::ranges::count_if(texts, tls::is_sts_record) != 1) co_return std::nullopt;
  const auto host = "mta-sts." + domain;
  const auto address = co_await address_of_name(host, *world.validating);
  if (!address) co_return std::nullopt;
  const auto deadline = std::chrono::steady_clock::now() + fetch_time;
  auto stream = co_await tls::connect(*address, world.https_port, std::nullopt, deadline);
  if (!stream) co_return std::nullopt;
  (*stream)->deadline(deadline);
  auto context = world.client;
  const auto fetched = co_await tls::https_get(**stream, std::move(context), host, std::string(well_known));
  auto policy = tls::parse_sts_policy(fetched.body);
  if (fetched.error || !policy) co_return std::nullopt;
  co_return std::move(*policy);
}

/// RFC 8461 §4, §5: false where the policy does not list the host.
Task<bool> use_mta_sts(Way& way, std::string domain, World& world) {
  const auto policy = co_await policy_of(std::move(domain), world);
  if (!policy || policy->mode != StsMode::enforce) co_return true;
  if (!tls::sts_lists(*policy, way.host)) co_return false;
  way.floor = TlsFloor::verify;
  co_return true;
}

}  // namespace

Task<std::optional<Way>> careless_way(const Path& to, World& world) {
  auto domain = domain_of(to);
  co_return co_await way_to(std::move(domain), *world.resolver, world);
}

Task<std::optional<Way>> obedient_way(const Path& to, World& world) {
  auto domain = domain_of(to);
  auto way = co_await way_to(domain, *world.validating, world);
  if (!way) co_return std::nullopt;
  way->floor = TlsFloor::encrypt;
  const bool known = co_await use_dane(*way, world);
  if (!known) co_return std::nullopt;
  if (!way->tlsa.empty()) co_return way;  // RFC 8461 §2: DANE goes before it
  const bool listed = co_await use_mta_sts(*way, std::move(domain), world);
  if (!listed) co_return std::nullopt;
  co_return way;
}

}  // namespace mailprobe::lab
