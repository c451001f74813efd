// Something that happens once and that several coroutines wait for. One executor, one thread.
#pragma once

#include <memory>

#include "base/task.h"

namespace mailprobe::probe {

class Gate {
 public:
  static Task<std::shared_ptr<Gate>> make();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate();

  void open();
  [[nodiscard]] bool is_open() const;
  /// Until it is open, or the caller is cancelled.
  Task<void> wait();

 private:
  struct Impl;
  explicit Gate(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace mailprobe::probe
