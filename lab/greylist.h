// Greylisting: a sender and recipient not seen before have to come back a little later. Pure; the time is the caller's.
// RFC 6647 §2.2.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "base/time.h"

namespace mailprobe::lab {

class Greylist {
 public:
  explicit Greylist(std::chrono::milliseconds wait) : wait_(wait) {}

  /// How much longer `key` has to wait; zero: let it in.
  std::chrono::milliseconds ask(const std::string& key, Steady now);

 private:
  std::chrono::milliseconds wait_;
  std::map<std::string, Steady> first_seen_;
};

}  // namespace mailprobe::lab
