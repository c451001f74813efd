#include <algorithm>
#include <utility>

#include "probe/copies.h"
#include "probe/execution.h"

namespace mailprobe::probe {

void correct_arrival(Dispatch& dispatch) {
  if (!dispatch.copy || !dispatch.looked_late) return;
  auto& copy = *dispatch.copy;
  const auto came = std::max(copy.internal_date + std::chrono::seconds(1), dispatch.delivered.at.value_or(copy.seen));
  copy.seen = std::min(copy.seen, came);
}

Task<void> CopySearch::search_second(Dispatch& dispatch) {
  const auto* copy = dispatch.copy ? &dispatch.copy->raw : nullptr;
  dispatch.second = co_await find_second(*mailbox_, copy, dispatch.deadline, *dispatch.probe.smuggling);
}

Task<void> CopySearch::search(CopySearch& self) {
  while (!self.queue_.empty()) {
    auto* dispatch = self.queue_.front();
    auto copy = co_await self.mailbox_->find(dispatch->probe.id, dispatch->deadline);
    if (dispatch->withdrawn) co_return;  // ended from outside: the rest is searched for anew
    dispatch->copy = std::move(copy);
    dispatch->probe.watch = self.mailbox_->facts();
    if (dispatch->probe.smuggling) co_await self.search_second(*dispatch);
    if (dispatch->withdrawn) co_return;
    dispatch->answers = self.mailbox_->answers_to(dispatch->probe.id);
    self.queue_.pop_front();
    dispatch->settle();
    dispatch->end_search();
  }
  self.searching_ = false;
}

/// A search that is about to end looks at the queue no more, while `beside_` still has it: what is asked for in between
/// would be searched for by nobody.
void CopySearch::start() {
  if (queue_.empty() || std::exchange(searching_, true)) return;
  beside_.start(search(*this));
}

void CopySearch::expect(Dispatch& dispatch) {
  if (mailbox_ == nullptr || !mailbox_->ready()) return dispatch.end_search();
  dispatch.looked_late = !queue_.empty();
  queue_.push_back(&dispatch);
  start();
}

Task<void> CopySearch::withdraw(Dispatch& dispatch) {
  dispatch.end_search();
  const auto place = std::ranges::find(queue_, &dispatch);
  if (place == queue_.end()) co_return;
  dispatch.withdrawn = true;
  if (place == queue_.begin()) {
    beside_.cancel();
    co_await beside_.join();
    searching_ = false;
  }
  std::erase(queue_, &dispatch);
  start();
}

Task<void> CopySearch::finish() { co_await beside_.join(); }

}  // namespace mailprobe::probe
