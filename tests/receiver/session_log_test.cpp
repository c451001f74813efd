// The record of sessions: whole lines, also after a crash, and no more of them than there is room for.
#include <gtest/gtest.h>

#include <fstream>

#include "receiver/session_log.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::receiver {
namespace {

class SessionLogTest : public testing::Test {
 protected:
  [[nodiscard]] SessionLog open(std::size_t max = SessionLog::max_file) const {
    return *SessionLog::open(folder_.path() / "sessions", max);
  }
  [[nodiscard]] std::vector<evidence::Session> all(Time since = {}) const {
    return sessions_since(folder_.path() / "sessions", since);
  }
  [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "sessions" / "sessions.jsonl"; }
  static evidence::Session session(std::string helo, int minute = 0) {
    evidence::Session one;
    one.address = "192.0.2.1";
    one.helo = std::move(helo);
    one.started = *parse_rfc3339("2026-01-31T12:00:00Z") + std::chrono::minutes(minute);
    one.end = "quit";
    return one;
  }
  test::TemporaryFolder folder_;
};

TEST_F(SessionLogTest, IsReadByAnotherProcess) {
  auto log = open();
  ASSERT_TRUE(log.add(session("one.test", 0)));
  ASSERT_TRUE(log.add(session("two.test", 5)));
  ASSERT_EQ(all().size(), 2U);
  EXPECT_EQ(all()[0].helo, "one.test");
  const auto late = all(*parse_rfc3339("2026-01-31T12:05:00Z"));
  ASSERT_EQ(late.size(), 1U);
  EXPECT_EQ(late[0].helo, "two.test");
}

TEST_F(SessionLogTest, GoesOnBehindATornLine) {
  {
    auto log = open();
    ASSERT_TRUE(log.add(session("one.test")));
  }
  std::ofstream(file(), std::ios::app) << "{\"address\":\"192.0";
  auto log = open();
  ASSERT_TRUE(log.add(session("two.test")));
  ASSERT_EQ(all().size(), 2U);
  EXPECT_EQ(all()[1].helo, "two.test");
}

TEST_F(SessionLogTest, KeepsTwoFilesWorth) {
  auto log = open(4000);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(log.add(session("n" + std::to_string(i) + ".test")));
  const auto kept = all();
  EXPECT_LT(kept.size(), 100U);
  EXPECT_GT(kept.size(), 3U);
  EXPECT_EQ(kept.back().helo, "n99.test");
  EXPECT_LE(std::filesystem::file_size(file()), 4000U);
}

TEST_F(SessionLogTest, TellsWhenTheOlderFileGoes) {
  auto log = open(2000);
  while (all().empty() || all().front().helo == "n0.test") {
    EXPECT_EQ(log.losses(), 0U);
    ASSERT_TRUE(log.add(session("n" + std::to_string(all().size()) + ".test")));
  }
  EXPECT_EQ(log.losses(), 1U);
}

TEST_F(SessionLogTest, KeepsTheBeginningOfTalkForNothing) {
  auto log = open();
  auto talk = session("talks.test");
  talk.events.reserve(1000);
  for (int i = 0; i < 1000; ++i) talk.events.push_back({i, Direction::in, "NOOP " + std::string(1000, 'x')});
  ASSERT_TRUE(log.add(talk));
  talk.recipients = {"postmaster@probe.test"};  // anybody may write there
  ASSERT_TRUE(log.add(talk));
  talk.probe = "token7";
  ASSERT_TRUE(log.add(talk));
  const auto kept = all();
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept[0].events.size(), 9U);
  EXPECT_EQ(kept[0].events.back().text, "992 more lines are not kept");
  EXPECT_EQ(kept[1].events.size(), 9U);
  EXPECT_EQ(kept[2].events.size(), 1000U) << "it was for a probe";
}

std::vector<std::string> names(const std::vector<evidence::Session>& sessions) {
  std::vector<std::string> all;
  all.reserve(sessions.size());
  for (const auto& session : sessions) all.push_back(session.helo.value_or("-"));
  return all;
}

using Names = std::vector<std::string>;

TEST_F(SessionLogTest, IsFollowedFromWhereItStands) {
  SessionTail from_nothing(folder_.path() / "sessions");
  EXPECT_EQ(names(from_nothing.next()), Names{});
  auto log = open();
  ASSERT_TRUE(log.add(session("one.test")));
  EXPECT_EQ(names(from_nothing.next()), Names{"one.test"}) << "the file came later";
  SessionTail tail(folder_.path() / "sessions");
  EXPECT_EQ(names(tail.next()), Names{}) << "what was there is of before";
  ASSERT_TRUE(log.add(session("two.test")));
  std::ofstream(file(), std::ios::app) << "{\"address\":\"192.0";
  EXPECT_EQ(names(tail.next()), Names{"two.test"});
  std::ofstream(file(), std::ios::app) << ".2.9\"}\n";
  ASSERT_TRUE(log.add(session("three.test")));
  EXPECT_EQ(names(tail.next()), Names{"three.test"});
  EXPECT_EQ(names(tail.next()), Names{});
}

TEST_F(SessionLogTest, IsFollowedIntoTheNextFile) {
  constexpr int many = 60;
  auto log = open(4000);
  ASSERT_TRUE(log.add(session("first.test")));
  SessionTail tail(folder_.path() / "sessions");
  Names told, said;
  for (int i = 0; i < many; ++i) {
    said.push_back("n" + std::to_string(i) + ".test");
    ASSERT_TRUE(log.add(session(said.back())));
    if (i % 3 == 0)
      for (auto& name : names(tail.next())) told.push_back(std::move(name));
  }
  for (auto& name : names(tail.next())) told.push_back(std::move(name));
  EXPECT_EQ(told, said);
}

TEST_F(SessionLogTest, IsEmptyWhereThereIsNone) { EXPECT_TRUE(all().empty()); }

}  // namespace
}  // namespace mailprobe::receiver
