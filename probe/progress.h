// What a run tells while it goes, for whoever shows it (app/progress). Functions may be empty. Decides nothing.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/hidden.h"
#include "base/transcript.h"

namespace mailprobe::probe {

struct Progress {
  std::function<void(const std::string& line)> step;  // "mx.target.test (127.0.1.1): TLSv1.3, accepted in 0.21 s"
  /// A wait of our own begins: its cause and length ("for the copy in reflector@target.test", 5m). Ends with the next
  /// step.
  std::function<void(const std::string& cause, std::chrono::milliseconds length)> waiting;
  /// Somebody else is waited for: whom, and at most how long. Told where it lasts; ends with the next of any kind.
  std::function<void(const std::string& cause, std::chrono::milliseconds length)> expecting;
  std::function<void(const Event& event)> dialogue;  // --verbose

  void say(const std::string& line) const {
    if (step) step(line);
  }
  void announce(const std::string& cause, std::chrono::milliseconds length) const {
    if (waiting) waiting(cause, length);
  }
  void expect(const std::string& cause, std::chrono::milliseconds length) const {
    if (expecting) expecting(cause, length);
  }
};

/// The same, with *** for what is hidden.
Progress hiding(Progress progress, const Hidden& hidden);

}  // namespace mailprobe::probe
