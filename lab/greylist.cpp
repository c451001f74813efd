#include "lab/greylist.h"

#include <algorithm>

namespace mailprobe::lab {

namespace {
constexpr std::size_t max_keys = 10'000;  // a lab that stays up for days does not grow
}

std::chrono::milliseconds Greylist::ask(const std::string& key, Steady now) {
  if (first_seen_.size() >= max_keys && !first_seen_.contains(key)) first_seen_.clear();
  const auto since = first_seen_.try_emplace(key, now).first->second;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(since + wait_ - now);
  return std::max(left, std::chrono::milliseconds(0));
}

}  // namespace mailprobe::lab
