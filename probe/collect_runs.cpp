#include "probe/collect_runs.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "base/safe_text.h"
#include "probe/beside.h"
#include "probe/reply_witness.h"
#include "probe/slots.h"

namespace mailprobe::probe {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds hang_up{1000};  // for sessions that are open when all is done

struct Unanswered {
  std::string id;
  bool forward = false;
  milliseconds left{0};
};

/// The order of events:
///   1 what each run still waits for; its document goes again   2 our receiver, where any answer is waited for
///   3 each run, all at once: its answers, and then in its turn all that belongs to it (probe/collect.h)
class Collecting {
 public:
  Collecting(const Settings& settings, RunsToCollect runs, CollectOptions options, dns::Resolver& resolver,
             Progress progress, Network network)
      : settings_(settings),
        runs_(std::move(runs)),
        options_(std::move(options)),
        resolver_(resolver),
        progress_(std::move(progress)),
        network_(std::move(network)),
        begun_(network_.steady()) {}

  Task<void> go();

 private:
  std::vector<Unanswered> unanswered_of(const evidence::Document& document) const;
  Task<Result<void>> receive();
  Result<void> expect_all();
  void announce() const;
  Task<void> look_after(std::size_t which);
  CollectOptions options_now() const;

  const Settings& settings_;
  RunsToCollect runs_;
  CollectOptions options_;
  dns::Resolver& resolver_;
  Progress progress_;
  Network network_;
  Steady begun_;
  std::vector<std::vector<Unanswered>> unanswered_;  // of each run
  std::unique_ptr<ReplyWitness> witness_;            // null: no answer is waited for
  Slots turn_{1};
};

std::vector<Unanswered> Collecting::unanswered_of(const evidence::Document& document) const {
  std::vector<Unanswered> found;
  for (const auto index : awaited(document)) {
    const auto& probe = document.probes[index];
    const auto left = time_left(settings_, options_, probe);
    if (awaits_answer(probe) && left > milliseconds(0))
      found.push_back({.id = probe.id, .forward = probe.reply_watch->forward, .left = left});
  }
  return found;
}

Result<void> Collecting::expect_all() {
  for (const auto& run : unanswered_)
    for (const auto& probe : run)
      if (auto done = witness_->expect_again(probe.id, begun_ + probe.left, probe.forward); !done) return done;
  witness_->look_back();
  return {};
}

Task<Result<void>> Collecting::receive() {
  witness_ = co_await ReplyWitness::make(settings_, network_, resolver_, true);
  witness_->on_objection = witness_->on_change =
      witness_->on_pruned = [this](const std::string& line) { progress_.say(line); };
  const auto opened = co_await witness_->open(true);
  if (!opened) co_return opened;
  co_return expect_all();
}

void Collecting::announce() const {
  std::size_t probes = 0, runs = 0;
  milliseconds longest{0};
  for (const auto& run : unanswered_) {
    const auto before = probes;
    for (const auto& probe : run) {
      if (witness_->settled(probe.id)) continue;
      ++probes;
      longest = std::max(longest, probe.left);
    }
    runs += probes > before ? 1 : 0;
  }
  if (probes == 0) return;
  progress_.announce("for answers to " + std::to_string(probes) + (probes == 1 ? " message" : " messages") +
                         (runs > 1 ? " of " + std::to_string(runs) + " runs" : ""),
                     longest);
}

/// Of the time that was given at the beginning, what is left.
CollectOptions Collecting::options_now() const {
  auto options = options_;
  const auto gone = std::chrono::duration_cast<milliseconds>(network_.steady() - begun_);
  if (options.wait) options.wait = std::max(milliseconds(0), *options.wait - gone);
  return options;
}

Task<void> Collecting::look_after(std::size_t which) {
  const auto& directory = runs_.directories[which];
  if (witness_)
    for (const auto& probe : unanswered_[which]) {
      auto id = probe.id;
      co_await witness_->wait(std::move(id));
    }
  const bool mine = co_await turn_.take();
  const bool cut_short = co_await cancelled();
  if (!mine || cut_short) {
    if (mine) turn_.give();
    runs_.done(directory, fail(Failure::ours, "interrupted: the evidence is as it was", Cause::interrupted));
    co_return;
  }
  auto document = runs_.read(directory);
  if (!document) {
    runs_.done(directory, std::unexpected(document.error()));
  } else {
    auto path = directory;
    auto options = options_now();
    auto progress = progress_;
    auto network = network_;
    auto outcome = co_await collect(settings_, std::move(*document), std::move(path), std::move(options), resolver_,
                                    std::move(progress), std::move(network));
    runs_.done(directory, std::move(outcome));
  }
  turn_.give();
}

Task<void> Collecting::go() {
  unanswered_.reserve(runs_.directories.size());
  for (const auto& directory : runs_.directories) {
    const auto document = runs_.read(directory);  // what is wrong with it is told when its turn comes
    unanswered_.push_back(document ? unanswered_of(*document) : std::vector<Unanswered>{});
  }
  const bool wanted = !options_.reports && !settings_.receiver.listen.empty() &&
                      !std::ranges::all_of(unanswered_, &std::vector<Unanswered>::empty);
  Result<void> receives;
  if (wanted) receives = co_await receive();
  if (!receives) {
    progress_.say("answers are looked for, and not waited for: " + safe_text(receives.error().message, 300));
    for (auto& run : unanswered_) run.clear();
  }
  if (witness_) announce();
  auto all = co_await Beside::make();
  for (std::size_t which = 0; which < runs_.directories.size(); ++which) all.start(look_after(which));
  co_await all.join();
  if (witness_ && receives) co_await witness_->close(hang_up);
}

}  // namespace

Task<void> collect_runs(const Settings& settings, RunsToCollect runs, CollectOptions options, dns::Resolver& resolver,
                        Progress progress, Network network) {
  co_await heed_cancellation();
  Collecting collecting(settings, std::move(runs), std::move(options), resolver, std::move(progress),
                        std::move(network));
  co_await collecting.go();
}

}  // namespace mailprobe::probe
