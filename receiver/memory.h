// Who has been here lately: keys that are remembered for a time, the last so many of them. Pure; asks no clock.
#pragma once

#include <chrono>
#include <deque>
#include <string>
#include <unordered_map>

#include "base/time.h"

namespace mailprobe::receiver {

class Memory {
 public:
  Memory(std::chrono::milliseconds life, std::size_t most) : life_(life), most_(most) {}

  /// True: not seen within that time, and remembered from now on.
  bool first(const std::string& key, Steady now);
  /// As if it had never been here.
  void forget(const std::string& key) { seen_.erase(key); }

 private:
  struct Visit {
    std::string key;
    Steady at;
  };
  void drop_oldest();

  std::chrono::milliseconds life_;
  std::size_t most_;
  std::unordered_map<std::string, Steady> seen_;
  std::deque<Visit> order_;  // those that were forgotten stand in it until their time is over
};

}  // namespace mailprobe::receiver
