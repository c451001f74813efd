#include "dns/reverse.h"

#include <algorithm>

#include "dns/records.h"

namespace mailprobe::dns {

namespace {

constexpr std::size_t max_names = 5;  // of one address that are followed: DNS work is bounded

}  // namespace

Task<ReverseName> reverse_name(IpAddress address, Resolver& resolver) {
  auto owner = address.reverse_name();
  const auto answer = co_await resolver.query(std::move(owner), Type::ptr);
  if (!answer.found() && !answer.absent()) co_return ReverseName{};
  auto all = names(answer);
  if (all.size() > max_names) all.resize(max_names);
  bool unknown = false;
  for (const auto& name : all) {
    const auto forward = co_await resolver.query(name, address.v6 ? Type::aaaa : Type::a);
    const auto found = addresses(forward);
    if (std::ranges::find(found, address) != found.end()) co_return ReverseName{name, true};
    unknown = unknown || (!forward.found() && !forward.absent());
  }
  ReverseName none;
  if (!all.empty()) none.name = all.front();
  if (!unknown) none.confirmed = false;
  co_return none;
}

}  // namespace mailprobe::dns
