#include "probe/published.h"

#include "auth/bimi_record.h"
#include "auth/public_suffix.h"
#include "base/ip.h"
#include "dns/caa.h"
#include "dns/records.h"
#include "dns/reverse.h"
#include "probe/beside.h"
#include "probe/route.h"

namespace mailprobe::probe {

using evidence::CaaRecord;
using evidence::MxAddress;
using evidence::NameServer;
using evidence::Target;

namespace {

constexpr std::size_t max_climb = 10;         // labels above a name that are asked for CAA
constexpr std::size_t max_caa = 50;           // records of one set
constexpr std::size_t max_name_servers = 13;  // what a delegation of 512 octets holds

/// "a.example.org", "example.org", "org".
std::vector<std::string> with_parents(std::string name) {
  std::vector<std::string> all;
  for (;;) {
    all.push_back(name);
    const auto dot = name.find('.');
    if (dot == std::string::npos || all.size() > max_climb) return all;
    name.erase(0, dot + 1);
  }
}

bool failed(const dns::Answer& answer) { return !answer.found() && !answer.absent(); }

std::vector<CaaRecord> caa_records(const std::string& owner, const dns::Answer& answer) {
  std::vector<CaaRecord> records;
  for (auto& caa : dns::caa(answer)) {
    if (records.size() == max_caa) break;
    records.push_back({owner, caa.critical, std::move(caa.tag), std::move(caa.value), std::move(caa.problem)});
  }
  return records;
}

Task<void> put_caa(std::string name, dns::Resolver& resolver, std::optional<std::vector<CaaRecord>>& into,
                   FailedLookUps& failed) {
  into = co_await look_up_caa(std::move(name), resolver, failed);
}

Task<void> put_name_servers(Target& target, dns::Resolver& resolver) {
  target.ns = co_await look_up_name_servers(target.domain, resolver);
}

Task<void> put_addresses(NameServer& server, dns::Resolver& resolver) {
  const auto host = co_await look_up_host(server.host, resolver);
  for (const auto& address : host.addresses) server.addresses.push_back(address.ip);
}

}  // namespace

Task<std::optional<std::vector<CaaRecord>>> look_up_caa(std::string name, dns::Resolver& resolver,
                                                        FailedLookUps& failures) {
  const auto owners = with_parents(name);
  for (const auto& owner : owners) {
    const auto answer = co_await resolver.query(owner, dns::Type::caa);
    note_failure(failures, "caa " + name, answer);
    if (failed(answer)) co_return std::nullopt;
    if (answer.found()) co_return caa_records(owner, answer);
  }
  co_return std::vector<CaaRecord>{};
}

Task<void> look_up_ptr(MxAddress& address, dns::Resolver& resolver, FailedLookUps& failures) {
  const auto ip = IpAddress::parse(address.ip);
  if (!ip) co_return;
  auto found = co_await dns::reverse_name(*ip, resolver);
  address.ptr = std::move(found.name);
  address.ptr_confirmed = found.confirmed;
  if (found.confirmed) co_return;
  const auto answer = co_await resolver.query(ip->reverse_name(), dns::Type::ptr);  // the resolver has it
  note_failure(failures, "ptr " + address.ip, answer);
}

Task<std::optional<std::vector<NameServer>>> look_up_name_servers(std::string domain, dns::Resolver& resolver) {
  std::vector<NameServer> servers;
  for (const auto& owner : with_parents(domain)) {
    const auto answer = co_await resolver.query(owner, dns::Type::ns);
    if (failed(answer)) co_return std::nullopt;
    for (const auto& name : dns::names(answer))
      if (servers.size() < max_name_servers) servers.push_back({name, {}});
    if (answer.found() || owner == auth::registrable_domain(domain)) break;
  }
  std::vector<Task<void>> all;
  all.reserve(servers.size());
  for (auto& server : servers) all.push_back(put_addresses(server, resolver));
  co_await at_once(std::move(all));
  co_return servers;
}

Task<void> look_up_bimi(Target& target, dns::Resolver& resolver) {
  std::vector<std::string> owners{target.domain};
  if (auto above = auth::registrable_domain(target.domain); above != target.domain) owners.push_back(std::move(above));
  std::optional<std::string> found;
  for (const auto& owner : owners) {
    const auto answer = co_await resolver.query("default._bimi." + owner, dns::Type::txt);
    note_failure(target.failed, "bimi", answer);
    if (failed(answer)) co_return;
    for (const auto& text : dns::txt(answer))
      if (auth::is_bimi_record(text)) found = found ? *found + "\n" + text : text;
    if (found) break;
  }
  target.policies["bimi"] = std::move(found);
}

/// All at once; the resolver asks no name twice.
Task<void> look_up_published(Target& target, dns::Resolver& resolver) {
  std::vector<Task<void>> all;
  all.push_back(put_name_servers(target, resolver));
  all.push_back(put_caa(target.domain, resolver, target.caa, target.failed));
  all.push_back(look_up_bimi(target, resolver));
  for (auto& host : target.mx) {
    all.push_back(put_caa(host.host, resolver, host.caa, target.failed));
    for (auto& address : host.addresses) all.push_back(look_up_ptr(address, resolver, target.failed));
  }
  co_await at_once(std::move(all));
}

}  // namespace mailprobe::probe
