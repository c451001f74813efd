// How many questions of one client are answered: so many a second, with room for a burst; of those over it every second
// one is told to come by TCP, since over UDP its address may be forged. Pure. RFC 4291 §2.5.4 (a host has a /64).
#pragma once

#include <cstddef>
#include <unordered_map>

#include "base/ip.h"
#include "base/time.h"

namespace mailprobe::dns {

struct RateLimit {
  double per_second = 50, burst = 200;
  std::size_t clients = 10'000;  // that are remembered, and as many that asked before them
};

enum class Allowance { answer, truncate, drop };

class ClientRate {
 public:
  explicit ClientRate(RateLimit limit) : limit_(limit) {}
  Allowance ask(const IpAddress& client, Steady at);

 private:
  struct Account {
    double left = 0;
    Steady at;
    bool slip = false;  // the next one over the limit is told
  };
  Account& account_of(const std::string& network, Steady at);

  RateLimit limit_;
  std::unordered_map<std::string, Account> accounts_, earlier_;
};

}  // namespace mailprobe::dns
