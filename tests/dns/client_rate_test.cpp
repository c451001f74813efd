#include "dns/client_rate.h"

#include <gtest/gtest.h>

namespace mailprobe::dns {
namespace {

using std::chrono::milliseconds;

const IpAddress one = IpAddress::v4({192, 0, 2, 1}), two = IpAddress::v4({192, 0, 2, 2});

TEST(ClientRate, AnswersABurstThenSoManyASecond) {
  ClientRate rate({.per_second = 10, .burst = 3, .clients = 100});
  const Steady start{};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(rate.ask(one, start), Allowance::answer);
  EXPECT_EQ(rate.ask(one, start), Allowance::truncate);  // who is real comes by TCP
  EXPECT_EQ(rate.ask(one, start), Allowance::drop);
  EXPECT_EQ(rate.ask(two, start), Allowance::answer);
  EXPECT_EQ(rate.ask(one, start + milliseconds(100)), Allowance::answer);
  EXPECT_NE(rate.ask(one, start + milliseconds(150)), Allowance::answer);
}

TEST(ClientRate, TakesASlash64ForOneClient) {
  ClientRate rate({.per_second = 1, .burst = 1, .clients = 100});
  EXPECT_EQ(rate.ask(*IpAddress::parse("2001:db8::1"), Steady{}), Allowance::answer);
  EXPECT_NE(rate.ask(*IpAddress::parse("2001:db8::2"), Steady{}), Allowance::answer);
  EXPECT_EQ(rate.ask(*IpAddress::parse("2001:db8:0:1::1"), Steady{}), Allowance::answer);
}

TEST(ClientRate, RemembersOnlySoMany) {
  ClientRate rate({.per_second = 1, .burst = 1, .clients = 2});
  for (std::uint8_t i = 1; i < 100; ++i) EXPECT_EQ(rate.ask(IpAddress::v4({10, 0, 0, i}), Steady{}), Allowance::answer);
}

TEST(ClientRate, OthersDoNotMakeItForgetWhoAsksOnAndOn) {
  ClientRate rate({.per_second = 1, .burst = 1, .clients = 3});
  EXPECT_EQ(rate.ask(one, Steady{}), Allowance::answer);
  for (std::uint8_t i = 1; i < 100; ++i) {
    rate.ask(IpAddress::v4({10, 0, 0, i}), Steady{});
    EXPECT_NE(rate.ask(one, Steady{}), Allowance::answer) << int{i};
  }
}

}  // namespace
}  // namespace mailprobe::dns
