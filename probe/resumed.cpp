#include "probe/resumed.h"

#include <algorithm>

#include "base/encoding.h"
#include "evidence/json.h"
#include "probe/attempt.h"

namespace mailprobe::probe {

namespace {

std::unexpected<Error> usage(const RunDirectory& directory, const std::string& what) {
  return fail(Failure::usage, "run " + directory.path().filename().string() + " " + what);
}

std::optional<evidence::Probe> known_of(const std::string& id, const Earlier& earlier, const RunDirectory& directory) {
  if (earlier.document) {
    const auto& probes = earlier.document->probes;
    const auto found = std::ranges::find(probes, id, &evidence::Probe::id);
    if (found != probes.end() && !found->attempts.empty()) return *found;
  }
  return directory.load_probe(id);
}

/// Nothing is known but its fate. It got no further than "connect" as far as we can tell: what is not known of the
/// session is charged to nobody.
evidence::Attempt bare_attempt(const Dispatch& dispatch, const Fate& fate) {
  auto attempt = dispatch.places.empty() ? evidence::Attempt{} : begin_attempt(dispatch.places.front(), {});
  attempt.outcome = fate.open ? mailprobe::Outcome::unknown : fate.outcome.value_or(mailprobe::Outcome::unknown);
  attempt.cause = Cause::interrupted;
  attempt.error = "the run was cut off before it wrote down what it saw of the session";
  if (fate.code) attempt.reply = evidence::ReplyFacts{*fate.code, {}, fate.text};
  return attempt;
}

bool final(const evidence::Attempt& attempt) {
  return attempt.outcome != mailprobe::Outcome::temporary && attempt.outcome != mailprobe::Outcome::not_sent;
}

void take_over(evidence::Probe& probe, evidence::Probe known) {
  probe.mailbox = std::move(known.mailbox);
  probe.watch = std::move(known.watch);
  probe.reply = std::move(known.reply);
  probe.replies = std::move(known.replies);
  probe.reply_watch = std::move(known.reply_watch);
  probe.sessions = std::move(known.sessions);
  probe.forward = std::move(known.forward);
  if (known.smuggling) probe.smuggling = std::move(known.smuggling);
  if (known.traps) probe.traps = std::move(known.traps);
}

/// suffix_of, read again.
std::optional<Place> place_in(std::string_view name, const std::string& prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  const auto space = name.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto address = IpAddress::parse(name.substr(space + 1));
  if (!address) return std::nullopt;
  return Place{.host = std::string(name.substr(0, space)), .address = *address};
}

}  // namespace

std::string suffix_of(const Place& place) { return " " + place.host + " " + place.address.text(); }

std::optional<std::size_t> Earlier::take(const std::string& name) {
  taken.resize(fates.size());
  for (std::size_t i = 0; i < fates.size(); ++i) {
    if (taken[i] || fates[i].name != name) continue;
    taken[i] = true;
    return i;
  }
  return std::nullopt;
}

std::vector<Place> Earlier::places_of(const scenarios::PlannedProbe& planned) const {
  std::vector<Place> places;
  for (const auto& fate : fates) {
    auto place = place_in(fate.name, planned.name + " ");
    if (!place || std::ranges::find(places, place->text(), &Place::text) != places.end()) continue;
    place->policy = policy_without_target({planned.floor});
    place->policy.barred = Error{Failure::ours,
                                 "not sent before the run was cut off, and when it went on the MX records did not lead "
                                 "to this address",
                                 Cause::interrupted,
                                 {}};
    places.push_back(std::move(*place));
  }
  return places;
}

std::string mark_of_secrets(const scenarios::Plan& plan, const std::string& id) {
  std::string all = id;
  for (const auto& secret : plan.secrets) all += hex(sha256(secret.reveal()));
  return hex(sha256(all));
}

Result<Earlier> earlier_run(const RunDirectory& directory, const scenarios::Plan& plan) {
  Earlier earlier;
  const auto journal = directory.read("journal.jsonl");
  if (!journal) return std::unexpected(journal.error());
  const auto lines = read_journal(*journal);
  earlier.started = lines.empty() ? now() : lines.front().t;
  earlier.fates = fates_of(lines);
  if (const auto evidence = directory.read("evidence.json")) {
    auto document = evidence::from_json(*evidence);
    if (document && !document->run.interrupted)
      return usage(directory, "is complete: there is nothing to go on with; \"mailprobe report\" shows it");
    if (document) earlier.document = std::move(*document);
  }
  const auto before = directory.read("plan.json");
  if (!before) return std::unexpected(before.error());
  if (*before != scenarios::to_json(plan))
    return usage(directory, "had another plan: the scenarios or the configuration were changed since");
  // What is to be hidden is what its messages hold.
  const auto mark = directory.read("secrets.sha256");
  if (mark && *mark != mark_of_secrets(plan, directory.path().filename().string()))
    return usage(directory, "had another value of a secret: go on with the one that it was begun with");
  return earlier;
}

void restore(Dispatch& dispatch, const Fate& fate, const Earlier& earlier, const RunDirectory& directory) {
  auto known = known_of(dispatch.probe.id, earlier, directory);
  auto& attempts = dispatch.delivered.attempts;
  if (known) attempts = std::move(known->attempts);
  if (!fate.decided()) {
    // What was written down before a dot that did not go out.
    std::erase_if(attempts, [](const auto& each) { return each.outcome == mailprobe::Outcome::unknown; });
    dispatch.before = std::exchange(attempts, {});
    return;
  }
  dispatch.decided = true;
  dispatch.found_before = fate.found;
  if (attempts.empty() || !final(attempts.back())) attempts.push_back(bare_attempt(dispatch, fate));
  const auto at = known && known->sent ? known->sent->at : std::nullopt;
  if (attempts.back().outcome != mailprobe::Outcome::rejected)
    dispatch.delivered.at = at ? at : fate.replied ? fate.replied : fate.dot;
  dispatch.delivered.local_address = attempts.back().local_address.value_or("");
  if (!known) return;
  dispatch.examined = known->mailbox.has_value();
  take_over(dispatch.probe, std::move(*known));
}

}  // namespace mailprobe::probe
