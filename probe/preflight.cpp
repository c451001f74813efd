#include <algorithm>
#include <set>
#include <vector>

#include "base/safe_text.h"
#include "probe/execution.h"
#include "probe/mta_sts_lookup.h"
#include "probe/own_records.h"
#include "probe/route.h"
#include "probe/secrets.h"
#include "probe/standing.h"
#include "probe/tlsa_lookup.h"
#include "probe/visits.h"
#include "scenarios/faults.h"

namespace mailprobe::probe {

using evidence::MxShape;

namespace {

constexpr std::uint16_t smtp_port = 25;

/// What is not ready yet, told anew whenever something is.
class Pending {
 public:
  explicit Pending(const Progress& progress) : progress_(progress) {}

  void add(std::string what) {
    open_.push_back(std::move(what));
    tell();
  }
  void done(const std::string& what) {
    std::erase(open_, what);
    tell();
  }

 private:
  void tell() const {
    std::string all;
    for (const auto& what : open_) all += (all.empty() ? "for " : " and ") + what;
    if (!all.empty()) progress_.expect(all, preparation);
  }

  static constexpr auto preparation =
      std::chrono::minutes(1);  // a look-up takes seconds, an unlocked password up to it
  const Progress& progress_;
  std::vector<std::string> open_;
};

Task<void> tracked(Pending& pending, std::string what, Task<void> task) {
  co_await std::move(task);
  pending.done(what);
}

/// A usage error ends the other preparations: the user is told at once.
void note_usage(Preflight& into, Beside& all, Error error) {
  if (error.kind == Failure::interrupted) return;
  if (!into.usage) into.usage = std::move(error);
  all.cancel();
}

/// Of every identity that sends.
Task<void> prepare_keys(const Surroundings& around, const scenarios::Plan& plan, Preflight& into, Beside& all) {
  std::set<std::string> names;
  for (const auto& planned : plan.probes) names.insert(planned.identity);
  for (const auto& name : names) {
    const auto& identity = around.settings.identities.at(name);
    auto records = co_await check_keys(identity, around.resolver);
    if (!records) {
      note_usage(into, all, records.error());
      co_return;
    }
    into.keys.insert(into.keys.end(), records->begin(), records->end());
  }
  if (std::ranges::any_of(plan.probes, &scenarios::has_weak_key, &scenarios::PlannedProbe::send))
    into.keys.push_back(co_await check_weak_domain(around.settings, around.resolver));
}

std::string route_line(const evidence::Target& target) {
  if (target.shape == MxShape::server || target.shape == MxShape::mx || target.shape == MxShape::implicit) {
    std::string line = "MX of " + target.domain + " (" + std::string(word(target.dnssec)) + "):";
    if (target.shape == MxShape::implicit) line = target.domain + " has no MX, so its own address:";
    if (target.shape == MxShape::server) line = "server:";
    for (const auto& host : target.mx) {
      line += " " + host.host;
      for (const auto& address : host.addresses) line += " " + address.ip;
      if (host.problem) line += " [" + *host.problem + "]";
    }
    return line;
  }
  return target.domain + ": " + target.problem.value_or("no route");
}

/// With the folders that scenarios ask for.
MailboxAccount watched_account(MailboxAccount account, const scenarios::Plan& plan) {
  for (const auto& planned : plan.probes)
    account.more_folders.insert(account.more_folders.end(), planned.folders.begin(), planned.folders.end());
  return account;
}

/// Where there are records, or they could not be looked up.
void tell_tlsa(const Progress& progress, const evidence::MxHost& host) {
  if (!host.tlsa_lookup) return;
  const auto& lookup = *host.tlsa_lookup;
  const auto count = host.tlsa.size();
  if (count == 0 && lookup.state != evidence::TlsaState::failed) return;
  progress.say(safe_text("TLSA of " + lookup.base + " (" + std::string(word(lookup.dnssec)) + "): " +
                         lookup.problem.value_or(std::to_string(count) + (count == 1 ? " record" : " records") + ", " +
                                                 std::string(word(lookup.state)))));
}

void tell_sts(const Progress& progress, const std::string& domain, const evidence::MtaSts& sts) {
  if (!sts.mode && !sts.problem) return;
  auto line = "MTA-STS of " + domain + ":";
  if (sts.mode) line += " mode " + std::string(word(*sts.mode)) + " (" + sts.source.value_or("unknown") + ")";
  if (sts.problem) line += (sts.mode ? ", " : " ") + *sts.problem;
  progress.say(safe_text(line));
}

Task<void> prepare_route(const Surroundings& around, Preflight& into) {
  const auto& options = around.options;
  if (options.server)
    into.target = co_await route_to_server(options.server->first, around.resolver);
  else
    into.target = co_await find_route(options.to.domain(), around.resolver);
  into.target.domain = options.to.domain();
  if (around.submission() == nullptr)
    co_await look_up_tlsa(into.target, options.server ? options.server->second : smtp_port, around.resolver);
  if (co_await cancelled()) co_return;  // no failure of theirs
  around.progress.say(safe_text(route_line(into.target)));
  for (const auto& host : into.target.mx) tell_tlsa(around.progress, host);
}

/// Of the domain, not of a server that was named (RFC 8461 §2: a policy is about MX hosts).
Task<void> prepare_sts(const Surroundings& around, std::optional<StsFound>& found) {
  const PolicyCache cache(policy_folder(around.settings));
  StsMeans means{.settings = around.settings,
                 .resolver = around.resolver,
                 .network = around.network,
                 .context = around.context,
                 .cache = &cache,
                 .progress = &around.progress};
  found = co_await look_up_mta_sts(around.options.to.domain(), std::move(means));
  if (!co_await cancelled()) tell_sts(around.progress, around.options.to.domain(), found->sts);
}

Task<void> prepare_relay(const Surroundings& around, Preflight& into, Beside& all) {
  const auto& relay = *around.submission();
  into.relay = co_await look_up_host(relay.url.host, around.resolver);
  if (relay.user.empty()) co_return;
  const auto whose = "submission server " + relay.name;
  tell_of_command(around.progress, whose, relay.secret);
  auto credentials = co_await read_credentials(whose, relay.user, relay.secret);
  if (credentials)
    into.relay_credentials = std::move(*credentials);
  else
    note_usage(into, all, credentials.error());
}

Task<void> prepare_mailbox(Preflight& into, Beside& all) {
  auto opened = co_await into.mailbox->open();
  if (!opened) note_usage(into, all, opened.error());
}

}  // namespace

Task<void> prepare(const Surroundings& around, const scenarios::Plan& plan, Preflight& into) {
  const auto watched = std::ranges::find_if(plan.probes, [](const auto& probe) { return probe.mailbox.has_value(); });
  const auto mailbox = watched == plan.probes.end() ? std::nullopt : watched->mailbox;
  auto all = co_await Beside::make();
  Pending pending(around.progress);
  const auto start = [&](const std::string& what, Task<void> task) {
    pending.add(what);
    all.start(tracked(pending, what, std::move(task)));
  };
  start("our key records in DNS", prepare_keys(around, plan, into, all));
  start("the way to " + around.options.to.domain(), prepare_route(around, into));
  if (const auto* relay = around.submission())
    start("submission server " + relay->name, prepare_relay(around, into, all));
  if (mailbox) {
    auto account = watched_account(around.settings.mailboxes.at(*mailbox), plan);
    into.mailbox = std::make_unique<MailboxWitness>(std::move(account), around.context, around.network, around.resolver,
                                                    around.progress);
    into.mailbox->hide(around.hidden);
    if (around.options.resume) into.mailbox->went_out_at({});  // where the folders stood then nobody knows
    start("mailbox " + *mailbox, prepare_mailbox(into, all));
  }
  std::optional<StsFound> sts;
  if (!around.options.server && !around.options.via && !around.options.to.domain().starts_with('['))
    start("the MTA-STS policy of " + around.options.to.domain(), prepare_sts(around, sts));
  co_await all.join();
  if (!sts || co_await cancelled()) co_return;  // no finding about what nobody waited for
  into.sts_record = std::move(sts->record);
  keep_mta_sts(into.target, std::move(sts->sts));
}

namespace {

bool wanted(const SendOptions& options, scenarios::Family family, const IpAddress& address) {
  using scenarios::Family;
  if (address.v6) return !options.ipv4_only && family != Family::ipv4;
  return !options.ipv6_only && family != Family::ipv6;
}

/// What the places of one host have in common.
struct HostPlaces {
  const evidence::MxHost& host;
  HostPolicy policy;
  bool implicit_tls = false;
};

void append_places(std::vector<Place>& places, const HostPlaces& of, auto is_wanted, auto port_of) {
  for (const auto& listed : of.host.addresses)
    if (const auto address = IpAddress::parse(listed.ip); address && is_wanted(*address))
      places.push_back({of.host.host, *address, port_of(*address), of.implicit_tls, of.policy});
}

}  // namespace

std::vector<Place> places_of(const Surroundings& around, const scenarios::PlannedProbe& planned,
                             const Preflight& preflight) {
  const auto& options = around.options;
  const Wanted floor{planned.floor, planned.require_tls};
  const auto is_wanted = [&](const IpAddress& address) { return wanted(options, planned.family, address); };
  std::vector<Place> places;
  if (const auto* relay = around.submission()) {
    const bool implicit_tls = relay->url.scheme == "submissions";  // RFC 8314 §3.3
    append_places(places, {preflight.relay, policy_without_target(floor), implicit_tls}, is_wanted,
                  [&](const IpAddress&) { return relay->url.port; });
    return places;
  }
  for (const auto& host : preflight.target.mx) {
    const auto port_of = [&](const IpAddress& address) {
      return options.server ? options.server->second : smtp_port_of(around.settings, address);
    };
    append_places(places, {host, policy_for(preflight.target, host, floor)}, is_wanted, port_of);
  }
  return places;
}

}  // namespace mailprobe::probe
