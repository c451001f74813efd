// Live tokens as files: seen by another process, gone when their time is over.
#include <gtest/gtest.h>

#include <fstream>

#include "receiver/waiting.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::receiver {
namespace {

using std::chrono::minutes;

class WaitingTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path folder() const { return folder_.path() / "waiting"; }
  [[nodiscard]] Waiting open() const { return *Waiting::open(folder()); }
  const Time time_ = *parse_rfc3339("2026-01-31T12:00:00Z");
  test::TemporaryFolder folder_;
};

TEST_F(WaitingTest, IsKnownToAnotherProcess) {
  ASSERT_TRUE(open().expect("token7", time_ + minutes(5)));
  EXPECT_TRUE(open().is_expected("token7", time_));
  EXPECT_TRUE(open().is_expected("TOKEN7", time_));
  EXPECT_FALSE(open().is_expected("token8", time_));
}

TEST_F(WaitingTest, EndsWithItsTime) {
  auto waiting = open();
  ASSERT_TRUE(waiting.expect("token7", time_ + minutes(5)));
  EXPECT_TRUE(waiting.is_expected("token7", time_ + minutes(5) - std::chrono::milliseconds(1)));
  EXPECT_FALSE(waiting.is_expected("token7", time_ + minutes(5)));
}

TEST_F(WaitingTest, TheLaterTimeHolds) {
  auto waiting = open();
  ASSERT_TRUE(waiting.expect("token7", time_ + minutes(5)));
  ASSERT_TRUE(waiting.expect("token7", time_ + minutes(1)));
  EXPECT_TRUE(waiting.is_expected("token7", time_ + minutes(4)));
  ASSERT_TRUE(waiting.expect("token7", time_ + minutes(9)));
  EXPECT_TRUE(waiting.is_expected("token7", time_ + minutes(8)));
}

TEST_F(WaitingTest, ForgetsAndSweeps) {
  auto waiting = open();
  for (const auto* token : {"a1", "b2", "c3"}) ASSERT_TRUE(waiting.expect(token, time_ + minutes(5)));
  ASSERT_TRUE(waiting.expect("d4", time_ + minutes(50)));
  waiting.forget("A1");
  EXPECT_FALSE(waiting.is_expected("a1", time_));
  EXPECT_EQ(waiting.sweep(time_), 0U);
  EXPECT_EQ(waiting.sweep(time_ + minutes(6)), 2U);
  EXPECT_TRUE(waiting.is_expected("d4", time_ + minutes(6)));
}

TEST_F(WaitingTest, NoNameLeadsOutOfTheFolder) {
  auto waiting = open();
  std::ofstream(folder_.path() / "outside") << "2030-01-01T00:00:00Z";
  std::filesystem::create_symlink(folder_.path() / "outside", folder() / "link");
  for (const auto* token : {"../outside", "", ".", "..", "a/b", "link", "a b", "token7.new"}) {
    EXPECT_FALSE(waiting.is_expected(token, time_)) << token;
  }
  EXPECT_FALSE(waiting.expect("../outside", time_));
  EXPECT_FALSE(waiting.expect(std::string(65, 'a'), time_));
}

TEST_F(WaitingTest, WhatIsNoTimeIsNotWaitedFor) {
  auto waiting = open();
  std::ofstream(folder() / "token7") << "tomorrow";
  EXPECT_FALSE(waiting.is_expected("token7", time_));
}

}  // namespace
}  // namespace mailprobe::receiver
