// What leaves the spool by itself: which mail, that it is told of, and that new mail is put off where nothing may go.
#include "receiver/pruning.h"

#include <gtest/gtest.h>

#include "receiver/spool_room.h"
#include "tests/support/run.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::receiver {
namespace {

using std::chrono::days;
using Names = std::vector<std::string>;

const Time then = *parse_rfc3339("2026-01-31T12:00:00Z");

Kept mail(std::string name, std::uintmax_t size, days age, bool read) {
  return {.name = std::move(name), .size = size, .since = then - age, .read = read};
}

TEST(WhatGoes, IsWhatIsOlderThanTheBound) {
  const std::vector kept{mail("a", 10, days(31), false), mail("b", 10, days(30), false), mail("c", 10, days(29), true)};
  const auto out = what_goes(kept, {.age = days(30), .size = 1000}, then);
  EXPECT_EQ(out.old, Names{"a"});
  EXPECT_EQ(out.read, Names{});
  EXPECT_EQ(out.freed, 10U);
  EXPECT_EQ(out.left, 20U);
}

TEST(WhatGoes, IsTheOldestThatWasReadWhereThereIsTooMuch) {
  const std::vector kept{mail("a", 40, days(5), false), mail("b", 40, days(4), true), mail("c", 40, days(3), true),
                         mail("d", 40, days(2), true)};
  const auto out = what_goes(kept, {.age = days(30), .size = 100}, then);
  EXPECT_EQ(out.read, (Names{"b", "c"}));
  EXPECT_EQ(out.left, 80U);
  EXPECT_TRUE(what_goes(kept, {.age = days(30), .size = 160}, then).read.empty());
}

TEST(WhatGoes, IsNeverWhatNobodyHasReadAndIsYounger) {
  const std::vector kept{mail("a", 400, days(5), false), mail("b", 40, days(4), true), mail("c", 400, days(3), false)};
  const auto out = what_goes(kept, {.age = days(30), .size = 100}, then);
  EXPECT_EQ(out.old, Names{});
  EXPECT_EQ(out.read, Names{"b"});
  EXPECT_EQ(out.left, 800U) << "over the bound, and kept";
}

TEST(WhatGoes, MakesRoomByAgeFirst) {
  const std::vector kept{mail("a", 60, days(40), false), mail("b", 60, days(1), true)};
  const auto out = what_goes(kept, {.age = days(30), .size = 100}, then);
  EXPECT_EQ(out.old, Names{"a"});
  EXPECT_EQ(out.read, Names{});
}

TEST(PruningTold, SaysWhatWentAndWhy) {
  const KeepBounds bounds{.age = days(30), .size = 100};
  EXPECT_EQ(told_of({}, bounds), "");
  EXPECT_EQ(told_of({.old = {"a"}, .read = {}, .freed = 1, .left = 7}, bounds),
            "removed from the spool: 1 message older than 30d; 7 octets are left");
  EXPECT_EQ(told_of({.old = {"a", "b"}, .read = {"c"}, .freed = 1, .left = 7}, bounds),
            "removed from the spool: 2 messages older than 30d, 1 message that had been read, for it was over 100 "
            "octets; 7 octets are left");
}

class SpoolPruning : public testing::Test {
 protected:
  std::string keep(std::size_t octets, days age = days(0)) {
    auto name = spool_.keep("{}", std::string(octets, 'x')).value();
    EXPECT_TRUE(spool_.annotate(name, "found"));
    std::filesystem::last_write_time(folder_.path() / "spool" / Spool::file_name(name),
                                     std::chrono::file_clock::from_sys(now() - age));
    return name;
  }
  [[nodiscard]] std::size_t files() const {
    const std::filesystem::directory_iterator all(folder_.path() / "spool");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }

  test::TemporaryFolder folder_;
  Spool spool_ = Spool::open(folder_.path() / "spool").value();
};

TEST_F(SpoolPruning, TakesAwayAMessageWithAllThatLiesBesideIt) {
  const auto old = keep(100, days(31)), young = keep(100, days(1));
  spool_.mark_read(old);
  const auto out = prune(spool_, {.age = days(30), .size = 1000}, now());
  EXPECT_EQ(out.old, Names{old});
  EXPECT_EQ(spool_.names(), Names{young});
  EXPECT_EQ(files(), 2U);
}

TEST_F(SpoolPruning, ListsSizeAgeAndWhetherItWasRead) {
  const auto first = keep(100, days(3)), second = keep(200);
  spool_.mark_read(second);
  spool_.mark_read("20260101T000000000000Z-gone");
  const auto all = spool_.list();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, first);
  EXPECT_EQ(all[0].size, 100U + 3U + 5U);  // with the head, and the note
  EXPECT_FALSE(all[0].read);
  EXPECT_LT(all[0].since, now() - days(2));
  EXPECT_TRUE(all[1].read);
  EXPECT_EQ(Spool::share(folder_.path() / "spool")->list().size(), 2U);
}

TEST_F(SpoolPruning, WhatIsLeftOfAMessageGoesWithItsTime) {
  const auto name = keep(10);
  std::filesystem::remove(folder_.path() / "spool" / Spool::file_name(name));
  EXPECT_EQ(prune(spool_, {.age = days(30), .size = 1000}, now() + days(31)).old, Names{name});
  EXPECT_EQ(files(), 0U);
}

// --- the room -------------------------------------------------------------------------------------------------------

struct Said {
  Names pruned, full;
};

Task<void> use(Spool spool, Disk& disk, KeepBounds bounds, Said& said, std::function<void(SpoolRoom&)> act) {
  auto tasks = co_await Tasks::make();
  SpoolRoom room(
      std::move(spool), disk, bounds, tasks, [&said](const std::string& line) { said.pruned.push_back(line); },
      [&said](const std::string& line) { said.full.push_back(line); });
  act(room);
}

TEST_F(SpoolPruning, ThereIsRoomUntilTheBound) {
  Disk disk(1);
  Said said;
  test::run(use(spool_, disk, {.age = days(30), .size = 1000}, said, [](SpoolRoom& room) {
    EXPECT_TRUE(room.take(600, AwaitedBy::probe));
    EXPECT_FALSE(room.take(600, AwaitedBy::probe));
    EXPECT_TRUE(room.take(400, AwaitedBy::probe));
    EXPECT_FALSE(room.take(1, AwaitedBy::probe));
  }));
  EXPECT_TRUE(said.pruned.empty());
  ASSERT_EQ(said.full.size(), 1U);
  EXPECT_EQ(said.full[0],
            "the spool is full: 1000 octets, and what nobody has read does not go before 30d; new mail is put off");
}

TEST_F(SpoolPruning, WhatNobodyWaitsForKeepsNoAnswerOut) {
  Disk disk(1);
  Said said;
  test::run(use(spool_, disk, {.age = days(30), .size = 1000}, said, [](SpoolRoom& room) {
    EXPECT_TRUE(room.take(700, AwaitedBy::nobody));
    EXPECT_FALSE(room.take(100, AwaitedBy::nobody));
    EXPECT_TRUE(room.take(50, AwaitedBy::nobody));
    EXPECT_FALSE(room.take(1, AwaitedBy::nobody));
    EXPECT_TRUE(room.take(250, AwaitedBy::probe));
    EXPECT_FALSE(room.take(1, AwaitedBy::probe));
  }));
  ASSERT_EQ(said.pruned.size(), 1U);
  EXPECT_TRUE(said.pruned[0].starts_with("the spool has 750 octets")) << said.pruned[0];
  EXPECT_EQ(said.full.size(), 1U);
}

TEST_F(SpoolPruning, NeitherDoProbesToOurReflector) {
  Disk disk(1);
  Said said;
  test::run(use(spool_, disk, {.age = days(30), .size = 1000}, said, [](SpoolRoom& room) {
    EXPECT_TRUE(room.take(750, AwaitedBy::nobody));
    EXPECT_TRUE(room.take(125, AwaitedBy::reflector)) << "people's mail keeps no probe out";
    EXPECT_FALSE(room.take(1, AwaitedBy::reflector));
    EXPECT_TRUE(room.take(125, AwaitedBy::probe));
  }));
  ASSERT_EQ(said.pruned.size(), 1U);
  EXPECT_TRUE(said.pruned[0].starts_with("the spool has 875 octets, all that probes to our reflector may fill"))
      << said.pruned[0];
  EXPECT_TRUE(said.full.empty());
}

TEST_F(SpoolPruning, AFullSpoolIsPrunedAtOnce) {
  const auto read = keep(900), unread = keep(100);
  spool_.mark_read(read);
  Disk disk(1);
  Said said;
  test::run(use(spool_, disk, {.age = days(30), .size = 500}, said, [](SpoolRoom& room) {
    EXPECT_TRUE(room.take(450, AwaitedBy::probe));
    EXPECT_FALSE(room.take(450, AwaitedBy::probe));
  }));
  EXPECT_EQ(spool_.names(), Names{unread});
  ASSERT_EQ(said.pruned.size(), 1U);
  EXPECT_TRUE(said.pruned[0].starts_with("removed from the spool: 1 message that had been read")) << said.pruned[0];
}

}  // namespace
}  // namespace mailprobe::receiver
