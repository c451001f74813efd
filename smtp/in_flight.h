// How many octets of messages the sessions that share it hold in memory at once, perhaps within a greater bound that
// more of them share, and one session's share of them. Holds none itself. One thread's. RFC 5321 §4.2.2 (452), RFC 3463
// §3.4 (4.3.1).
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

namespace mailprobe::smtp {

class InFlight {
 public:
  explicit InFlight(std::size_t max, std::shared_ptr<InFlight> within = {}) : max_(max), within_(std::move(within)) {}

  bool take(std::size_t octets) {
    if (octets > max_ - taken_ || (within_ && !within_->take(octets))) return false;
    taken_ += octets;
    return true;
  }
  void give(std::size_t octets) {
    taken_ -= octets;
    if (within_) within_->give(octets);
  }
  [[nodiscard]] std::size_t taken() const { return taken_; }
  [[nodiscard]] std::size_t left() const {
    const auto own = max_ - taken_;
    return within_ ? std::min(own, within_->left()) : own;
  }

 private:
  std::size_t max_, taken_ = 0;
  std::shared_ptr<InFlight> within_;
};

/// Given back when it goes.
class Share {
 public:
  /// nullptr: of no bound.
  explicit Share(std::shared_ptr<InFlight> of) : of_(std::move(of)) {}
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  ~Share() { clear(); }

  /// Grows to so many octets; false: there is no room, and it stays as it was.
  bool grow_to(std::size_t octets) {
    if (!of_ || octets <= held_) return true;
    if (!of_->take(octets - held_)) return false;
    held_ = octets;
    return true;
  }
  void clear() {
    if (of_) of_->give(std::exchange(held_, 0));
  }
  /// Whether another message can begin.
  [[nodiscard]] bool has_room(std::size_t octets) const { return !of_ || of_->left() >= octets; }

 private:
  std::shared_ptr<InFlight> of_;
  std::size_t held_ = 0;
};

}  // namespace mailprobe::smtp
