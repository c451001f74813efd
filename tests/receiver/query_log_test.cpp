// The questions that our DNS was asked: whole lines, no more of them than there is room for, found by a word.
#include "receiver/query_log.h"

#include <gtest/gtest.h>

#include <fstream>

#include "receiver/questions.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::receiver {
namespace {

SeenQuery query(std::string name, int minute = 0) {
  return {.time = *parse_rfc3339("2026-01-31T12:00:00Z") + std::chrono::minutes(minute),
          .name = std::move(name),
          .type = "TXT",
          .from = "192.0.2.53",
          .transport = "udp"};
}

class QueryLogTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "receiver" / "dns.jsonl"; }
  [[nodiscard]] Questions read(std::string_view word) const {
    return questions_with(word, path(), [](const SeenQuery&) { return true; });
  }
  test::TemporaryFolder folder_;
};

TEST(SeenQuery, IsWhoAskedAndForWhom) {
  const dns::ClientSubnet subnet{.network = *IpAddress::parse("203.0.113.0"), .prefix = 24};
  const dns::Asked asked{.name = "a.probe.test", .type = 16, .client_subnet = subnet};
  const auto seen = seen_query(asked, *IpAddress::parse("192.0.2.53"), dns::Transport::tcp);
  EXPECT_EQ(seen.name, "a.probe.test");
  EXPECT_EQ(seen.type, "TXT");
  EXPECT_EQ(seen.from, "192.0.2.53") << "never the subnet";
  EXPECT_EQ(seen.transport, "tcp");
  EXPECT_EQ(seen.client_subnet, "203.0.113.0/24");
}

TEST_F(QueryLogTest, IsReadByAnotherProcess) {
  auto log = QueryLog::open(path());
  ASSERT_TRUE(log);
  auto with_subnet = query("one.token.w.probe.test", 0);
  with_subnet.client_subnet = "203.0.113.0/24";
  ASSERT_TRUE(log->add(with_subnet));
  ASSERT_TRUE(log->add(query("two.token.w.probe.test", 5)));
  ASSERT_TRUE(log->add(query("other.w.probe.test", 5)));
  const auto found = read("TOKEN");
  EXPECT_FALSE(found.trouble);
  ASSERT_EQ(found.queries.size(), 2U);
  EXPECT_EQ(found.queries[0], with_subnet);
  EXPECT_EQ(found.queries[1], query("two.token.w.probe.test", 5));
  const auto late = questions_with("token", path(), [](const SeenQuery& each) { return each.time > query("").time; });
  EXPECT_EQ(late.queries.size(), 1U);
}

TEST_F(QueryLogTest, ThatIsNotThereIsNotAnEmptyOne) {
  const auto missing = read("token");
  ASSERT_TRUE(missing.trouble);
  EXPECT_EQ(missing.trouble->kind, Failure::ours);
  EXPECT_EQ(missing.trouble->cause, Cause::own_limit);
  EXPECT_FALSE(can_be_read(path()));
  ASSERT_TRUE(QueryLog::open(path()));
  EXPECT_FALSE(read("token").trouble);
  EXPECT_TRUE(can_be_read(path()));
}

TEST_F(QueryLogTest, KnowsHowManyWereNotAnswered) {
  auto log = QueryLog::open(path());
  const DroppedQueries dropped{query("").time, "w.token", 12};
  ASSERT_TRUE(log && log->add(query("one.token")) && log->add(dropped));
  const auto found = read("token");
  EXPECT_EQ(found.queries.size(), 1U);
  ASSERT_EQ(found.dropped.size(), 1U);
  EXPECT_EQ(found.dropped[0].time, dropped.time);
  EXPECT_EQ(found.dropped[0].zone, "w.token");
  EXPECT_EQ(found.dropped[0].count, 12);
  EXPECT_TRUE(read("elsewhere").dropped.empty());
}

TEST(DroppedQueries, AreNoLineOfAnotherKind) {
  const std::string start = R"({"time":"2026-01-31T12:00:00Z","zone":"w.token")";
  EXPECT_TRUE(dropped_from_json(start + R"(,"dropped":1})"));
  for (const auto* rest :
       {"}", R"(,"dropped":0})", R"(,"dropped":-3})", R"(,"dropped":"3"})", R"(,"dropped":1.5})", ""})
    EXPECT_FALSE(dropped_from_json(start + rest)) << rest;
  EXPECT_FALSE(dropped_from_json(to_json(query("one.token"))));
  EXPECT_FALSE(query_from_json(start + R"(,"dropped":1})"));
}

TEST_F(QueryLogTest, WhoseElderCannotBeReadSaysSo) {
  auto log = QueryLog::open(path());
  ASSERT_TRUE(log && log->add(query("one.token")));
  std::filesystem::create_directory(put_aside_as(path()));  // can be opened, and not be read
  const auto found = read("token");
  EXPECT_EQ(found.queries.size(), 1U);
  ASSERT_TRUE(found.trouble);
  EXPECT_NE(found.trouble->message.find(".1 cannot be read"), std::string::npos) << found.trouble->message;
}

TEST_F(QueryLogTest, OfAnotherServerThatIsTooLongSaysSo) {
  std::filesystem::create_directories(path().parent_path());
  std::ofstream(path()) << std::string("\0\0\0\0", 4) + std::string("\0\0\0\x22\0\0\0\x02\0\0\0\x01\0\0\0\x16", 16) +
                               "protobuf:dnstap.Dnstap";
  EXPECT_FALSE(read("token").trouble);
  std::filesystem::resize_file(path(), 257UL * 1024 * 1024);  // sparse
  const auto long_one = read("token");
  ASSERT_TRUE(long_one.trouble);
  EXPECT_EQ(long_one.trouble->cause, Cause::own_limit);
}

TEST_F(QueryLogTest, KeepsTwoFilesWorth) {
  auto log = QueryLog::open(path(), 2000);
  ASSERT_TRUE(log);
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(log->add(query("n" + std::to_string(i) + ".token", i)));
  const auto found = read("token").queries;
  EXPECT_GT(found.size(), 10U);
  EXPECT_LT(found.size(), 60U);
  EXPECT_EQ(found.back().name, "n199.token");
}

TEST_F(QueryLogTest, WhichCannotBePutAsideGoesOn) {
  auto log = QueryLog::open(path(), 2000);
  ASSERT_TRUE(log);
  std::filesystem::create_directories(put_aside_as(path()) / "in the way");
  std::size_t told = 0;
  for (int i = 0; i < 40; ++i) told += log->add(query("n" + std::to_string(i) + ".token", i)) ? 0U : 1U;
  EXPECT_GT(told, 0U) << "a fault of ours is said";
  EXPECT_LT(told, 30U) << "not with every question";
  EXPECT_EQ(read("token").queries.size(), 40U);
  std::filesystem::remove_all(put_aside_as(path()));
  for (int i = 40; i < 50; ++i) ASSERT_TRUE(log->add(query("n" + std::to_string(i) + ".token", i)));
  EXPECT_TRUE(std::filesystem::is_regular_file(put_aside_as(path())));
  EXPECT_EQ(read("token").queries.size(), 50U);
}

TEST_F(QueryLogTest, ThatNobodyCanPutAsideEndsSomewhere) {
  auto log = QueryLog::open(path(), 1000);
  ASSERT_TRUE(log);
  std::filesystem::create_directories(put_aside_as(path()) / "in the way");
  for (int i = 0; i < 200; ++i) (void)log->add(query("n.token", i));
  EXPECT_FALSE(log->add(query("n.token")));
  EXPECT_LE(std::filesystem::file_size(path()), 8000U);
}

TEST_F(QueryLogTest, OfTwoWritersIsPutAsideOnce) {
  auto one = QueryLog::open(path(), 2000), other = QueryLog::open(path(), 2000);
  ASSERT_TRUE(one && other);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(one->add(query("one" + std::to_string(i) + ".token", i)));
    ASSERT_TRUE(other->add(query("other" + std::to_string(i) + ".token", i)));
  }
  EXPECT_EQ(read("token").queries.back().name, "other19.token") << "not into the file that was put aside";
}

TEST_F(QueryLogTest, LeavesOutWhatIsNoQuery) {
  auto log = QueryLog::open(path());
  ASSERT_TRUE(log->add(query("one.token")));
  std::ofstream(path(), std::ios::app) << "{\"name\":\"token\"}\n[\"token\"]\n"
                                       << to_json(query("two.token")).substr(0, 60);
  EXPECT_EQ(read("token").queries.size(), 1U);
  EXPECT_FALSE(query_from_json("{\"time\":\"yesterday\",\"name\":\"a\",\"type\":\"A\",\"from\":\"b\"}"));
  EXPECT_FALSE(query_from_json(std::string(5000, ' ') + to_json(query("a"))));
}

}  // namespace
}  // namespace mailprobe::receiver
