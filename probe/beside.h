// Coroutines that run beside the one that started them, and their end: none outlives what it refers to, and a
// cancellation reaches all of them. Not a thread pool: one executor, one thread.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "base/task.h"

namespace mailprobe::probe {

/// True where the calling coroutine has been cancelled. From here on it is told so by results, not by an exception.
Task<bool> cancelled();
/// To be called once, where a run begins: any kind of cancellation counts, not only `terminal`.
Task<void> heed_cancellation();

class Beside {
 public:
  static Task<Beside> make();
  Beside(Beside&&) noexcept;
  Beside& operator=(Beside&&) noexcept;
  ~Beside();

  /// What the task refers to must live until join() has returned.
  void start(Task<void> task);
  /// Every task has ended. A cancellation of the caller is passed on to them, and they are still waited for.
  Task<void> join();
  /// Ends what is still running; join() afterwards.
  void cancel();
  [[nodiscard]] bool idle() const;

 private:
  struct Impl;
  explicit Beside(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

/// All of them, and their end. The last runs in the caller itself: most often there is but one host, address or name,
/// and a coroutine of its own costs what twenty function calls do. What they refer to must live until this has
/// returned.
Task<void> at_once(std::vector<Task<void>> tasks);

/// For what nobody needs to wait for: ended after `grace`, by the real clock. To be started in another Beside.
Task<void> cancel_after(std::chrono::milliseconds grace, Beside& tasks);
/// join(), cut short after `grace`.
Task<void> join_within(std::chrono::milliseconds grace, Beside& tasks);

}  // namespace mailprobe::probe
