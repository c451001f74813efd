#include "lab/greylist.h"

#include <gtest/gtest.h>

namespace mailprobe::lab {
namespace {

using std::chrono::milliseconds;

TEST(Greylist, LetsInWhoComesBackLateEnough) {
  Greylist greylist(milliseconds(2000));
  const Steady start{};
  EXPECT_EQ(greylist.ask("a", start), milliseconds(2000));
  EXPECT_EQ(greylist.ask("a", start + milliseconds(500)), milliseconds(1500)) << "too early does not start again";
  EXPECT_EQ(greylist.ask("b", start + milliseconds(500)), milliseconds(2000)) << "everybody waits for themselves";
  EXPECT_EQ(greylist.ask("a", start + milliseconds(2000)), milliseconds(0));
  EXPECT_EQ(greylist.ask("a", start + milliseconds(9000)), milliseconds(0)) << "and is known from then on";
}

TEST(Greylist, LetsEverybodyInWithoutAWait) {
  Greylist greylist(milliseconds(0));
  EXPECT_EQ(greylist.ask("a", Steady{}), milliseconds(0));
}

TEST(Greylist, ForgetsRatherThanGrows) {
  Greylist greylist(milliseconds(1000));
  const Steady start{};
  (void)greylist.ask("first", start);
  for (int i = 0; i < 10'000; ++i) (void)greylist.ask("key " + std::to_string(i), start);
  EXPECT_EQ(greylist.ask("first", start + milliseconds(1000)), milliseconds(1000));
}

}  // namespace
}  // namespace mailprobe::lab
