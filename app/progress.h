// What a run tells while it goes: a line for each step; while something is awaited, on a terminal a live line with a
// spinner and the time, elsewhere one plain line with cause and length. All of it escaped, all of it on standard error.
#pragma once

#include <memory>
#include <string>

#include "app/console.h"
#include "app/live_line.h"
#include "base/time.h"
#include "probe/run.h"

namespace mailprobe::app {

class ProgressPrinter {
 public:
  /// On the executor of the calling coroutine.
  static Task<ProgressPrinter> make(std::shared_ptr<LiveLine> line, Console console);
  ProgressPrinter(ProgressPrinter&&) noexcept;
  ProgressPrinter& operator=(ProgressPrinter&&) noexcept;
  ~ProgressPrinter();

  /// Holds on to what it needs, not to the printer.
  [[nodiscard]] probe::Progress callbacks() const;

 private:
  struct Impl;
  explicit ProgressPrinter(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

/// "/ waiting for the copy in reflector@target.test, 0:07 of 5m": the live line after `elapsed`.
std::string wait_text(const std::string& cause, std::chrono::milliseconds length, std::chrono::milliseconds elapsed,
                      bool utf8);
/// A transcript's event as `--verbose` shows it: "> EHLO mx.probe.test".
std::string dialogue_text(const Event& event);

}  // namespace mailprobe::app
