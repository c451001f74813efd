#include "receiver/budgets.h"

#include "receiver/places.h"

namespace mailprobe::receiver {

std::shared_ptr<smtp::InFlight> Budgets::of(const std::string& client) {
  if (by_client_.size() >= sweep_at_) {
    std::erase_if(by_client_, [](const auto& entry) { return entry.second.expired(); });
    sweep_at_ = 2 * by_client_.size() + 64;
  }
  auto& known = by_client_[client_key(client)];
  auto budget = known.lock();
  if (!budget) known = budget = std::make_shared<smtp::InFlight>(per_client_, all_);
  return budget;
}

}  // namespace mailprobe::receiver
