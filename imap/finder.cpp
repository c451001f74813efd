#include "imap/finder.h"

#include <algorithm>

namespace mailprobe::imap {

namespace {

using namespace std::chrono_literals;

constexpr auto first_interval = 250ms;  // most probes arrive within a second
constexpr auto longest_interval = 15s;  // manners: a poll is one STATUS a folder
constexpr auto longest_idle = 28min;    // RFC 2177 §3: at least every 29 minutes

}  // namespace

// 1 every folder is searched: the message may be there already · 2 wait: IDLE on the first folder, or a pause · 3 the
// folders that have news are searched · 2 and 3 until the deadline · 4 every folder is searched, news or not
Task<Result<std::optional<Copy>>> Finder::find(Wanted wanted, Steady deadline) {
  interval_ = first_interval;
  auto which = Round::first;
  for (;;) {
    auto found = co_await round(wanted, which);
    if (!found || *found || which == Round::last) co_return found;
    if (timeline_.now() < deadline)
      if (const auto waited = co_await wait(deadline); !waited) co_return std::unexpected(waited.error());
    which = timeline_.now() < deadline ? Round::middle : Round::last;
  }
}

/// A copy in \All is also somewhere else, mostly: the other place is the one to report.
Task<Finder::Found> Finder::round(Wanted wanted, Round which) {
  std::optional<Copy> in_all;
  for (auto& folder : folders_) {
    auto found = co_await visit(folder, wanted, which);
    if (!found) co_return found;
    if (!*found) continue;
    if ((*found)->special_use != "\\All" || which == Round::last) co_return found;
    in_all = std::move(*found);
    break;
  }
  if (!in_all) co_return std::nullopt;
  for (auto& folder : folders_) {
    if (folder.special_use == "\\All") continue;
    auto found = co_await visit(folder, wanted, Round::last);
    if (!found || *found) co_return found;
  }
  co_return in_all;
}

Task<Finder::Found> Finder::visit(Folder& folder, Wanted wanted, Round which) {
  const auto worth = co_await worth_a_visit(folder, which);
  if (!worth) co_return std::unexpected(worth.error());
  if (!*worth) co_return std::nullopt;
  const auto told = now();
  if (!mailbox_.selected(folder) || which == Round::last) {
    if (const auto opened = co_await mailbox_.examine(folder); !opened) co_return std::unexpected(opened.error());
    if (which == Round::middle && mailbox_.has_news(folder)) mailbox_.announce(told);
  }
  if (which != Round::last && !mailbox_.may_have_news(folder)) co_return std::nullopt;
  co_return co_await mailbox_.look(folder, std::move(wanted));
}

/// The first folder is the one that stays selected; of the others STATUS tells without selecting them.
Task<Result<bool>> Finder::worth_a_visit(Folder& folder, Round which) {
  if (which == Round::last) co_return true;
  if (&folder == &watched()) co_return !mailbox_.selected(folder) || mailbox_.may_have_news(folder);
  const auto status = co_await mailbox_.status(folder.wire);
  if (!status) co_return std::unexpected(status.error());
  if (!*status) co_return false;  // the last round says so
  const auto& said = **status;
  const bool other = said.uidvalidity && *said.uidvalidity != folder.mark.uidvalidity;
  co_return other || !said.uidnext || *said.uidnext > folder.checked;
}

// --- waiting --------------------------------------------------------------------------------------------------------

Task<Result<void>> Finder::wait(Steady deadline) {
  if (!mailbox_.selected(watched())) {  // another folder had news
    if (auto opened = co_await mailbox_.examine(watched()); !opened) co_return opened;
  }
  if (mailbox_.has_news(watched())) co_return Result<void>{};
  const bool others = folders_.size() > 1;
  const auto next_poll = timeline_.now() + interval_;
  if (!idle_) co_return co_await poll(std::min(next_poll, deadline));
  const auto renewal = timeline_.now() + longest_idle;
  co_return co_await idle(std::min(others ? next_poll : renewal, deadline));
}

Task<Result<void>> Finder::poll(Steady until) {
  using std::chrono::ceil, std::chrono::milliseconds;
  interval_ = std::min<milliseconds>(interval_ * 2, longest_interval);
  co_await pause_(ceil<milliseconds>(until - timeline_.now()));
  timeline_.reach(until);
  auto noop = Command::noop();
  const auto done = co_await connection_.run(std::move(noop));  // RFC 9051 §6.1.2: what it is for
  if (!done) co_return std::unexpected(done.error());
  co_return Result<void>{};
}

/// Until a message is announced or the time is up.
Task<Result<void>> Finder::idle(Steady until) {
  auto command = Command::idle();
  if (auto started = co_await connection_.start(std::move(command)); !started) co_return started;
  const auto ready = co_await connection_.go_on(connection_.within(command_seconds));
  if (!ready) co_return std::unexpected(ready.error());
  if (auto heard = co_await listen(until); !heard) co_return heard;
  idle_ = !connection_.answered();  // refused, or ended by the server: no use to go on with it
  if (!connection_.answered()) {
    auto done = Continued::done();
    if (auto sent = co_await connection_.send(std::move(done)); !sent) co_return sent;
  }
  const auto end = co_await connection_.finish();
  if (!end) co_return std::unexpected(end.error());
  co_return Result<void>{};
}

Task<Result<void>> Finder::listen(Steady until) {
  while (!connection_.answered() && !mailbox_.announced() && timeline_.now() < until) {
    const auto response = co_await connection_.next(until);
    if (response) continue;
    if (response.error().kind != Failure::timeout) co_return std::unexpected(response.error());
    timeline_.reach(until);
    interval_ = std::min<std::chrono::milliseconds>(interval_ * 2, longest_interval);
  }
  co_return Result<void>{};
}

}  // namespace mailprobe::imap
