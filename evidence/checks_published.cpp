// published.*: what the target domain publishes to be reached by.
#include <algorithm>

#include "base/ip.h"
#include "base/text.h"
#include "evidence/findings.h"

namespace mailprobe::evidence {

namespace {

bool relayed(const Document& document) {
  return !document.probes.empty() &&
         std::ranges::all_of(document.probes, [](const Probe& probe) { return probe.via.has_value(); });
}

/// The MX were looked up and led somewhere.
bool routed(const Target& target) { return target.shape == MxShape::mx || target.shape == MxShape::implicit; }

std::string problem_of(const Target& target) {
  return target.problem ? plain(*target.problem, 300) : std::string("no reason is known");
}

Judgement failed_look_up(const Target& target) {
  Judgement out{.verdict = Verdict::inconclusive,
                .summary = "The MX records could not be looked up: " + problem_of(target) + ".",
                .cause = target.cause.value_or(Cause::dns_failure),
                .advice = "Run it again; where it stays, see whether the domain's name servers answer."};
  if (target.cause != Cause::bogus) return out;
  out.verdict = Verdict::fail;  // RFC 4035 §5.5: the zone's own fault, and no mail comes to it
  out.summary = "DNSSEC validation of the MX records fails: " + problem_of(target) + ".";
  out.advice = "Repair the zone's signatures or its DS record: validating senders cannot reach this domain.";
  return out;
}

struct Hosts {
  std::vector<std::string> good, half_known, wrong, dangling, unknown;  // names
  std::optional<Cause> failure;                                         // of the half known
  bool bogus = false;                                                   // some of what is wrong is for that
};

/// By what failure_text() of probe/route.h writes.
std::optional<Cause> look_up_cause(std::string_view problem) {
  if (problem.contains("no answer in time")) return Cause::timed_out;
  if (problem.contains("SERVFAIL")) return Cause::dns_failure;
  if (problem.contains("bogus (DNSSEC)")) return Cause::bogus;
  return std::nullopt;
}

/// Why one address family of a host that has addresses of the other is not known, and nothing else is wrong with it.
std::optional<Cause> half_known(const MxHost& host) {
  const std::string_view problem = host.problem ? *host.problem : std::string_view();
  if (!problem.starts_with("A: ") && !problem.starts_with("AAAA: ")) return std::nullopt;
  return look_up_cause(problem);
}

/// A host at two preferences is said once.
void note(std::vector<std::string>& names, std::string name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
}

void sort_reachable(const MxHost& host, const std::string& text, Hosts& hosts) {
  const auto half = half_known(host);
  hosts.bogus = hosts.bogus || half == Cause::bogus;
  if (!half || *half == Cause::bogus) {
    note(host.problem ? hosts.wrong : hosts.good, text);
  } else {
    note(hosts.half_known, text);
    hosts.failure = half;
  }
}

void sort_unreachable(const MxHost& host, const std::string& text, Hosts& hosts) {
  const auto failure = failed_look_up(host);
  hosts.bogus = hosts.bogus || failure == Cause::bogus;
  note(failure && *failure != Cause::bogus ? hosts.unknown : hosts.dangling, text);
}

Hosts sort_hosts(const Target& target) {
  Hosts hosts;
  for (const auto& host : target.mx) {
    const auto problem = host.problem.value_or("");
    const auto text = plain(host.host, 260) + (host.problem ? " (" + plain(problem, 200) + ")" : "");
    if (host.addresses.empty())
      sort_unreachable(host, text, hosts);
    else
      sort_reachable(host, text, hosts);
  }
  return hosts;
}

constexpr auto again = "Run it again; where it stays, see whether the hosts' name servers answer.";
constexpr auto repair = "Repair the zone's signatures or its DS record.";

/// None of them is known to have an address.
Judgement judge_unreachable(const Hosts& hosts) {
  if (!hosts.unknown.empty())
    return {.verdict = Verdict::inconclusive,
            .summary = "The addresses of the MX hosts could not be looked up: " + listed(hosts.unknown) + ".",
            .cause = Cause::dns_failure,
            .advice = again};
  return {.verdict = Verdict::fail,
          .summary = "No MX host can be reached: " + listed(hosts.dangling) + ".",
          .cause = hosts.bogus ? std::optional(Cause::bogus) : std::nullopt,
          .advice =
              hosts.bogus ? repair : "Publish an address for the MX hosts, or an MX that names a host which has one."};
}

/// Nothing is known to be wrong, and something is not known.
Judgement judge_unknown(const Hosts& hosts) {
  auto reached = hosts.good;
  reached.insert(reached.end(), hosts.half_known.begin(), hosts.half_known.end());
  auto summary = "Mail goes to " + listed(reached);
  if (!hosts.half_known.empty()) summary += "; not every address could be looked up";
  if (!hosts.unknown.empty()) summary += "; whether to others is not known: " + listed(hosts.unknown);
  return {.verdict = Verdict::inconclusive,
          .summary = summary + ".",
          .cause = hosts.failure.value_or(Cause::dns_failure),
          .advice = again};
}

Judgement judge_hosts(const Target& target) {
  const auto hosts = sort_hosts(target);
  if (hosts.good.empty() && hosts.half_known.empty() && hosts.wrong.empty()) return judge_unreachable(hosts);
  auto bad = hosts.wrong;
  bad.insert(bad.end(), hosts.dangling.begin(), hosts.dangling.end());
  if (target.problem) bad.push_back(plain(*target.problem, 200));
  if (!bad.empty())
    return {
        .verdict = Verdict::warn,
        .summary = "Mail can be delivered, but not every MX record is right: " + listed(bad) + ".",
        .cause = hosts.bogus ? std::optional(Cause::bogus) : std::nullopt,
        .advice = hosts.bogus ? repair : "Let every MX name a host that has addresses of its own (RFC 2181 §10.3)."};
  if (!hosts.unknown.empty() || !hosts.half_known.empty()) return judge_unknown(hosts);
  return {.verdict = Verdict::pass, .summary = "Mail goes to " + listed(hosts.good) + "."};
}

Judgement judge_mx(const Document& document) {
  const auto& target = document.target;
  using enum Verdict;
  switch (target.shape) {
    case MxShape::server:
      return {.verdict = not_tested, .summary = "A server was named, so the MX records were not looked up."};
    case MxShape::null_mx:  // RFC 7505 §3
      return {.verdict = fail,
              .summary = "The domain says that it takes no mail: it has a null MX.",
              .cause = Cause::policy,
              .advice = "Remove the null MX where mail is wanted."};
    case MxShape::nxdomain:
      return {.verdict = fail,
              .summary = "There is no such domain.",
              .advice = "Check the spelling; else register the domain or publish its zone."};
    case MxShape::failed: return failed_look_up(target);
    case MxShape::implicit:  // RFC 5321 §5.1
      return {.verdict = warn,
              .summary = "There is no MX record; mail goes to the domain's own address.",
              .advice = "Publish an MX record."};
    case MxShape::mx: return judge_hosts(target);
    case MxShape::none: break;
  }
  if (relayed(document))
    return {
        .verdict = not_tested, .summary = "The submission server looks up the MX records.", .cause = Cause::via_relay};
  if (document.run.interrupted)
    return {.verdict = inconclusive,
            .summary = "The run was interrupted before the MX records were known.",
            .cause = Cause::interrupted};
  return {.verdict = fail,
          .summary = "The domain has neither an MX nor an address record, so it cannot get mail.",
          .advice = "Publish an MX record."};
}

/// Of one answer, in the words of RFC 4035 §4.3; `what` begins with "The".
Judgement judge_dnssec(Dnssec status, const std::string& what) {
  using enum Verdict;
  switch (status) {
    case Dnssec::secure: return {.verdict = pass, .summary = what + " validate with DNSSEC."};
    case Dnssec::insecure:
      return {.verdict = warn,
              .summary = what + " are not signed with DNSSEC.",
              .advice = "Sign the zone and publish its DS record: DANE needs it."};
    case Dnssec::bogus:
      return {.verdict = fail,
              .summary = what + " fail DNSSEC validation.",
              .cause = Cause::bogus,
              .advice = "Repair the zone's signatures or its DS record."};
    case Dnssec::unknown: break;
  }
  return {.verdict = not_tested, .summary = "Whether the" + what.substr(3) + " are signed is not known."};
}

void check_hosts(const Target& target, Findings& findings) {
  for (std::size_t i = 0; i < target.mx.size(); ++i) {
    const auto& host = target.mx[i];
    auto judgement = judge_dnssec(host.dnssec, "The addresses of " + plain(host.host, 260));
    judgement.evidence = {pointer("target", "mx", i, "dnssec")};
    findings.add("published.mx-dnssec", mx_subject(host.host), std::move(judgement));
  }
}

/// What a limit of ours left out says nothing, neither for the domain nor against it.
void check_left_out(const Target& target, Findings& findings) {
  const auto add = [&](const std::string& subject, std::string summary, std::string at) {
    findings.add("inbound.connect", subject,
                 {.verdict = Verdict::not_tested,
                  .summary = std::move(summary),
                  .cause = Cause::own_limit,
                  .evidence = {std::move(at)}});
  };
  if (const auto* hosts = failure_of(target, "mx"))
    add(domain_subject(target.domain), plain(hosts->problem, 600), pointer("target", "mx"));
  for (std::size_t i = 0; i < target.mx.size(); ++i) {
    const auto& host = target.mx[i].host;
    const auto* addresses = failure_of(target, "addresses " + host);
    if (addresses == nullptr || findings.has("inbound.connect", mx_subject(host))) continue;
    add(mx_subject(host), "Of " + plain(host, 260) + " " + plain(addresses->problem, 300), pointer("target", "mx", i));
  }
}

bool has_ipv6(const MxHost& host) {
  return std::ranges::any_of(host.addresses, [](const MxAddress& address) {
    const auto ip = IpAddress::parse(address.ip);
    return ip && ip->v6;
  });
}

/// "2 of 3 name servers have one too"; nothing where they are not known.
std::string name_servers_text(const Target& target, std::size_t& with) {
  if (!target.ns || target.ns->empty()) return {};
  with = static_cast<std::size_t>(std::ranges::count_if(*target.ns, [](const NameServer& server) {
    return std::ranges::any_of(server.addresses, [](const std::string& text) {
      const auto ip = IpAddress::parse(text);
      return ip && ip->v6;
    });
  }));
  return "; " + std::to_string(with) + " of " + count_of(target.ns->size(), "name server") +
         (target.ns->size() == 1 ? " has one" : " have one");
}

Judgement judge_ipv6(const Target& target) {
  std::vector<std::string> with, without;
  for (const auto& host : target.mx) note(has_ipv6(host) ? with : without, plain(host.host, 260));
  std::size_t servers = 1;  // where they are not known nothing is held against them
  const auto of_servers = name_servers_text(target, servers);
  if (with.empty())
    return {.verdict = Verdict::info,  // nothing is protected by it
            .summary = "No MX host has an IPv6 address" + of_servers,
            .advice = "Publish an AAAA record for an MX host.",
            .evidence = {pointer("target", "mx")}};
  if (!without.empty())
    return {.verdict = Verdict::info,
            .summary = listed(with) + (with.size() == 1 ? " has" : " have") + " an IPv6 address, " + listed(without) +
                       (without.size() == 1 ? " has" : " have") + " none" + of_servers,
            .advice = "Publish an AAAA record for every MX host.",
            .evidence = {pointer("target", "mx")}};
  return {.verdict = servers > 0 ? Verdict::pass : Verdict::info,
          .summary = listed(with) + (with.size() == 1 ? " has" : " have") + " an IPv6 address" + of_servers,
          .advice = servers > 0 ? "" : "Let a name server answer on IPv6.",
          .evidence = {pointer("target", "mx")}};
}

}  // namespace

std::optional<Cause> failed_look_up(const MxHost& host) {
  if (!host.problem || !host.addresses.empty()) return std::nullopt;
  return look_up_cause(*host.problem);
}

void judge_published(const Document& document, Findings& findings) {
  const auto& target = document.target;
  if (of_doctor(document) || target.domain.empty()) return;
  const auto domain = domain_subject(target.domain);
  auto mx = judge_mx(document);
  mx.evidence = {routed(target) ? pointer("target", "mx") : pointer("target", "shape")};
  if (target.problem) mx.evidence.push_back(pointer("target", "problem"));
  findings.add("published.mx", domain, std::move(mx));
  check_left_out(target, findings);
  const bool answered = routed(target) || target.shape == MxShape::null_mx || target.shape == MxShape::none;
  if (!answered && target.dnssec != Dnssec::bogus) return;
  auto dnssec = judge_dnssec(target.dnssec, "The domain's MX records");
  dnssec.evidence = {pointer("target", "dnssec")};
  findings.add("published.dnssec", domain, std::move(dnssec));
  check_hosts(target, findings);
  const bool addresses = std::ranges::any_of(target.mx, [](const MxHost& host) { return !host.addresses.empty(); });
  if (addresses) findings.add("published.ipv6", domain, judge_ipv6(target));
}

}  // namespace mailprobe::evidence
