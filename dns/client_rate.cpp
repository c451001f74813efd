#include "dns/client_rate.h"

#include <algorithm>

namespace mailprobe::dns {

namespace {

std::string network_of(const IpAddress& client) {
  return {reinterpret_cast<const char*>(client.bytes.data()), client.v6 ? std::size_t{8} : std::size_t{4}};
}

}  // namespace

/// What is full is put aside as a whole: a client that asks again takes its account along.
ClientRate::Account& ClientRate::account_of(const std::string& network, Steady at) {
  if (const auto known = accounts_.find(network); known != accounts_.end()) return known->second;
  if (accounts_.size() >= limit_.clients) {
    earlier_ = std::move(accounts_);
    accounts_ = {};
  }
  const auto before = earlier_.find(network);
  const auto account = before == earlier_.end() ? Account{limit_.burst, at} : before->second;
  return accounts_.insert_or_assign(network, account).first->second;
}

Allowance ClientRate::ask(const IpAddress& client, Steady at) {
  auto& account = account_of(network_of(client), at);
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
