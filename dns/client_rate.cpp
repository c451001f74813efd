#include "dns/client_rate.h"

#include <algorithm>

namespace mailprobe::dns {

namespace {

std::string network_of(const IpAddress& client) {
  return {reinterpret_cast<const char*>(client.bytes.data()), client.v6 ? std::size_t{8} : std::size_t{4}};
}

}  // namespace

Allowance ClientRate::ask(const IpAddress& client, Steady at) {
  if (accounts_.size() >= limit_.clients) accounts_.clear();
  auto& account = accounts_.try_emplace(network_of(client), Account{limit_.burst, at}).first->second;
  const std::chrono::duration<double> since = at - account.at;
  account.left = std::min(limit_.burst, account.left + since.count() * limit_.per_second);
  account.at = at;
  if (account.left >= 1) {
    account.left -= 1;
    return Allowance::answer;
  }
  account.slip = !account.slip;
  return account.slip ? Allowance::truncate : Allowance::drop;
}

}  // namespace mailprobe::dns
