#include "probe/admission.h"

#include <algorithm>

#include "probe/beside.h"

namespace mailprobe::probe {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds place_pause = milliseconds(500);  // another process has the connection

Error interruption() { return {Failure::interrupted, "interrupted", Cause::interrupted, {}}; }

milliseconds left(const Network& network, Steady until) {
  return std::chrono::duration_cast<milliseconds>(until - network.steady());
}

Task<std::optional<Error>> permission(std::string host, Steady until, const SendingLimits& limits,
                                      const Network& network, const Progress& progress) {
  for (;;) {
    const auto permit = limits.connection(host, now());
    if (!permit) co_return permit.error();
    if (permit->granted) co_return std::nullopt;
    if (until != Steady::max() && permit->wait > left(network, until))
      co_return Error{Failure::ours, "our own limit is reached: " + permit->why, Cause::own_limit, {}};
    if (co_await cancelled()) co_return interruption();
    progress.announce("because of our own limit of " + permit->why, permit->wait);
    co_await network.pause(permit->wait);
  }
}

}  // namespace

/// Somebody else of us, in this process or another, may hold the connection that we are allowed.
Task<std::optional<Error>> take_place(std::string host, Steady until, const SendingLimits& limits,
                                      const Network& network, const Progress& progress, File& held) {
  for (bool told = false;;) {
    auto file = limits.place(host);
    if (!file) co_return file.error();
    if (file->descriptor() >= 0) {
      held = std::move(*file);
      co_return std::nullopt;
    }
    if (co_await cancelled()) co_return interruption();
    const auto time = left(network, until);
    if (time <= milliseconds(0))
      co_return Error{Failure::ours, "another connection of ours to " + host + " is open", Cause::own_limit, {}};
    if (!told) progress.announce("for another connection of ours to " + host, time);
    told = true;
    co_await network.pause(std::min(place_pause, time));
  }
}

Task<std::optional<Error>> admit(std::string host, WaitUntil until, const SendingLimits& limits, const Network& network,
                                 const Progress& progress, File& held) {
  auto refused = co_await take_place(host, until.place, limits, network, progress, held);
  if (refused) co_return refused;
  co_return co_await permission(host, until.turn, limits, network, progress);
}

}  // namespace mailprobe::probe
