// The memory for what comes in: a bound for all, and one for each client.
#include "receiver/budgets.h"

#include <gtest/gtest.h>

namespace mailprobe::receiver {
namespace {

TEST(Budgets, NobodyHasAllOfIt) {
  Budgets budgets(100, 60);
  const auto one = budgets.of("192.0.2.1"), other = budgets.of("192.0.2.2");
  EXPECT_TRUE(one->take(60));
  EXPECT_FALSE(one->take(1));
  EXPECT_EQ(other->left(), 40U) << "what is left for all";
  EXPECT_FALSE(other->take(41));
  EXPECT_EQ(other->taken(), 0U);
  EXPECT_TRUE(other->take(40));
  one->give(10);
  EXPECT_TRUE(other->take(10));
  EXPECT_EQ(one->left(), 0U);
}

TEST(Budgets, AClientHasOneForAllOfItsSessions) {
  Budgets budgets(100, 60);
  const auto one = budgets.of("2001:db8::1"), neighbour = budgets.of("2001:db8::2"),
             other = budgets.of("2001:db8:0:1::1");
  EXPECT_EQ(one, neighbour) << "a host has a /64";
  EXPECT_NE(one, other);
}

TEST(Budgets, WhoHasGoneIsForgotten) {
  Budgets budgets(100, 60);
  {
    smtp::Share share(budgets.of("192.0.2.1"));
    EXPECT_TRUE(share.grow_to(60));
  }
  for (int i = 0; i < 1000; ++i) {
    smtp::Share share(budgets.of("198.51.100." + std::to_string(i % 250)));
    EXPECT_TRUE(share.grow_to(60));
  }
  EXPECT_EQ(budgets.of("192.0.2.1")->left(), 60U);
}

}  // namespace
}  // namespace mailprobe::receiver
