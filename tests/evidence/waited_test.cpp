// How long something was waited for, in words.
#include "evidence/waited.h"

#include <gtest/gtest.h>

namespace mailprobe::evidence {
namespace {

TEST(Waited, IsToldToTheSecond) {
  EXPECT_EQ(waited_text(0), "0s");
  EXPECT_EQ(waited_text(250), "250ms");
  EXPECT_EQ(waited_text(999), "999ms");
  EXPECT_EQ(waited_text(1'000), "1s");
  EXPECT_EQ(waited_text(5'001), "5s");
  EXPECT_EQ(waited_text(29'999), "30s");
  EXPECT_EQ(waited_text(59'999), "1m");
  EXPECT_EQ(waited_text(310'400), "5m10s");
}

}  // namespace
}  // namespace mailprobe::evidence
