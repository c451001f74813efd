// How long, and how many, a trap remembers.
#include "receiver/memory.h"

#include <gtest/gtest.h>

namespace mailprobe::receiver {
namespace {

using namespace std::chrono_literals;

constexpr Steady start{100h};

TEST(Memory, KnowsWhoWasThereUntilTheTimeIsOver) {
  Memory memory(4h, 10);
  EXPECT_TRUE(memory.first("a", start));
  EXPECT_FALSE(memory.first("a", start + 1h));
  EXPECT_TRUE(memory.first("b", start + 1h));
  EXPECT_FALSE(memory.first("a", start + 4h - 1ms)) << "a later visit makes it no longer";
  EXPECT_TRUE(memory.first("a", start + 4h));
  EXPECT_FALSE(memory.first("b", start + 4h));
  EXPECT_FALSE(memory.first("a", start + 7h));
}

TEST(Memory, KeepsTheLastSoMany) {
  Memory memory(4h, 2);
  for (const auto* key : {"a", "b", "c"}) EXPECT_TRUE(memory.first(key, start)) << key;
  EXPECT_FALSE(memory.first("c", start));
  EXPECT_FALSE(memory.first("b", start));
  EXPECT_TRUE(memory.first("a", start));
}

TEST(Memory, ForgetsWhoItIsToldTo) {
  Memory memory(4h, 10);
  memory.forget("a");
  EXPECT_TRUE(memory.first("a", start));
  memory.forget("a");
  EXPECT_TRUE(memory.first("a", start + 1h));
  EXPECT_FALSE(memory.first("a", start + 4h)) << "the time of the visit that was forgotten is not its time";
  EXPECT_TRUE(memory.first("a", start + 5h));
}

}  // namespace
}  // namespace mailprobe::receiver
