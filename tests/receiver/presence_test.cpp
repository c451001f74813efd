// When somebody received: what a process notes of itself, what is left of one that was killed, and what it leaves
// uncovered.
#include "receiver/presence.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temporary_folder.h"

namespace mailprobe::receiver {
namespace {

using namespace std::chrono_literals;

const Time noon = parse_rfc3339("2026-01-31T12:00:00Z").value();

Span span(std::chrono::milliseconds from, std::chrono::milliseconds until) { return {noon + from, noon + until}; }

struct GapsRow {
  const char* name;
  std::vector<Span> spans;
  std::vector<Span> gaps;  // within noon and an hour later
};
void PrintTo(const GapsRow& row, std::ostream* os) { *os << row.name; }

const GapsRow rows[] = {
    {"nobody", {}, {span(0ms, 1h)}},
    {"throughout", {span(-1h, 2h)}, {}},
    {"exactly", {span(0ms, 1h)}, {}},
    {"from_later_on", {span(1ms, 1h)}, {span(0ms, 1ms)}},
    {"not_to_the_end", {span(0ms, 1h - 1ms)}, {span(1h - 1ms, 1h)}},
    {"before_and_after", {span(-2h, -1ms), span(1h + 1ms, 2h)}, {span(0ms, 1h)}},
    {"a_restart", {span(-1h, 30min), span(30min + restart_time, 2h)}, {}},
    {"longer_than_a_restart",
     {span(-1h, 30min), span(30min + restart_time + 1ms, 2h)},
     {span(30min, 30min + restart_time + 1ms)}},
    {"many_restarts_one_after_the_other",
     {span(0ms, 1min), span(1min + 9s, 1min + 9s), span(1min + 18s, 1min + 18s), span(1min + 27s, 1h)},
     {}},
    {"in_any_order", {span(40min, 1h), span(0ms, 20min)}, {span(20min, 40min)}},
    {"over_each_other", {span(0ms, 50min), span(10min, 20min), span(50min, 1h)}, {}},
    {"two", {span(10min, 20min), span(30min, 40min)}, {span(0ms, 10min), span(20min, 30min), span(40min, 1h)}},
};

class Gaps : public testing::TestWithParam<GapsRow> {};
INSTANTIATE_TEST_SUITE_P(Presence, Gaps, testing::ValuesIn(rows), [](const auto& row) { return row.param.name; });

TEST_P(Gaps, AreWhatIsNotCovered) { EXPECT_EQ(gaps(GetParam().spans, span(0ms, 1h)), GetParam().gaps); }

class PresenceTest : public testing::Test {
 protected:
  test::TemporaryFolder home_;
  const Folder folder_{home_.path()};
};

TEST_F(PresenceTest, OfOneThatWasKilledIsKnownUntilItsLastNote) {
  {
    auto presence = Presence::begin(folder_, noon);
    ASSERT_TRUE(presence) << presence.error().message;
    EXPECT_TRUE(presence->note(noon + 2s));
    EXPECT_TRUE(presence->note(noon + 4500ms));
  }
  EXPECT_EQ(presences(folder_, noon + 5s), (std::vector{span(0ms, 4500ms)}));
}

TEST_F(PresenceTest, OfOneThatReceivesIsUntilNow) {
  const auto held = hold(folder_);
  ASSERT_TRUE(held);
  ASSERT_TRUE(Presence::begin(folder_, noon));
  EXPECT_EQ(presences(folder_, noon + 2s), (std::vector{span(0ms, 2s)}));
  EXPECT_EQ(presences(folder_, noon + restart_time + 1ms), (std::vector{span(0ms, 0ms)}))
      << "who holds the lock and notes nothing does not receive";
}

TEST_F(PresenceTest, OneAfterTheOther) {
  ASSERT_TRUE(Presence::begin(folder_, noon)->note(noon + 1s));
  ASSERT_TRUE(Presence::begin(folder_, noon + 1min)->note(noon + 61s));
  EXPECT_EQ(presences(folder_, noon + 2min), (std::vector{span(0ms, 1s), span(1min, 61s)}));
}

TEST_F(PresenceTest, SleepIsAGap) {
  auto presence = Presence::begin(folder_, noon);
  ASSERT_TRUE(presence);
  EXPECT_TRUE(presence->note(noon + 2s));
  EXPECT_TRUE(presence->note(noon + 1h));
  EXPECT_TRUE(presence->note(noon + 1h + 2s));
  EXPECT_EQ(presences(folder_, noon + 2h), (std::vector{span(0ms, 2s), span(1h, 1h + 2s)}));
}

TEST_F(PresenceTest, AClockThatGoesBackTakesNothingBack) {
  auto presence = Presence::begin(folder_, noon);
  ASSERT_TRUE(presence);
  EXPECT_TRUE(presence->note(noon + 5s));
  EXPECT_TRUE(presence->note(noon + 3s));
  EXPECT_EQ(presences(folder_, noon + 1h), (std::vector{span(0ms, 5s)}));
}

TEST_F(PresenceTest, WhatIsTornIsLeftOutAndWhatIsOldForgotten) {
  const auto path = folder_.path / "presence";
  std::ofstream(path) << "2026-01-20T12:00:00Z     2026-01-21T12:00:00Z    \n"
                         "nonsense\n2026-01-31T11:00:00Z     2026-01-31T10:00:00Z    \n"
                         "2026-01-31T11:00:00Z     2026-01-31T11:30:00.5Z  \n2026-01-31T11:4";
  EXPECT_EQ(presences(folder_, noon).size(), 2U);
  ASSERT_TRUE(Presence::begin(folder_, noon));
  EXPECT_EQ(presences(folder_, noon), (std::vector{span(-1h, -30min + 500ms), span(0ms, 0ms)}));
}

}  // namespace
}  // namespace mailprobe::receiver
