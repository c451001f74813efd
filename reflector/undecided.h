// Probes whose DMARC could not be evaluated for now: each is judged anew after 1, 2, 4 … minutes, an hour at most,
// until somebody says that it is decided. Holds only how to judge it; for how long is the reflector's. RFC 8601 §2.7
// (temperror).
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/task.h"
#include "base/time.h"
#include "dns/resolver.h"
#include "probe/beside.h"
#include "reflector/answer.h"

namespace mailprobe::reflector {

class Undecided {
 public:
  /// The message evaluated anew; nullopt: it is gone.
  using Again = std::function<Task<std::optional<Arrival>>()>;
  /// True: decided, it is not evaluated again.
  using Decide = std::function<bool(const Arrival& arrival)>;

  static Task<std::unique_ptr<Undecided>> make(Pause pause);
  Undecided(const Undecided&) = delete;
  Undecided& operator=(const Undecided&) = delete;

  void add(Again again, Decide decide);
  [[nodiscard]] std::size_t waiting() const { return waiting_; }
  /// All are decided.
  Task<void> finish() { return tasks_.join(); }
  /// Forgets those that are not: they are where they came from.
  Task<void> stop();

 private:
  Undecided(Pause pause, probe::Beside tasks) : pause_(std::move(pause)), tasks_(std::move(tasks)) {}
  static Task<void> look_again(Undecided& self, Again again, Decide decide);

  Pause pause_;
  probe::Beside tasks_;
  std::size_t waiting_ = 0, evaluating_ = 0;
};

/// Evaluated anew with the DNS of now; SPF only where that was what failed, else it is as it was at MAIL.
Task<std::optional<Arrival>> evaluate_again(Arrival arrival, dns::Resolver& resolver);

}  // namespace mailprobe::reflector
