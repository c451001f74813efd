#include "probe/shares.h"

#include <algorithm>

namespace mailprobe::probe {

using std::chrono::milliseconds;

namespace {

/// What a good session is left with, whatever came before it: some greet late on purpose (postscreen_greet_wait: 6 s).
constexpr milliseconds for_each_after = std::chrono::seconds(8);

}  // namespace

milliseconds share_of(milliseconds time, std::size_t left) {
  const auto addresses = static_cast<milliseconds::rep>(left);
  return std::max(time / addresses, time - (addresses - 1) * for_each_after);
}

}  // namespace mailprobe::probe
