#include "probe/dns_questions.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "dns/witness_names.h"
#include "probe/beside.h"
#include "probe/identifiers.h"
#include "probe/route.h"
#include "receiver/folder.h"

namespace mailprobe::probe {

namespace {

using evidence::DnsQuery;
using evidence::DnsWitness;
using evidence::Probe;
using receiver::SeenQuery;

constexpr std::size_t max_questions = 500;  // of one probe
constexpr std::size_t max_fixed = 100;      // of them, for names that others ask for as well

bool is_below(const std::string& name, const std::string& domain) { return name.ends_with("." + domain); }

DnsQuery evidence_of(const SeenQuery& query, Time start, std::string_view zone) {
  using std::chrono::duration_cast, std::chrono::milliseconds;
  DnsQuery out{.t_ms = duration_cast<milliseconds>(query.time - start).count(),
               .name = query.name,
               .type = query.type,
               .from = query.from,
               .use = {},
               .seen = {},
               .client_subnet = query.client_subnet};
  const auto name = dns::parse_witness_name(query.name, zone);
  if (!name) return out;
  if (name->use == dns::WitnessUse::spf) out.use = "spf";
  if (name->use == dns::WitnessUse::dkim) out.use = "dkim";
  if (name->use == dns::WitnessUse::dmarc) out.use = "dmarc";
  if (name->seen) out.seen = name->seen->text();
  return out;
}

/// Fixed names: a resolver that also asked for the probe's own names was at work for it, most likely.
std::optional<std::string> use_of_fixed(const SeenQuery& query, const std::string& domain) {
  const auto& name = query.name;
  if (query.type != "TXT") return std::nullopt;
  if (name == domain) return "spf";
  if (name == "_dmarc." + domain) return "dmarc";
  if (name.ends_with("._domainkey." + domain)) return "dkim";
  return std::nullopt;
}

/// "w.probe.test" → "probe.test".
std::string domain_below(const std::string& zone) { return zone.substr(dns::witness_label.size() + 1); }

bool is_witnessed(const Probe& probe) {
  return probe.dns_witness && !probe.dns_witness->domain.empty() && !probe.attempts.empty();
}

/// Who asked for what only we ask for: from wherever our resolver, or one that it forwards to, asks.
std::set<std::string> askers_of(const receiver::Questions& read, const std::string& control) {
  std::set<std::string> all;
  for (const auto& query : read.queries)
    if (is_below(query.name, control)) all.insert(query.from);
  return all;
}

bool was_asked(const receiver::Questions& read, const std::string& name) {
  return std::ranges::find(read.queries, name, &SeenQuery::name) != read.queries.end();
}

/// Why what is not in the log may have been asked for all the same.
std::optional<Error> gap(const receiver::Questions& read, const Closing& closing, const DnsWitness& witness) {
  if (read.trouble) return read.trouble;
  if (!witness.control) return std::nullopt;  // of a version that asked nothing
  const auto missing = [](const char* words) {
    return Error{.kind = Failure::ours, .message = words, .cause = Cause::own_limit, .peer = {}};
  };
  if (!was_asked(read, opening_question(*witness.control)))
    return missing("our own question from before the run is not in the log: it is another server's, or begins later");
  if (closing.error) return closing.error;
  if (!was_asked(read, closing.name))
    return missing("our own question from after the run is not in the log yet: \"mailprobe collect\" looks again");
  return std::nullopt;
}

/// Meanwhile, for names of its zone: whose, nobody knows.
std::int64_t dropped_of(const receiver::Questions& read, std::chrono::milliseconds wait, const Probe& probe) {
  const auto start = probe.attempts.front().started;
  std::int64_t count = 0;
  for (const auto& dropped : read.dropped)
    if (dropped.zone == probe.dns_witness->zone && dropped.time >= start && dropped.time <= start + wait)
      count += dropped.count;
  return count;
}

bool is_same(const DnsQuery& one, const DnsQuery& other) {
  return one.t_ms == other.t_ms && one.name == other.name && one.type == other.type && one.from == other.from;
}

std::vector<DnsQuery> questions_of(const receiver::Questions& read, std::chrono::milliseconds wait,
                                   const Probe& probe) {
  const auto start = probe.attempts.front().started;
  const auto& zone = probe.dns_witness->zone;
  const auto& domain = probe.dns_witness->domain;
  const auto& ours = probe.dns_witness->our_resolvers;
  std::vector<DnsQuery> all;
  std::set<std::string> resolvers;
  for (const auto& query : read.queries) {
    const bool own = query.name == domain || is_below(query.name, domain);
    if (query.time < start || !own || all.size() == max_questions - max_fixed) continue;
    if (std::ranges::find(ours, query.from) == ours.end()) resolvers.insert(query.from);
    all.push_back(evidence_of(query, start, zone));
  }
  const auto most = all.size() + max_fixed;
  for (const auto& query : read.queries) {
    auto use = use_of_fixed(query, domain_below(zone));
    const bool in_time = query.time >= start && query.time <= start + wait;
    if (!use || !in_time || !resolvers.contains(query.from) || all.size() == most) continue;
    all.push_back(evidence_of(query, start, zone));
    all.back().use = std::move(use);
  }
  return all;
}

/// What was known stays: the log forgets.
bool add_questions(std::vector<DnsQuery> found, std::vector<DnsQuery>& known) {
  const auto before = known.size();
  for (auto& query : found) {
    const auto same = [&](const DnsQuery& other) { return is_same(query, other); };
    if (std::ranges::none_of(known, same) && known.size() < max_questions) known.push_back(std::move(query));
  }
  std::ranges::sort(known, {}, &DnsQuery::t_ms);
  return known.size() > before;
}

/// What had been read without a gap when the copy was there stays so, though the log cannot be read any more.
bool set_problem(std::optional<Error> problem, Probe& probe) {
  auto& witness = *probe.dns_witness;
  if (problem && !witness.problem && probe.mailbox && !probe.mailbox->late) return false;
  const auto before = witness.problem;
  witness.problem = problem ? std::optional(problem->message) : std::nullopt;
  witness.cause = problem ? problem->cause : std::nullopt;
  return witness.problem != before;
}

}  // namespace

std::filesystem::path questions_file(const Settings& settings) {
  const auto& log = settings.receiver.dns.log;
  return log ? std::filesystem::path(*log) : receiver::Folder::beside(settings.runs).queries();
}

std::string opening_question(const std::string& control) {
  return std::string(dns::witness_selector) + "._domainkey." + control;
}

bool take_questions(const receiver::Questions& read, const Closing& closing, std::chrono::milliseconds wait,
                    Probe& probe) {
  if (!is_witnessed(probe)) return false;
  auto& witness = *probe.dns_witness;
  auto ours = witness.control ? askers_of(read, *witness.control) : std::set<std::string>{};
  ours.insert(witness.our_resolvers.begin(), witness.our_resolvers.end());
  bool changed = ours.size() > witness.our_resolvers.size();
  witness.our_resolvers.assign(ours.begin(), ours.end());
  changed = set_problem(gap(read, closing, witness), probe) || changed;
  const auto dropped = std::max(witness.dropped, dropped_of(read, wait, probe));
  changed = std::exchange(witness.dropped, dropped) != dropped || changed;
  return add_questions(questions_of(read, wait, probe), probe.dns) || changed;
}

namespace {

Task<Closing> ask_closing(std::string control, dns::Resolver& resolver) {
  Closing closing{.name = "end-" + new_probe_id() + "." + control, .error = {}};
  if (co_await cancelled()) {
    closing.error =
        Error{Failure::interrupted, "the run was interrupted before the log was read", Cause::interrupted, {}};
    co_return closing;
  }
  const auto answer = co_await resolver.query(closing.name, dns::Type::txt);
  if (!answer.found() && !answer.absent())
    closing.error =
        Error{Failure::ours, "our own DNS does not answer us: " + failure_text(answer), failure_cause(answer), {}};
  co_return closing;
}

/// What of a log is wanted: names below these tokens, and the records of the domains in that time.
struct Interest {
  std::set<std::string> tokens, zones;
  Time from = Time::max(), until = Time::min();

  [[nodiscard]] bool wants(const SeenQuery& query) const {
    for (const auto& zone : zones)
      if (const auto name = dns::parse_witness_name(query.name, zone)) return tokens.contains(name->token);
    const auto fixed = [&](const std::string& zone) { return use_of_fixed(query, domain_below(zone)).has_value(); };
    return query.time >= from && query.time <= until && std::ranges::any_of(zones, fixed);
  }
};

std::string token_of(const std::string& control) { return control.substr(0, control.find('.')); }

Interest interest_of(const std::vector<Probe>& probes, std::chrono::milliseconds wait) {
  Interest all;
  for (const auto& probe : probes) {
    if (!is_witnessed(probe)) continue;
    const auto& witness = *probe.dns_witness;
    const auto start = probe.attempts.front().started;
    all.tokens.insert(probe.id);
    if (witness.control) all.tokens.insert(token_of(*witness.control));
    all.zones.insert(witness.zone);
    all.from = std::min(all.from, start);
    all.until = std::max(all.until, start + wait);
  }
  return all;
}

using Closings = std::map<std::string, Closing>;  // by the control that they are below

/// Those that were answered stand in the log, or it cannot be read.
bool got_so_far(const receiver::Questions& read, const Closings& closings) {
  return read.trouble || std::ranges::all_of(closings, [&](const auto& entry) {
           return entry.second.error || was_asked(read, entry.second.name);
         });
}

/// A log that is written in blocks gets on only by more questions: so many make a block of 4,096 octets.
constexpr int questions_of_a_block = 32;

Task<void> push_on(const Closings& closings, dns::Resolver& resolver) {
  for (const auto& [control, closing] : closings)
    for (int i = 0; i < questions_of_a_block && !closing.error; ++i) {
      auto name = std::to_string(i) + "." + closing.name;
      (void)co_await resolver.query(std::move(name), dns::Type::txt);
    }
}

/// Another server's log is written some time after the answer; how long is waited for that, and looked again.
constexpr std::chrono::milliseconds patience[] = {std::chrono::milliseconds(100), std::chrono::milliseconds(400),
                                                  std::chrono::milliseconds(1000), std::chrono::milliseconds(1500)};

Task<Closings> ask_closings(const std::vector<Probe>& probes, dns::Resolver& resolver) {
  Closings closings;
  for (const auto& probe : probes) {
    if (!is_witnessed(probe) || !probe.dns_witness->control || closings.contains(*probe.dns_witness->control)) continue;
    auto control = *probe.dns_witness->control;
    auto closing = co_await ask_closing(control, resolver);
    closings.emplace(std::move(control), std::move(closing));
  }
  co_return closings;
}

Task<receiver::Questions> read_log(const std::filesystem::path& path, const Interest& interest,
                                   const Closings& closings, dns::Resolver& resolver, const Network& network) {
  const auto wanted = [&interest](const SeenQuery& query) { return interest.wants(query); };
  const auto word = interest.zones.size() == 1 ? domain_below(*interest.zones.begin()) : std::string{};
  auto read = receiver::questions_with(word, path, wanted);
  for (const auto pause : patience) {
    if (got_so_far(read, closings)) break;
    if (co_await cancelled()) break;
    co_await network.pause(pause);
    read = receiver::questions_with(word, path, wanted);
    if (pause == patience[0] && !got_so_far(read, closings)) co_await push_on(closings, resolver);
  }
  co_return read;
}

}  // namespace

Task<bool> note_dns_questions(const Settings& settings, dns::Resolver& resolver, const Progress& progress,
                              const Network& network, std::vector<Probe>& probes) {
  const auto wait = settings.limits.wait;
  const auto interest = interest_of(probes, wait);
  if (interest.zones.empty()) co_return false;
  auto closings = co_await ask_closings(probes, resolver);
  const auto path = questions_file(settings);
  const auto read = co_await read_log(path, interest, closings, resolver, network);
  bool changed = false;
  std::optional<std::string> problem;
  for (auto& probe : probes) {
    const auto control = probe.dns_witness ? probe.dns_witness->control : std::nullopt;
    changed = take_questions(read, control ? closings[*control] : Closing{}, wait, probe) || changed;
    if (is_witnessed(probe) && !problem) problem = probe.dns_witness->problem;
  }
  if (problem) progress.say("our DNS may not have told all: " + *problem);
  co_return changed;
}

Task<std::optional<Error>> unheard(const Settings& settings, std::string zone, dns::Resolver& resolver,
                                   Network network) {
  auto control = dns::witness_domain(new_probe_id(), zone);
  Interest interest;
  interest.tokens.insert(token_of(control));
  interest.zones.insert(std::move(zone));
  auto closing = co_await ask_closing(control, resolver);
  if (closing.error) co_return closing.error;
  const auto name = closing.name;
  Closings closings;
  closings.emplace(std::move(control), std::move(closing));
  const auto path = questions_file(settings);
  const auto read = co_await read_log(path, interest, closings, resolver, network);
  if (read.trouble) co_return read.trouble;
  if (was_asked(read, name)) co_return std::nullopt;
  co_return Error{Failure::ours, path.string() + " does not have what we have just asked", Cause::own_limit, {}};
}

}  // namespace mailprobe::probe
