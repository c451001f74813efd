// Coroutines that run in the background of the lab, all of which can be ended at once. Knows nothing of mail.
#pragma once

#include <memory>

#include "base/task.h"

namespace mailprobe::lab {

/// A handle: copies share the tasks.
class Tasks {
 public:
  /// On the current executor.
  static Task<Tasks> make();

  void spawn(Task<void> task);
  /// Cancels all that run and starts no more.
  void stop();

 private:
  struct Impl;
  explicit Tasks(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

}  // namespace mailprobe::lab
