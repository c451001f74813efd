// Writing to disk beside the one thread: sessions go on while a message's fsync is waited for, and a file system
// commits several of them together. Knows nothing of what is written.
#pragma once

#include <functional>
#include <memory>

#include "base/task.h"

namespace mailprobe::receiver {

class Disk {
 public:
  explicit Disk(std::size_t threads = 16);
  /// What is under way comes to its end first.
  ~Disk();
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  /// Runs `work` in another thread; returns here when it has ended, also where the caller was cancelled meanwhile.
  /// `work` owns what it uses, and throws nothing.
  Task<void> run(std::function<void()> work);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mailprobe::receiver
