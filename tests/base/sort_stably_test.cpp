// Equals stay in their order; all else is sorted; parts too.
#include "base/sort_stably.h"

#include <gtest/gtest.h>

#include <string>

namespace mailprobe {
namespace {

TEST(SortStably, KeepsTheOrderOfEquals) {
  std::vector<std::pair<int, std::string>> all{{2, "a"}, {1, "b"}, {2, "c"}, {1, "d"}, {0, "e"}};
  sort_stably(all, &std::pair<int, std::string>::first);
  const std::vector<std::pair<int, std::string>> sorted{{0, "e"}, {1, "b"}, {1, "d"}, {2, "a"}, {2, "c"}};
  EXPECT_EQ(all, sorted);
}

TEST(SortStably, LeavesWhatIsOutsideTheSpan) {
  std::vector<int> all{9, 3, 1, 2};
  sort_stably(std::span(all).subspan(1), [](int each) { return each; });
  EXPECT_EQ(all, (std::vector{9, 1, 2, 3}));
  sort_stably(std::span<int>{}, [](int each) { return each; });
}

}  // namespace
}  // namespace mailprobe
