#include "base/come_back.h"

#include <gtest/gtest.h>

namespace mailprobe {
namespace {

using namespace std::chrono_literals;

TEST(ComeBack, ReadsTheServersWords) {
  EXPECT_EQ(come_back_in("Greylisted, please try again in 300 seconds"), 300s);
  EXPECT_EQ(come_back_in("Try again in 5 minutes"), 5min);
  EXPECT_EQ(come_back_in("Greylisted for 300s, see http://example.org"), 300s);
  EXPECT_EQ(come_back_in("greylisted, try again in 00:04:59"), 4min + 59s);
  EXPECT_EQ(come_back_in("try again in 04:59."), 4min + 59s);
  EXPECT_EQ(come_back_in("retry after 1 hour."), 1h);
  EXPECT_EQ(come_back_in("come back in 10m, please"), 10min);
  EXPECT_EQ(come_back_in("Mail for 3 users is held, retry in 2 min"), 2min);
}

TEST(ComeBack, TakesNothingElseForATime) {
  EXPECT_EQ(come_back_in("Greylisting in action, please come back later"), std::nullopt);
  EXPECT_EQ(come_back_in("Held for 3 users"), std::nullopt);
  EXPECT_EQ(come_back_in("try again in 4"), std::nullopt);  // of what?
  EXPECT_EQ(come_back_in("in 99999999999999999999 seconds"), std::nullopt);
  EXPECT_EQ(come_back_in("in 999999999 seconds"), std::nullopt);
  EXPECT_EQ(come_back_in("in 86400 hours"), std::nullopt);
  EXPECT_EQ(come_back_in("in 0 seconds"), std::nullopt);
  EXPECT_EQ(come_back_in("in"), std::nullopt);
  EXPECT_EQ(come_back_in("in "), std::nullopt);
  EXPECT_EQ(come_back_in("in 1::2 in 3:"), std::nullopt);
}

}  // namespace
}  // namespace mailprobe
