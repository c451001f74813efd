// Something to wait for: a bell that is heard by who waits, and by who comes a moment later. One who waits; one thread.
#pragma once

#include <memory>

#include "base/task.h"

namespace mailprobe::lab {

class Bell {
 public:
  static Task<std::shared_ptr<Bell>> make();

  void ring();
  [[nodiscard]] bool rung() const;
  /// From now on only what rings later is heard.
  void reset();
  Task<void> heard();

 private:
  struct Impl;
  explicit Bell(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;

 public:
  ~Bell();
};

}  // namespace mailprobe::lab
