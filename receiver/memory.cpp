#include "receiver/memory.h"

namespace mailprobe::receiver {

void Memory::drop_oldest() {
  const auto& oldest = order_.front();
  const auto found = seen_.find(oldest.key);
  if (found != seen_.end() && found->second == oldest.at) seen_.erase(found);  // else it came again since
  order_.pop_front();
}

bool Memory::first(const std::string& key, Steady now) {
  while (!order_.empty() && now - order_.front().at >= life_) drop_oldest();
  if (!seen_.emplace(key, now).second) return false;
  order_.push_back({key, now});
  if (order_.size() > most_) drop_oldest();
  return true;
}

}  // namespace mailprobe::receiver
