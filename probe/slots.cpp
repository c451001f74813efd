#include "probe/slots.h"

namespace mailprobe::probe {

Task<bool> Slots::take() {
  if (free_ > 0) {
    --free_;
    co_return true;
  }
  const auto gate = co_await Gate::make();
  waiting_.push_back(gate);
  co_await gate->wait();
  if (gate->is_open()) co_return true;
  std::erase(waiting_, gate);
  co_return false;
}

void Slots::give() {
  if (waiting_.empty()) {
    ++free_;
    return;
  }
  waiting_.front()->open();  // handed over
  waiting_.pop_front();
}

}  // namespace mailprobe::probe
