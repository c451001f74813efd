#include "auth/sequence_diff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace mailprobe::auth {
namespace {

using Sequence = std::vector<std::uint32_t>;

/// What makes hunks true: between them both sequences are equal, and together they cover both.
void expect_true(const Sequence& a, const Sequence& b, const std::vector<Hunk>& hunks) {
  std::size_t i = 0, j = 0;
  const auto equal_run = [&](std::size_t a_to, std::size_t b_to) {
    ASSERT_EQ(a_to - i, b_to - j);
    for (; i < a_to; ++i, ++j) ASSERT_EQ(a[i], b[j]);
  };
  for (const auto& hunk : hunks) {
    equal_run(hunk.a_from, hunk.b_from);
    ASSERT_TRUE(hunk.a_to > hunk.a_from || hunk.b_to > hunk.b_from);
    i = hunk.a_to;
    j = hunk.b_to;
  }
  equal_run(a.size(), b.size());
}

struct Case {
  std::string_view name;
  Sequence a, b;
  std::vector<Hunk> expected;
};

class Differing : public testing::TestWithParam<Case> {};

TEST_P(Differing, FindsTheHunks) {
  const auto& one = GetParam();
  const auto hunks = differing(one.a, one.b);
  expect_true(one.a, one.b, hunks);
  EXPECT_EQ(hunks, one.expected);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Differing,
    testing::Values(Case{"both_empty", {}, {}, {}}, Case{"equal", {1, 2, 3}, {1, 2, 3}, {}},
                    Case{"appended", {1, 2}, {1, 2, 3}, {{2, 2, 2, 3}}},
                    Case{"prepended", {1, 2}, {0, 1, 2}, {{0, 0, 0, 1}}},
                    Case{"removed_in_the_middle", {1, 2, 3}, {1, 3}, {{1, 2, 1, 1}}},
                    Case{"replaced", {1, 2, 3}, {1, 9, 3}, {{1, 2, 1, 2}}},
                    Case{"both_ends", {1, 2, 3}, {0, 1, 2, 3, 4}, {{0, 0, 0, 1}, {3, 3, 4, 5}}},
                    Case{"repeated_elements", {7, 7, 8, 7}, {7, 8, 7, 7}, {{1, 2, 1, 1}, {3, 3, 2, 3}}},
                    Case{"nothing_in_common", {1, 2}, {3, 4, 5}, {{0, 2, 0, 3}}}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(DifferingAtRandom, IsAlwaysTrue) {
  std::minstd_rand engine(7);  // a fixed seed: the same cases each run
  const auto random = [&] { return static_cast<std::uint32_t>(engine() >> 8U); };
  for (int round = 0; round < 500; ++round) {
    Sequence a(random() % 60), b;
    for (auto& id : a) id = random() % 20;
    for (const auto id : a) {
      if (random() % 6 == 0) b.push_back(random() % 20);
      if (random() % 6 != 0) b.push_back(id);
    }
    expect_true(a, b, differing(a, b));
  }
}

/// Few anchors, many differences: quadratic work would not end within the test's time.
TEST(DifferingInLongSequences, EndsInTime) {
  constexpr std::size_t size = 400'000;
  Sequence a(size), b;
  for (std::size_t i = 0; i < size; ++i) a[i] = static_cast<std::uint32_t>(i % 3 == 0 ? i : 1);
  for (std::size_t i = 0; i < size; ++i) b.push_back(i % 100 == 5 ? 2 : a[i]);
  const auto hunks = differing(a, b);
  EXPECT_GE(hunks.size(), size / 110);
  expect_true(a, b, hunks);
}

}  // namespace
}  // namespace mailprobe::auth
