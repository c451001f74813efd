// JSON Pointers made and followed again.
#include <gtest/gtest.h>

#include "evidence/pointer.h"
#include "evidence/trail.h"

namespace mailprobe::evidence {
namespace {

TEST(Trail, LeadsThroughWhatAPointerWasMadeOf) {
  const std::vector<int> list{7, 8};
  const auto made = pointer("a/b", 1UL, "~1", "");
  Trail trail(made);
  EXPECT_EQ(trail.next(), "a/b");
  const auto* element = trail.of(list);
  ASSERT_NE(element, nullptr);
  EXPECT_EQ(*element, 8);
  EXPECT_EQ(trail.next(), "~1") << "RFC 6901 §4: not a slash";
  EXPECT_FALSE(trail.at_end());
  EXPECT_EQ(trail.next(), "");
  EXPECT_TRUE(trail.at_end());
}

TEST(Trail, EndsWhereThereIsNothing) {
  const std::vector<int> list{7, 8};
  for (const auto* pointer : {"", "0", "/", "/2", "/-1", "/1x", "/x", "/99999999999999999999999"}) {
    Trail trail(pointer);
    EXPECT_EQ(trail.of(list), nullptr) << pointer;
  }
}

}  // namespace
}  // namespace mailprobe::evidence
