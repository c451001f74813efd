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

void append_addresses(MxHost& host, const dns::Answer& answer) {
  if (!answer.found()) return;
  auto found = dns::addresses(answer);
  if (found.size() > max_addresses) found.resize(max_addresses);
  for (const auto& address : found) {
    auto& added = host.addresses.emplace_back();
    added.ip = address.text();
    added.dnssec = answer.dnssec;
  }
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

Task<void> look_up_into(MxHost& host, dns::Resolver& resolver) {
  const auto preference = host.preference;
  host = co_await look_up_host(host.host, resolver);
  host.preference = preference;
}

/// All hosts at once.
Task<void> look_up_hosts(std::vector<MxHost>& hosts, dns::Resolver& resolver) {
  std::vector<Task<void>> all;
  all.reserve(hosts.size());
  for (auto& host : hosts) all.push_back(look_up_into(host, resolver));
  co_await at_once(std::move(all));
}

void set_failure(Target& target, const std::string& what, const dns::Answer& answer) {
  target.shape = MxShape::failed;
  target.cause = failure_cause(answer);
  target.problem = what + ": " + failure_text(answer);
}

/// RFC 5321 §5.1: no MX, so the domain itself is the host, at preference 0.
Task<void> implicit_route(Target& target, dns::Resolver& resolver) {
  MxHost host;
  host.host = target.domain;
  const auto answers = co_await ask_both(target.domain, resolver);
  host.dnssec = worse(answers.a.dnssec, answers.aaaa.dnssec);
  append_addresses(host, answers.a);
  append_addresses(host, answers.aaaa);
  if (!host.addresses.empty()) {
    target.shape = MxShape::implicit;
    target.mx.push_back(std::move(host));
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
  if (records.size() > max_hosts) records.resize(max_hosts);
  target.shape = MxShape::mx;
  for (const auto& record : records) {
    auto& host = target.mx.emplace_back();
    host.host = record.exchange;
    host.preference = static_cast<int>(record.preference);
  }
  co_await look_up_hosts(target.mx, resolver);
  for (auto& host : target.mx) {
    if (is_localhost(host.host)) add_problem(host, "means the machine that sends, whichever it is (RFC 6761 §6.3)");
    if (IpAddress::parse(host.host)) add_problem(host, "an MX names a host, not an address (RFC 5321 §5.1)");
  }
}

std::optional<IpAddress> literal_of(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);  // RFC 5321 §4.1.3
  if (host.starts_with("IPv6:")) host.remove_prefix(5);
  return IpAddress::parse(host);
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
  MxHost host;
  host.host = name;
  if (const auto literal = literal_of(name)) {
    host.addresses.emplace_back().ip = literal->text();
    co_return host;
  }
  const auto answers = co_await ask_both(std::move(name), resolver);
  host.dnssec = worse(answers.a.dnssec, answers.aaaa.dnssec);
  append_addresses(host, answers.a);
  append_addresses(host, answers.aaaa);
  note_problems(host, answers);
  co_return host;
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
  auto found = co_await look_up_host(std::move(host), resolver);
  if (found.addresses.empty()) target.problem = found.problem;
  if (found.dnssec == Dnssec::bogus && found.addresses.empty()) target.cause = Cause::bogus;
  target.mx.push_back(std::move(found));
  co_return target;
}

}  // namespace mailprobe::probe
