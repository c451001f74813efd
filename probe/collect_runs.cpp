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

constexpr milliseconds hang_up{1000};                            // for sessions that are open when all is done
constexpr milliseconds first_pause{5000}, longest_pause{60000};  // between two looks for copies
constexpr milliseconds busy_pause{500};
constexpr int busy_tries = 20;

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
  void expect_all();
  void announce() const;
  Task<void> look_after(std::size_t which);
  Task<void> wait_for_answers(std::size_t which);
  Task<Result<Outcome>> amend(std::size_t which);
  [[nodiscard]] bool several() const { return runs_.directories.size() > 1; }
  [[nodiscard]] milliseconds gone() const;
  [[nodiscard]] milliseconds left_for_copies(const evidence::Document& document) const;
  [[nodiscard]] CollectOptions options_now(bool watching) const;
  static Result<Outcome> interrupted() {
    return fail(Failure::ours, "interrupted: the evidence is as it was", Cause::interrupted);
  }

  const Settings& settings_;
  RunsToCollect runs_;
  CollectOptions options_;
  dns::Resolver& resolver_;
  Progress progress_;
  Network network_;
  Steady begun_;
  std::vector<std::vector<Unanswered>> unanswered_;  // of each run
  std::vector<bool> smuggling_;                      // of each: that nothing more comes is what is to be seen there
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

/// One that cannot be expected (the disk is full, the evidence is damaged) takes nothing from the others.
void Collecting::expect_all() {
  for (auto& run : unanswered_)
    std::erase_if(run, [&](const Unanswered& probe) {
      const auto done = witness_->expect_again(probe.id, begun_ + probe.left, probe.forward);
      if (!done) runs_.warn("an answer is looked for, and not waited for: " + done.error().message);
      return !done;
    });
  witness_->look_back();
}

Task<Result<void>> Collecting::receive() {
  witness_ = co_await ReplyWitness::make(settings_, network_, resolver_, true);
  witness_->on_objection = witness_->on_change =
      witness_->on_pruned = [this](const std::string& line) { progress_.say(line); };
  const auto opened = co_await witness_->open(true);
  if (opened)
    expect_all();
  else
    witness_.reset();
  co_return opened;
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

milliseconds Collecting::gone() const { return std::chrono::duration_cast<milliseconds>(network_.steady() - begun_); }

/// The mailbox is watched as long as there is time; or it has one look at a time.
CollectOptions Collecting::options_now(bool watching) const {
  auto options = options_;
  if (!watching)
    options.wait = milliseconds(0);
  else if (options.wait)
    options.wait = std::max(milliseconds(0), *options.wait - gone());
  return options;
}

/// How long copies that were looked for in vain are still waited for.
milliseconds Collecting::left_for_copies(const evidence::Document& document) const {
  milliseconds longest{0};
  for (const auto index : awaited(document)) {
    const auto& probe = document.probes[index];
    if (!probe.watch || (probe.mailbox && !awaits_second(probe))) continue;
    longest = std::max(longest, options_.wait ? *options_.wait - gone() : time_left(settings_, options_, probe));
  }
  return longest;
}

/// Who else collects it is soon done; a run that goes on is not.
Task<Result<Outcome>> Collecting::amend(std::size_t which) {
  for (int tries = 0;; ++tries) {
    const bool mine = co_await turn_.take();
    if (!mine) co_return interrupted();
    auto read = runs_.read;
    auto path = runs_.directories[which];
    auto options = options_now(!several() || smuggling_[which]);
    auto progress = progress_;
    auto network = network_;
    auto outcome = co_await collect(settings_, std::move(read), std::move(path), std::move(options), resolver_,
                                    std::move(progress), std::move(network));
    turn_.give();
    const bool busy = !outcome && outcome.error().kind == Failure::usage && outcome.error().cause == Cause::own_limit;
    if (!busy || !several() || tries == busy_tries || co_await cancelled()) co_return outcome;
    co_await network_.pause(busy_pause);
  }
}

Task<void> Collecting::wait_for_answers(std::size_t which) {
  if (!witness_) co_return;
  for (const auto& probe : unanswered_[which]) {
    auto id = probe.id;
    co_await witness_->wait(std::move(id));
  }
}

Task<void> Collecting::look_after(std::size_t which) {
  const auto& directory = runs_.directories[which];
  co_await wait_for_answers(which);
  if (co_await cancelled()) {
    runs_.done(directory, interrupted());
    co_return;
  }
  for (auto pause = first_pause;; pause = std::min(2 * pause, longest_pause)) {
    auto outcome = co_await amend(which);
    const auto left = outcome && several() ? left_for_copies(outcome->document) : milliseconds(0);
    if (left <= milliseconds(0) || co_await cancelled()) {
      runs_.done(directory, std::move(outcome));
      co_return;
    }
    outcome = interrupted();  // its document goes, as long as nothing is done with it
    co_await network_.pause(std::min(pause, left));
  }
}

Task<void> Collecting::go() {
  unanswered_.reserve(runs_.directories.size());
  smuggling_.reserve(runs_.directories.size());
  for (const auto& directory : runs_.directories) {
    const auto document = runs_.read(directory);  // what is wrong with it is told when its turn comes
    unanswered_.push_back(document ? unanswered_of(*document) : std::vector<Unanswered>{});
    smuggling_.push_back(document && std::ranges::any_of(document->probes, [](const evidence::Probe& probe) {
                           return probe.smuggling.has_value();
                         }));
  }
  const bool wanted = !options_.reports && !settings_.receiver.listen.empty() &&
                      !std::ranges::all_of(unanswered_, &std::vector<Unanswered>::empty);
  Result<void> receives;
  if (wanted) receives = co_await receive();
  if (!receives) runs_.warn("answers are looked for, and not waited for: " + safe_text(receives.error().message, 300));
  if (witness_) announce();
  auto all = co_await Beside::make();
  for (std::size_t which = 0; which < runs_.directories.size(); ++which) all.start(look_after(which));
  co_await all.join();
  if (witness_) co_await witness_->close(hang_up);
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
