#include "probe/route.h"

#include <algorithm>

#include "base/safe_text.h"
#include "base/text.h"
#include "dns/records.h"
#include "probe/beside.h"

namespace mailprobe::probe {

using evidence::MxHost;
using evidence::MxShape;
using evidence::Target;

namespace {

constexpr std::size_t max_hosts = 20;      // MX hosts looked up: DNS work is bounded (CVE-2023-50868)
constexpr std::size_t max_addresses = 20;  // of one host and family
constexpr std::size_t max_named = 10;      // of the hosts that are left out

struct HostAnswers {
  dns::Answer a, aaaa;
};

/// By reference to the caller's frame, which waits for it.
Task<void> ask(dns::Resolver& resolver, std::string name, dns::Type type, dns::Answer& into) {
  into = co_await resolver.query(std::move(name), type);
}

Task<HostAnswers> ask_both(std::string host, dns::Resolver& resolver) {
  HostAnswers answers;
  std::vector<Task<void>> both;
  both.reserve(2);
  both.push_back(ask(resolver, host, dns::Type::a, answers.a));
  both.push_back(ask(resolver, host, dns::Type::aaaa, answers.aaaa));
  co_await at_once(std::move(both));
  co_return answers;
}

/// The weaker of the two: a host is as good as its worst answer.
Dnssec worse(Dnssec a, Dnssec b) {
  constexpr std::array order{Dnssec::bogus, Dnssec::unknown, Dnssec::insecure, Dnssec::secure};
  return std::ranges::find(order, a) < std::ranges::find(order, b) ? a : b;
}

/// A host, and in words which of its addresses are left out.
struct Found {
  MxHost host;
  std::string left_out;
};

void append_addresses(Found& into, const dns::Answer& answer) {
  if (!answer.found()) return;
  auto found = dns::addresses(answer);
  if (found.size() > max_addresses) {
    if (!into.left_out.empty()) into.left_out += " and ";
    into.left_out += std::to_string(found.size() - max_addresses) + " of " + std::to_string(found.size()) +
                     (found.front().v6 ? " IPv6" : " IPv4") + " addresses";
    found.resize(max_addresses);
  }
  for (const auto& address : found) {
    auto& added = into.host.addresses.emplace_back();
    added.ip = address.text();
    added.dnssec = answer.dnssec;
  }
}

void append_addresses(Found& into, const HostAnswers& answers) {
  into.host.dnssec = worse(answers.a.dnssec, answers.aaaa.dnssec);
  append_addresses(into, answers.a);
  append_addresses(into, answers.aaaa);
}

/// What is not looked at for a limit of ours is not known (evidence: target.failed).
void note_left_out(Target& target, std::string what, const std::string& words, std::size_t limit) {
  target.failed.push_back({std::move(what), Cause::own_limit,
                           words + " are left out: " + std::to_string(limit) + " are looked at at most"});
}

/// Into the target; a host at two preferences is told of once.
void add_host(Target& target, Found found) {
  const auto what = "addresses " + found.host.host;
  const bool told = std::ranges::count(target.failed, what, &evidence::FailedLookUp::what) > 0;
  if (!found.left_out.empty() && !told) note_left_out(target, what, found.left_out, max_addresses);
  target.mx.push_back(std::move(found.host));
}

/// The best ones stay; of those at one preference always the same.
void leave_out_hosts(Target& target, std::vector<dns::Mx>& records) {
  const auto all = records.size();
  if (all <= max_hosts) return;
  std::ranges::sort(records, {}, [](const dns::Mx& mx) { return std::pair(mx.preference, to_lower(mx.exchange)); });
  auto words = std::to_string(all - max_hosts) + " of " + std::to_string(all) + " MX records (";
  const auto named = std::min(all, max_hosts + max_named);
  for (auto i = max_hosts; i < named; ++i) words += (i > max_hosts ? ", " : "") + records[i].exchange;
  note_left_out(target, "mx", words + (named < all ? ", …)" : ")"), max_hosts);
  records.resize(max_hosts);
}

void add_problem(MxHost& host, const std::string& problem) {
  host.problem = host.problem ? *host.problem + "; " + problem : problem;
}

bool failed(const dns::Answer& answer) { return !answer.found() && !answer.absent(); }

void note_problems(MxHost& host, const HostAnswers& answers) {
  const auto& [a, aaaa] = answers;
  const auto& alias = a.found() ? a : aaaa;
  if (alias.found() && !alias.canonical.empty() && alias.canonical != host.host) {
    host.canonical = alias.canonical;
    add_problem(host, "is an alias (CNAME) of " + alias.canonical + ", which an MX must not be (RFC 2181 §10.3)");
  }
  if (failed(a)) add_problem(host, "A: " + failure_text(a));
  if (failed(aaaa)) add_problem(host, "AAAA: " + failure_text(aaaa));
  if (a.status == dns::Status::nxdomain && aaaa.absent())
    add_problem(host, "does not exist (NXDOMAIN)");
  else if (a.absent() && aaaa.absent())
    add_problem(host, "has no address");
}

std::optional<IpAddress> literal_of(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);  // RFC 5321 §4.1.3
  if (host.starts_with("IPv6:")) host.remove_prefix(5);
  return IpAddress::parse(host);
}

Task<Found> find_host(std::string name, dns::Resolver& resolver) {
  Found found;
  found.host.host = name;
  if (const auto literal = literal_of(name)) {
    found.host.addresses.emplace_back().ip = literal->text();
    co_return found;
  }
  const auto answers = co_await ask_both(std::move(name), resolver);
  append_addresses(found, answers);
  note_problems(found.host, answers);
  co_return found;
}

Task<void> find_into(Found& found, dns::Resolver& resolver) {
  auto name = found.host.host;
  const auto preference = found.host.preference;
  found = co_await find_host(std::move(name), resolver);
  found.host.preference = preference;
}

/// All hosts at once.
Task<void> find_hosts(std::vector<Found>& hosts, dns::Resolver& resolver) {
  std::vector<Task<void>> all;
  all.reserve(hosts.size());
  for (auto& host : hosts) all.push_back(find_into(host, resolver));
  co_await at_once(std::move(all));
}

void set_failure(Target& target, const std::string& what, const dns::Answer& answer) {
  target.shape = MxShape::failed;
  target.cause = failure_cause(answer);
  target.problem = what + ": " + failure_text(answer);
}

/// RFC 5321 §5.1: no MX, so the domain itself is the host, at preference 0.
Task<void> implicit_route(Target& target, dns::Resolver& resolver) {
  Found found;
  found.host.host = target.domain;
  const auto answers = co_await ask_both(target.domain, resolver);
  append_addresses(found, answers);
  if (!found.host.addresses.empty()) {
    target.shape = MxShape::implicit;
    add_host(target, std::move(found));
  } else if (failed(answers.a)) {
    set_failure(target, "no MX, and A of " + target.domain, answers.a);
  } else if (failed(answers.aaaa)) {
    set_failure(target, "no MX, and AAAA of " + target.domain, answers.aaaa);
  } else {
    target.shape = MxShape::none;
    target.problem = "there is neither an MX nor an address record";
  }
}

/// RFC 6761 §6.3: such names are loopback addresses, whatever the DNS says.
bool is_localhost(const std::string& host) {
  const auto name = to_lower(host);
  return name == "localhost" || name.ends_with(".localhost");
}

Task<void> mx_route(Target& target, dns::Answer answer, dns::Resolver& resolver) {
  auto records = dns::mx(answer);
  const bool none = std::ranges::all_of(records, [](const dns::Mx& mx) { return mx.exchange.empty(); });
  if (!records.empty() && none) {  // RFC 7505 §3
    target.shape = MxShape::null_mx;
    target.problem = "the domain takes no mail (null MX, RFC 7505)";
    if (records.size() > 1) *target.problem += ", and says so " + std::to_string(records.size()) + " times";
    co_return;
  }
  const auto before = records.size();
  std::erase_if(records, [](const dns::Mx& mx) { return mx.exchange.empty(); });
  if (records.size() < before) target.problem = "a null MX stands beside others and is ignored (RFC 7505 §3)";
  if (records.empty()) {
    target.shape = MxShape::failed;
    target.cause = Cause::dns_failure;
    target.problem = "the MX records are malformed";
    co_return;
  }
  leave_out_hosts(target, records);
  target.shape = MxShape::mx;
  std::vector<Found> hosts(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    hosts[i].host.host = records[i].exchange;
    hosts[i].host.preference = static_cast<int>(records[i].preference);
  }
  co_await find_hosts(hosts, resolver);
  for (auto& found : hosts) add_host(target, std::move(found));
  for (auto& host : target.mx) {
    if (is_localhost(host.host)) add_problem(host, "means the machine that sends, whichever it is (RFC 6761 §6.3)");
    if (IpAddress::parse(host.host)) add_problem(host, "an MX names a host, not an address (RFC 5321 §5.1)");
  }
}

}  // namespace

std::string failure_text(const dns::Answer& answer) {
  const auto why = answer.why.empty() ? std::string{} : ": " + safe_text(answer.why, 300);
  if (answer.dnssec == Dnssec::bogus) return "bogus (DNSSEC)" + why;
  return (answer.status == dns::Status::timeout ? "no answer in time" : "SERVFAIL") + why;
}

Cause failure_cause(const dns::Answer& answer) {
  if (answer.dnssec == Dnssec::bogus) return Cause::bogus;
  return answer.status == dns::Status::timeout ? Cause::timed_out : Cause::dns_failure;
}

void note_failure(std::vector<evidence::FailedLookUp>& failures, std::string what, const dns::Answer& answer) {
  if (!failed(answer) || std::ranges::count(failures, what, &evidence::FailedLookUp::what) > 0) return;
  failures.push_back({std::move(what), failure_cause(answer), failure_text(answer)});
}

Task<MxHost> look_up_host(std::string name, dns::Resolver& resolver) {
  auto found = co_await find_host(std::move(name), resolver);
  co_return std::move(found.host);
}

Task<Target> find_route(std::string domain, dns::Resolver& resolver) {
  if (domain.starts_with('[')) co_return co_await route_to_server(std::move(domain), resolver);
  Target target;
  target.domain = domain;
  const auto answer = co_await resolver.query(std::move(domain), dns::Type::mx);
  target.dnssec = answer.dnssec;
  switch (answer.status) {
    case dns::Status::ok: co_await mx_route(target, answer, resolver); break;
    case dns::Status::nodata: co_await implicit_route(target, resolver); break;
    case dns::Status::nxdomain:
      target.shape = MxShape::nxdomain;
      target.problem = "there is no such domain (NXDOMAIN)";
      break;
    case dns::Status::servfail:
    case dns::Status::timeout: set_failure(target, "MX of " + target.domain, answer); break;
  }
  co_return target;
}

Task<Target> route_to_server(std::string host, dns::Resolver& resolver) {
  Target target;
  target.domain = host;
  target.shape = MxShape::server;
  auto found = co_await find_host(std::move(host), resolver);
  if (found.host.addresses.empty()) target.problem = found.host.problem;
  if (found.host.dnssec == Dnssec::bogus && found.host.addresses.empty()) target.cause = Cause::bogus;
  add_host(target, std::move(found));
  co_return target;
}

}  // namespace mailprobe::probe
