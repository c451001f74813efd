#include "auth/recording_resolver.h"

#include <algorithm>

#include "base/text.h"

namespace mailprobe::auth {

const Recorded* find_recorded(const std::vector<Recorded>& all, const std::string& name, dns::Type type) {
  const auto found = std::ranges::find_if(
      all, [&](const Recorded& one) { return one.type == type && iequals(one.name, name); });  // RFC 4343 §3
  return found == all.end() ? nullptr : &*found;
}

Task<dns::Answer> RecordingResolver::query(std::string name, dns::Type type) {
  if (const auto* known = find_recorded(all_, name, type)) co_return known->answer;
  auto answer = co_await resolver_.query(name, type);
  all_.push_back({std::move(name), type, answer});
  co_return answer;
}

Task<dns::Answer> ReplayResolver::query(std::string name, dns::Type type) {
  const auto* known = find_recorded(all_, name, type);
  dns::Answer unasked;
  unasked.why = "it was not asked";
  co_return known ? known->answer : unasked;
}

}  // namespace mailprobe::auth
