#include "probe/inspect.h"

#include <algorithm>

#include "base/safe_text.h"
#include "evidence/assess.h"
#include "probe/beside.h"
#include "probe/mta_sts_lookup.h"
#include "probe/policies.h"
#include "probe/port25.h"
#include "probe/published.h"
#include "probe/route.h"
#include "probe/tlsa_lookup.h"
#include "probe/transport_policy.h"
#include "probe/version.h"
#include "probe/visits.h"
#include "tls/context.h"

namespace mailprobe::probe {

using evidence::Document;
using evidence::MxShape;
using evidence::Target;

struct Inspector::Impl {
  Impl(VisitMeans of, dns::Resolver& asked)
      : means(of), resolver(asked), policies(policy_folder(of.settings)), visits(std::move(of)) {}

  [[nodiscard]] Document begin(const std::string& domain, const std::string& command) const;
  Task<void> examine(Document& document, Steady until);
  Task<void> visit_hosts(Target& target, Steady until);
  Task<void> look_up_sts(Target& target);
  Task<void> doubt_port25(Document& document);

  VisitMeans means;
  dns::Resolver& resolver;
  PolicyCache policies;
  Visits visits;
  std::optional<std::string> port25;  // of the control host, once it was asked
};

namespace {

constexpr std::uint16_t smtp_service = 25;  // RFC 7672 §2.2.3

std::string route_line(const Target& target) {
  std::string line =
      target.domain + ": " + std::string(word(target.shape)) + " (" + std::string(word(target.dnssec)) + ")";
  for (const auto& host : target.mx) line += " " + host.host;
  if (target.problem) line += ", " + *target.problem;
  return safe_text(line);
}

Error time_over(bool interrupted, std::chrono::milliseconds deadline) {
  if (interrupted) return {Failure::interrupted, "interrupted", Cause::interrupted, {}};
  return {
      Failure::ours,
      "our time for it was over (--deadline " + duration_text(deadline) + ", which the addresses of a domain share)",
      Cause::own_limit,
      {}};
}

/// Every address has a session in evidence, if only to say why there was none.
void fill_session(evidence::MxAddress& address, const std::string& host, const std::string& helo, const Error& why) {
  if (address.session && address.session->cause != Cause::interrupted) return;
  if (!address.session) {
    const auto ip = IpAddress::parse(address.ip);
    if (!ip) return;
    address.session = begin_attempt({host, *ip}, helo);
  }
  address.session->error = why.message;
  address.session->cause = why.cause;
}

void fill_untried(Document& document, const InspectOptions& options, const Error& why) {
  for (auto& host : document.target.mx)
    for (auto& address : host.addresses) {
      fill_session(address, host.host, document.self.helo.value_or(""), why);
      const bool missing = options.survey && address.session && came_to_tls(*address.session) && !address.survey;
      if (missing) address.survey = not_surveyed(options.full, why);
    }
}

/// Nobody failed to answer whom we did not wait for.
void blame_interruption(Target& target) {
  if (target.shape == MxShape::failed && target.cause == Cause::timed_out) target.cause = Cause::interrupted;
}

bool loopback(const evidence::MxAddress& address) {
  const auto ip = IpAddress::parse(address.ip);
  return ip && ip->loopback();
}

bool connected(const evidence::Attempt& attempt) {
  constexpr std::array causes{Cause::timed_out, Cause::unreachable, Cause::refused};
  const bool known = attempt.cause && std::ranges::find(causes, *attempt.cause) != causes.end();
  return attempt.phase != "connect" || !known;
}

/// Of strangers: tried, and nobody was there. None where anybody spoke or was not tried for a reason of ours. A refusal
/// may be a firewall's on our side.
std::vector<evidence::Attempt*> unanswered(Document& document) {
  std::vector<evidence::Attempt*> found;
  for (auto& host : document.target.mx)
    for (auto& address : host.addresses) {
      if (loopback(address) || !address.session) continue;
      if (!connected(*address.session))
        found.push_back(&*address.session);
      else if (!cut_short(*address.session) && address.session->cause != Cause::no_ipv6)
        return {};
    }
  return found;
}

}  // namespace

Document Inspector::Impl::begin(const std::string& domain, const std::string& command) const {
  Document document;
  document.run.started = now();
  document.run.version = version;
  document.run.command = command;
  document.run.target = domain;
  document.target.domain = domain;
  if (!means.settings.helo.empty()) document.self.helo = means.settings.helo;
  return document;
}

/// A policy host that says nothing is known to say nothing before the time of the domain is over.
std::chrono::milliseconds patience_of(std::chrono::milliseconds deadline) {
  return std::min<std::chrono::milliseconds>(std::chrono::minutes(1), deadline - deadline / 4);
}

Task<void> Inspector::Impl::look_up_sts(Target& target) {
  StsMeans with{.settings = means.settings,
                .resolver = resolver,
                .network = means.network,
                .context = means.context,
                .cache = &policies,
                .fresh = means.options.fresh,
                .progress = &means.progress,
                .patience = patience_of(means.options.deadline)};
  auto found = co_await look_up_mta_sts(target.domain, std::move(with));
  if (found.record) target.policies["mta_sts"] = *found.record;
  keep_mta_sts(target, std::move(found.sts));
}

/// Nobody answered, here or elsewhere: the network that we are in may keep port 25 closed.
Task<void> Inspector::Impl::doubt_port25(Document& document) {
  const auto silent = unanswered(document);
  if (silent.empty() || visits.answered()) co_return;
  if (!port25) port25 = co_await examine_port25(means.settings.control, means.network, resolver);
  document.self.port25 = port25;
  const bool refused = std::ranges::any_of(silent, [](const auto* each) { return each->cause == Cause::refused; });
  if (*port25 == "open" || (refused && *port25 != "closed")) co_return;  // without a control a refusal is believed
  for (auto* attempt : silent) attempt->cause = Cause::our_port_25;
}

/// All hosts at once. `visit` is called before this returns, its tasks run when it is awaited.
template <class Visit>
Task<void> each_host(Target& target, const Visit& visit) {
  std::vector<Task<void>> all;
  all.reserve(target.mx.size());
  for (auto& host : target.mx) all.push_back(visit(host));
  return at_once(std::move(all));
}

/// All hosts at once, each of them an address after the other. The session that a verdict is about goes before what is
/// nice to know: our limits are a provider's, and one survey uses them up.
Task<void> Inspector::Impl::visit_hosts(Target& target, Steady until) {
  const auto look = [&](auto& host) { return visits.look(host, policy_for(target, host, {}), until); };
  co_await each_host(target, look);
  const bool intrusive = means.options.intrusive.contains(target.domain);
  const auto intrude = [&](auto& host) { return visits.intrude(host, until); };
  if (intrusive) co_await each_host(target, intrude);
  if (means.options.survey) co_await visits.survey(target, intrusive, until);
}

/// The order of events of one domain:
///   1 where its mail goes   2 the TLSA records that the sessions are held against   3 at once: its MTA-STS policy,
///   which a session is held against when it is over, what else it publishes, and the MX hosts   4 where nobody
///   answered: whether it is us
Task<void> Inspector::Impl::examine(Document& document, Steady until) {
  auto& target = document.target;
  target = co_await find_route(target.domain, resolver);
  if (!co_await cancelled()) means.progress.say(route_line(target));
  co_await look_up_tlsa(target, smtp_service, resolver);
  std::vector<Task<void>> all;
  all.reserve(4);
  all.push_back(look_up_sts(target));
  all.push_back(look_up_policies(target, resolver));
  all.push_back(look_up_published(target, resolver));
  all.push_back(visit_hosts(target, until));
  co_await at_once(std::move(all));
  co_await doubt_port25(document);
}

Inspector::Inspector(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Inspector::Inspector(Inspector&&) noexcept = default;
Inspector& Inspector::operator=(Inspector&&) noexcept = default;
Inspector::~Inspector() = default;

Result<Inspector> Inspector::make(const Settings& settings, const InspectOptions& options, dns::Resolver& resolver,
                                  Progress progress, Network network) {
  auto context = tls::Context::client({.ca_file = settings.ca_file, .ca_pem = settings.ca_pem, .legacy_servers = true});
  if (!context) return std::unexpected(context.error());
  VisitMeans means{.settings = settings,
                   .options = options,
                   .network = std::move(network),
                   .progress = std::move(progress),
                   .context = std::move(*context)};
  return Inspector(std::make_unique<Impl>(std::move(means), resolver));
}

Task<Document> Inspector::inspect(std::string domain, std::string command) {
  co_await heed_cancellation();
  auto document = impl_->begin(domain, command);
  const auto deadline = impl_->means.options.deadline;
  auto work = co_await Beside::make();
  work.start(impl_->examine(document, impl_->means.network.steady() + deadline));
  co_await join_within(deadline, work);
  document.run.interrupted = co_await cancelled();
  document.run.finished = now();
  if (document.run.interrupted) blame_interruption(document.target);
  const auto over = time_over(document.run.interrupted, deadline);
  fill_untried(document, impl_->means.options, over);
  if (auto& sts = document.target.mta_sts; sts && sts->cause == Cause::interrupted) {
    sts->problem = over.message;
    sts->cause = over.cause;
  }
  evidence::conclude(document, evidence::embedded);
  co_return document;
}

}  // namespace mailprobe::probe
