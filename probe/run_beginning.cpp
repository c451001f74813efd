#include <algorithm>
#include <iterator>

#include "probe/identifiers.h"
#include "probe/running.h"
#include "probe/suppression.h"
#include "probe/version.h"
#include "receiver/folder.h"

namespace mailprobe::probe {

/// An earlier life of the run has left its folder.
Result<void> Execution::begin_again() {
  auto directory = RunDirectory::open(*around_.options.resume);
  if (!directory) return std::unexpected(directory.error());
  auto earlier = earlier_run(*directory, plan_);
  if (!earlier) return std::unexpected(earlier.error());
  document_.run.started = earlier->started;
  document_.run.id = directory->path().filename().string();
  earlier_ = std::move(*earlier);
  directory_.emplace(std::move(*directory));
  directory_->journal().hide(around_.hidden);
  return {};
}

Result<void> Execution::begin() {
  auto& run = document_.run;
  run.started = now();
  run.id = new_run_id(run.started);
  run.version = version;
  run.command = around_.options.command;
  run.scenario = plan_.scenario;
  for (const auto& [probe, check, why] : plan_.left_out)
    run.skipped.push_back({.probe = probe, .check = check, .reason = why});
  run.target = plan_.target;
  document_.self.helo = around_.settings.helo;
  const std::filesystem::path runs(around_.settings.runs);
  for (const auto& planned : plan_.probes) {
    const auto to = Mailbox::parse(planned.to);
    if (!to) return std::unexpected(to.error());
    if (auto allowed = Suppression::beside(runs).permits(*to); !allowed) return allowed;
  }
  limits_.emplace(receiver::home_of(runs), around_.settings.limits);
  if (around_.options.resume) return begin_again();
  auto directory = RunDirectory::make(runs, *run.id, scenarios::to_json(plan_));
  if (!directory) return std::unexpected(directory.error());
  directory_.emplace(std::move(*directory));
  directory_->journal().hide(around_.hidden);
  if (!plan_.secrets.empty())
    if (auto done = directory_->keep_mark(mark_of_secrets(plan_, *run.id)); !done) return done;
  if (around_.options.request.empty()) return {};
  return directory_->keep_request(around_.options.request);
}

/// With the fate and the number that it had in an earlier life of the run, where it had one.
Result<void> Execution::make_dispatch_to(const scenarios::PlannedProbe& planned, const std::string& suffix,
                                         std::vector<Place> places) {
  const auto known = earlier_ ? earlier_->take(planned.name + suffix) : std::nullopt;
  const auto* fate = known ? &earlier_->fates[*known] : nullptr;
  const auto number = known ? *known + 1 : next_number_++;
  auto dispatch = make_dispatch(around_, *directory_, planned, std::move(places), number, fate);
  if (!dispatch) return std::unexpected(dispatch.error());
  dispatch->probe.name += suffix;
  dispatches_.push_back(std::move(*dispatch));
  const auto& probe = dispatches_.back().probe;
  if (fate != nullptr) {
    restore(dispatches_.back(), *fate, *earlier_, *directory_);
    return {};
  }
  return directory_->journal().write(probe.id, JournalEvent::planned,
                                     {{"name", probe.name}, {"to", probe.to}, {"message_id", probe.message_id}});
}

/// To each of the addresses that DNS names now, and to those that it named in an earlier life of the run.
Result<void> Execution::make_dispatches_to_each(const scenarios::PlannedProbe& planned, std::vector<Place> places) {
  if (earlier_) {
    const auto before = earlier_->places_of(planned);
    const auto gone = [&](const Place& place) {
      return std::ranges::find(places, place.text(), &Place::text) == places.end();
    };
    std::ranges::copy_if(before, std::back_inserter(places), gone);
  }
  for (const auto& place : places)
    if (auto done = make_dispatch_to(planned, suffix_of(place), {place}); !done) return done;
  return places.empty() ? make_dispatch_to(planned, {}, {}) : Result<void>{};
}

/// One a planned probe, or one an address with --each-mx.
Result<void> Execution::make_dispatches() {
  if (earlier_) next_number_ += earlier_->fates.size();
  for (const auto& planned : plan_.probes) {
    auto places = places_of(around_, planned, preflight_);
    auto done = plan_.each_mx ? make_dispatches_to_each(planned, std::move(places))
                              : make_dispatch_to(planned, {}, std::move(places));
    if (!done) return done;
  }
  return {};
}

}  // namespace mailprobe::probe
