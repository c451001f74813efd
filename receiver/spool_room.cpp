#include "receiver/spool_room.h"

#include <chrono>
#include <set>
#include <utility>

namespace mailprobe::receiver {

namespace {

constexpr auto between_looks = std::chrono::seconds(1);  // for room, while it is full

std::string full_text(const KeepBounds& bounds) {
  return "the spool is full: " + std::to_string(bounds.size) + " octets, and what nobody has read does not go before " +
         duration_text(bounds.age) + "; new mail is put off";
}

std::string share_text(const KeepBounds& bounds, AwaitedBy whom) {
  const std::string mail =
      whom == AwaitedBy::nobody ? "mail may fill which nobody waits for" : "probes to our reflector may fill";
  return "the spool has " + std::to_string(share_of(bounds, whom)) + " octets, all that " + mail +
         ": more of it is put off, answers are taken";
}

}  // namespace

std::uintmax_t share_of(const KeepBounds& bounds, AwaitedBy whom) {
  switch (whom) {
    case AwaitedBy::nobody: return bounds.size - bounds.size / 4;
    case AwaitedBy::reflector: return bounds.size - bounds.size / 8;
    case AwaitedBy::probe: break;
  }
  return bounds.size;
}

/// Outlives the room where a pruning is still under way.
struct SpoolRoom::State {
  Spool spool;
  Disk& disk;
  KeepBounds bounds;
  Tasks tasks;
  Told pruned, full;
  std::uintmax_t used = 0;
  std::chrono::steady_clock::time_point looked;
  std::set<AwaitedBy> full_for;  // whose share is, and that was said
  bool looking = false;
};

SpoolRoom::SpoolRoom(Spool spool, Disk& disk, KeepBounds bounds, Tasks tasks, Told pruned, Told full)
    : state_(std::make_shared<State>(std::move(spool), disk, bounds, std::move(tasks), std::move(pruned),
                                     std::move(full))) {}

bool SpoolRoom::take(std::size_t octets, AwaitedBy whom) {
  auto& state = *state_;
  if (state.used + octets <= share_of(state.bounds, whom)) {
    state.used += octets;
    return true;
  }
  if (state.full_for.insert(whom).second) {
    if (whom == AwaitedBy::probe)
      state.full(full_text(state.bounds));
    else
      state.pruned(share_text(state.bounds, whom));
  }
  if (std::chrono::steady_clock::now() - state.looked >= between_looks) prune();
  return false;
}

void SpoolRoom::prune() {
  if (!std::exchange(state_->looking, true)) state_->tasks.spawn(prune_once(state_));
}

Task<void> SpoolRoom::prune_once(std::shared_ptr<State> state) {
  const auto before = state->used;
  const auto done = std::make_shared<Pruning>();
  auto bounds = state->bounds;
  bounds.size = share_of(bounds, AwaitedBy::nobody);  // what may go makes room for its like
  std::function<void()> work = [done, spool = state->spool, bounds] { *done = receiver::prune(spool, bounds, now()); };
  co_await state->disk.run(std::move(work));
  if (state->tasks.stopped()) co_return;
  state->used = done->left + (state->used - before);  // what was taken meanwhile need not have been on disk
  std::erase_if(state->full_for, [&](AwaitedBy whom) { return state->used < share_of(state->bounds, whom); });
  state->looked = std::chrono::steady_clock::now();
  state->looking = false;
  if (const auto words = told_of(*done, bounds); !words.empty()) state->pruned(words);
}

}  // namespace mailprobe::receiver
