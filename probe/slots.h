// How many of us may be at something at once: those who wait are let in in the order in which they came. One executor,
// one thread. Not our limits towards providers: probe/sending_limits.h.
#pragma once

#include <deque>
#include <memory>

#include "base/task.h"
#include "probe/gate.h"

namespace mailprobe::probe {

class Slots {
 public:
  explicit Slots(std::size_t count) : free_(count) {}

  /// False: the caller was cancelled, and has none.
  Task<bool> take();
  /// One that was taken.
  void give();

 private:
  std::size_t free_;
  std::deque<std::shared_ptr<Gate>> waiting_;
};

}  // namespace mailprobe::probe
