// Coroutines that run in the background, all of which can be ended at once. Not a thread pool: one executor, one
// thread. Knows nothing of mail.
#pragma once

#include <memory>

#include "base/task.h"

namespace mailprobe {

/// A handle: copies share the tasks.
class Tasks {
 public:
  /// On the current executor.
  static Task<Tasks> make();

  void spawn(Task<void> task);
  /// Cancels all that run and starts no more.
  void stop();
  [[nodiscard]] bool stopped() const;

 private:
  struct Impl;
  explicit Tasks(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

}  // namespace mailprobe
