#include "probe/visits.h"

#include <algorithm>
#include <filesystem>
#include <limits>

#include "base/safe_text.h"
#include "base/tls_registry.h"
#include "probe/admission.h"
#include "probe/beside.h"
#include "probe/deliver.h"
#include "probe/shares.h"
#include "probe/tls_known.h"
#include "probe/tls_opener.h"
#include "probe/tls_questions.h"
#include "probe/transport_policy.h"
#include "receiver/folder.h"

namespace mailprobe::probe {

namespace {

using std::chrono::milliseconds;

constexpr std::uint16_t smtp_port = 25;
constexpr milliseconds per_address = std::chrono::seconds(10);  // connecting
constexpr smtp::Timeouts patience{.banner = 30, .command = 20, .tls = 20};
constexpr int survey_budget = 12;  // connections to a host, addresses together (docs/threats.md, Manners)
constexpr int unlimited = std::numeric_limits<int>::max();
constexpr auto survey_reserve = std::chrono::milliseconds(500);  // what is known is to be there before the time is over
constexpr std::size_t most_kept = 1000;                          // visits that later domains may share: some 20 KB each

/// What is of the visit and not of the domain: addresses come from DNS.
void copy_session(const evidence::MxAddress& from, evidence::MxAddress& to) {
  to.session = from.session;
  to.tls = from.tls;
}

evidence::Attempt not_tried(const Place& place, const std::string& helo, const Error& error) {
  auto attempt = begin_attempt(place, helo);
  attempt.error = error.message;
  attempt.cause = error.cause;
  return attempt;
}

std::string told(const Place& place, const evidence::Attempt& attempt) {
  auto line = place.text() + ": ";
  if (attempt.tls) line += attempt.tls->version + ", " + attempt.tls->cipher;
  const bool cut_off = attempt.cause == Cause::interrupted;  // by the user, or by the domain's deadline
  if (attempt.error) line += (attempt.tls ? ", " : "") + (cut_off ? "not waited for any longer" : *attempt.error);
  if (attempt.reply) line += " (" + safe_text(attempt.reply->text, 200) + ")";
  return line;
}

/// Without what was held against the records of that time.
TlsSurvey told_again(TlsSurvey survey) {
  for (auto& chain : survey.chains) chain.dane.reset();
  return survey;
}

/// Domains that share a host need not have the same right to its TLSA records, nor, where a record asks for names (a
/// trust anchor's, RFC 7672 §3.1.2), the same names.
std::string dane_key(const HostPolicy& policy) {
  std::string key;
  for (const auto& record : policy.tlsa) key += record.text() + "\n";
  if (std::ranges::any_of(policy.tlsa, [](const auto& record) { return record.usage == tls::dane_ta; }))
    for (const auto& name : policy.names) key += name + "\n";
  return key;
}

/// Of an earlier run: nothing that the session shows now says that the server has been changed since.
bool still_holds(const TlsSurvey& survey, const evidence::Attempt& session) {
  if (!session.tls) return true;
  if (answer_of(survey.versions, session.tls->version) == TlsAnswer::refused) return false;
  if (session.tls->certificates.empty()) return true;
  const auto& leaf = session.tls->certificates.front();
  const auto chain = std::ranges::find(survey.chains, tls_key_type(leaf.key), &TlsChain::key);
  return chain == survey.chains.end() || chain->certificates.empty() ||
         chain->certificates.front().sha256 == leaf.sha256;
}

}  // namespace

std::uint16_t smtp_port_of(const Settings& settings, const IpAddress& address) {
  const auto found = settings.ports.find(smtp_port);
  return address.loopback() && found != settings.ports.end() ? found->second : smtp_port;
}

bool cut_short(const evidence::Attempt& attempt) {
  return attempt.cause == Cause::interrupted || attempt.cause == Cause::own_limit;
}

bool came_to_tls(const evidence::Attempt& attempt) {
  return attempt.starttls_offered && !cut_short(attempt) && (attempt.tls || attempt.phase == "tls");
}

TlsSurvey not_surveyed(bool full, const Error& error) {
  auto survey = blank_survey(full, now());
  survey.omitted.push_back({.what = "all of it", .cause = error.cause, .why = error.message});
  return survey;
}

Visits::Visits(VisitMeans means)
    : means_(std::move(means)),
      limits_(receiver::home_of(means_.settings.runs), means_.settings.limits),
      surveys_(receiver::home_of(means_.settings.runs) / "surveys"),
      contexts_(std::make_shared<SurveyContexts>(means_.settings.ca_file, means_.settings.ca_pem)) {}

smtp::Delivery Visits::conditions() const {
  smtp::Delivery conditions;
  conditions.helo = means_.settings.helo;
  conditions.floor = TlsFloor::encrypt;  // no mail goes, so that there is nothing to be gained by going on without
  conditions.handshake.context = means_.context;
  conditions.timeouts = patience;
  return conditions;
}

std::optional<IpAddress> Visits::source(const IpAddress& address) const {
  if (means_.options.source_ip) return means_.options.source_ip;
  return source_for(address, means_.settings.source_ips);
}

/// -4, -6 and --source-ip leave out a family: no failure of the target.
std::optional<Error> Visits::excluded(const IpAddress& address) const {
  const auto& options = means_.options;
  const auto error = [](const std::string& why) {
    return Error{Failure::ours, "not tried: " + why, Cause::own_limit, {}};
  };
  if (address.v6 && options.ipv4_only) return error("-4 was asked for");
  if (!address.v6 && options.ipv6_only) return error("-6 was asked for");
  if (options.source_ip && options.source_ip->v6 != address.v6)
    return error("--source-ip " + options.source_ip->text() + " is of the other family");
  return std::nullopt;
}

Task<std::optional<Error>> Visits::admitted(Place place, Steady until, File& held) {
  if (auto error = excluded(place.address)) co_return error;
  if (place.address.loopback()) co_return std::nullopt;
  const WaitUntil both{.place = until, .turn = until};
  co_return co_await admit(place.host, both, limits_, means_.network, means_.progress, held);
}

/// One address: may we? Then banner, EHLO, STARTTLS, EHLO, QUIT.
Task<void> Visits::make(Place place, evidence::MxAddress& address, Steady until) {
  File held;
  if (const auto error = co_await admitted(place, until, held)) {
    address.session = not_tried(place, means_.settings.helo, *error);
    co_return;
  }
  auto how = conditions();
  how.handshake.tlsa = place.policy.tlsa;
  how.handshake.dane_names = place.policy.names;
  const auto from = source(place.address);
  auto dialogue = means_.progress.dialogue;
  auto tried = co_await try_look(means_.network, place, from, std::move(how), per_address, std::move(dialogue));
  const bool spoken_to = tried.connected && tried.attempt.phase != "connect";
  if (!place.address.loopback()) answered_ = answered_ || spoken_to;
  means_.progress.say(told(place, tried.attempt));
  if (tried.attempt.tls) address.tls.push_back(*tried.attempt.tls);
  address.session = std::move(tried.attempt);
}

/// Goes on with `begun`, as far as its share of what the host has left and the time go: the worst is asked first, of
/// each address.
Task<TlsSurvey> Visits::ask_on(Place place, TlsSurvey begun, EnumerationOptions options, int sharers) {
  auto& spent = spent_[place.host];
  const int left = survey_budget + (options.intrusive ? 1 : 0) - spent;
  options.budget = place.address.loopback() ? unlimited : (left + sharers - 1) / sharers;
  OpenerOptions opening{.place = place, .source = source(place.address), .helo = options.helo, .limits = &limits_};
  opening.deadline = options.deadline;
  opening.progress = &means_.progress;
  const auto before = begun.connections;
  auto open = starttls_opener(means_.network, std::move(opening));
  auto steady = means_.network.steady;
  auto survey = co_await enumerate_tls(std::move(begun), std::move(options), std::move(open), std::move(steady));
  spent += static_cast<int>(survey.connections - before);
  co_return survey;
}

/// What TLS the address accepts. It goes on where an earlier run was cut off.
Task<void> Visits::make_survey(Place place, evidence::MxAddress& address, Allowance allowance) {
  const bool full = means_.options.full;
  const auto end = allowance.until - survey_reserve;
  auto earlier = surveys_.take(place, now());
  if (earlier && !still_holds(*earlier, *address.session)) earlier.reset();
  auto survey = earlier ? told_again(*earlier) : blank_survey(full, now());
  if (earlier) take_up(survey, full);
  EnumerationOptions options{.host = place.host,
                             .contexts = contexts_,
                             .tlsa = place.policy.tlsa,
                             .dane_names = place.policy.names,
                             .helo = address.session->helo};
  options.intrusive = allowance.intrusive;
  options.deadline = end;
  File held;
  std::optional<Error> error;
  if (!place.address.loopback())
    error = co_await take_place(place.host, end, limits_, means_.network, means_.progress, held);
  if (error)
    survey.omitted = not_surveyed(full, *error).omitted;
  else
    survey = co_await ask_on(place, std::move(survey), std::move(options), allowance.sharers);
  doubt_refusals(survey, address.session->tls ? address.session->tls->version : std::string{});
  const bool again = place.address.loopback() && survey.finished;  // as often as anybody likes
  const auto kept = again ? surveys_.forget(place) : surveys_.keep(place, survey);
  if (!kept) means_.progress.say(kept.error().message);
  if (!survey.finished)
    if (auto before = surveys_.finished(place, now());
        before && (before->full || !full) && still_holds(*before, *address.session))
      survey = told_again(*before);
  address.survey = std::move(survey);
}

void Visits::keep(const Key& key) {
  kept_.push_back(key);
  if (kept_.size() <= most_kept) return;
  visits_.erase(kept_.front());
  kept_.pop_front();
}

std::shared_ptr<Visits::Visit> Visits::known(const Key& key) const {
  const auto found = visits_.find(key);
  return found == visits_.end() ? nullptr : found->second;
}

void Visits::forget(const Key& key, const std::shared_ptr<Visit>& visit) {
  if (known(key) == visit) visits_.erase(key);
}

/// Another domain's visit to the same address: waited for. False: it was cut short, or the wait was.
Task<bool> Visits::share(std::shared_ptr<Visit> other, evidence::MxAddress& address) {
  const auto looked = other->looked;
  co_await looked->wait();
  const auto& session = other->seen.session;
  if (!looked->is_open() || !session || cut_short(*session)) co_return false;
  copy_session(other->seen, address);
  co_return true;
}

/// The first domain makes the visit, the others wait for it. One that was cut short is made again by the next.
Task<void> Visits::look(Place place, evidence::MxAddress& address, Steady until) {
  const Key key{place.host, address.ip, dane_key(place.policy)};
  auto other = known(key);
  while (other) {
    const bool shared = co_await share(other, address);
    if (shared || co_await cancelled()) co_return;
    forget(key, other);
    other = known(key);
  }
  auto visit = std::make_shared<Visit>();
  auto gate = co_await Gate::make();
  visit->looked = gate;
  visits_[key] = visit;
  co_await make(place, visit->seen, until);
  copy_session(visit->seen, address);
  gate->open();
  keep(key);
}

/// Whoever of the domains that share the visit comes first.
Task<void> Visits::survey(Place place, evidence::MxAddress& address, Allowance allowance) {
  const auto visit = known({place.host, address.ip, dane_key(place.policy)});
  if (visit && visit->surveyed) {
    const auto surveyed = visit->surveyed;
    co_await surveyed->wait();
    address.survey = visit->seen.survey;
    co_return;
  }
  const auto gate = co_await Gate::make();
  if (visit) visit->surveyed = gate;
  co_await make_survey(place, address, allowance);
  if (visit) visit->seen.survey = address.survey;
  gate->open();
}

/// A connection more, where the session before it came to TLS.
Task<void> Visits::inject(Place place, evidence::MxAddress& address, Steady until) {
  if (!address.session || !address.session->tls) co_return;
  File held;
  if (const auto error = co_await admitted(place, until, held)) {
    auto& injection = address.starttls_injection.emplace();
    injection.session = not_tried(place, means_.settings.helo, *error);
    co_return;
  }
  auto how = conditions();
  const auto from = source(place.address);
  address.starttls_injection = co_await try_injection(means_.network, place, from, std::move(how), per_address);
}

std::optional<Place> Visits::place_of(const evidence::MxHost& host, const evidence::MxAddress& address,
                                      HostPolicy policy) const {
  const auto ip = IpAddress::parse(address.ip);
  if (!ip) return std::nullopt;
  return Place{host.host, *ip, smtp_port_of(means_.settings, *ip), false, std::move(policy)};
}

/// One that takes its time leaves some of it to each of those after it.
Task<void> Visits::look(evidence::MxHost& host, HostPolicy policy, Steady until) {
  for (std::size_t i = 0; i < host.addresses.size(); ++i) {
    if (co_await cancelled()) co_return;
    auto& address = host.addresses[i];
    const auto place = place_of(host, address, policy);
    if (!place) continue;
    const auto left = host.addresses.size() - i;
    if (left == 1) {
      co_await look(*place, address, until);
      continue;
    }
    const auto time = std::chrono::duration_cast<milliseconds>(until - means_.network.steady());
    auto one = co_await Beside::make();
    one.start(look(*place, address, until));
    co_await join_within(share_of(time, left), one);
  }
}

Task<void> Visits::intrude(evidence::MxHost& host, Steady until) {
  for (auto& address : host.addresses) {
    if (co_await cancelled()) co_return;
    if (const auto place = place_of(host, address, {})) co_await inject(*place, address, until);
  }
}

Visits::Turn Visits::turn_of(const Place& place) const {
  if (surveys_.take(place, now())) return Turn::begun;
  return surveys_.finished(place, now()) ? Turn::known : Turn::unknown;
}

bool Visits::is_due(const evidence::MxAddress& address, const std::optional<Place>& place, Turn turn) const {
  return place && address.session && came_to_tls(*address.session) && !address.survey && turn_of(*place) <= turn;
}

/// Whoever has not had a turn yet has it with those after: another domain of this run may have begun there meanwhile.
Task<void> Visits::survey(evidence::MxHost& host, HostPolicy policy, Turn turn, Allowance allowance) {
  const auto due = [&](const evidence::MxAddress& address) {
    return is_due(address, place_of(host, address, policy), turn);
  };
  for (auto address = host.addresses.begin(); address != host.addresses.end(); ++address) {
    if (co_await cancelled()) co_return;
    if (!due(*address)) continue;
    const auto place = place_of(host, *address, policy);
    allowance.sharers = static_cast<int>(std::count_if(address, host.addresses.end(), due));
    co_await survey(*place, *address, allowance);
  }
}

Task<void> Visits::survey(evidence::Target& target, bool intrusive, Steady until) {
  for (const auto turn : {Turn::begun, Turn::unknown, Turn::known}) {
    std::vector<Task<void>> all;
    all.reserve(target.mx.size());
    for (auto& host : target.mx) {
      const Allowance allowance{.intrusive = intrusive, .until = until};
      all.push_back(survey(host, policy_for(target, host, {}), turn, allowance));
    }
    co_await at_once(std::move(all));
  }
}

}  // namespace mailprobe::probe
