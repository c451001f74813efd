// The questions that our DNS was asked: whole lines, no more of them than there is room for, found by a word.
#include "receiver/query_log.h"

#include <gtest/gtest.h>

#include <fstream>

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
  test::TemporaryFolder folder_;
};

TEST_F(QueryLogTest, IsReadByAnotherProcess) {
  auto log = QueryLog::open(path());
  ASSERT_TRUE(log);
  ASSERT_TRUE(log->add(query("one.token.w.probe.test", 0)));
  ASSERT_TRUE(log->add(query("two.token.w.probe.test", 5)));
  ASSERT_TRUE(log->add(query("other.w.probe.test", 5)));
  const auto found = queries_with("token", path(), Time{});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0], query("one.token.w.probe.test", 0));
  EXPECT_EQ(queries_with("TOKEN", path(), *parse_rfc3339("2026-01-31T12:01:00Z")).size(), 1U);
  EXPECT_TRUE(queries_with("token", folder_.path() / "none", Time{}).empty());
}

TEST_F(QueryLogTest, ThatIsNotThereIsNotAnEmptyOne) {
  const auto missing = can_be_read(path());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, Failure::ours);
  ASSERT_TRUE(QueryLog::open(path()));
  EXPECT_TRUE(can_be_read(path()));
}

TEST_F(QueryLogTest, OfAnotherServerThatIsTooLongSaysSo) {
  std::filesystem::create_directories(path().parent_path());
  std::ofstream(path()) << std::string("\0\0\0\0", 4) + std::string("\0\0\0\x22\0\0\0\x02\0\0\0\x01\0\0\0\x16", 16) +
                               "protobuf:dnstap.Dnstap";
  EXPECT_TRUE(can_be_read(path()));
  std::filesystem::resize_file(path(), 65UL * 1024 * 1024);  // sparse
  const auto long_one = can_be_read(path());
  ASSERT_FALSE(long_one);
  EXPECT_EQ(long_one.error().cause, Cause::own_limit);
}

TEST_F(QueryLogTest, KeepsTwoFilesWorth) {
  auto log = QueryLog::open(path(), 2000);
  ASSERT_TRUE(log);
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(log->add(query("n" + std::to_string(i) + ".token", i)));
  const auto found = queries_with("token", path(), Time{});
  EXPECT_GT(found.size(), 10U);
  EXPECT_LT(found.size(), 60U);
  EXPECT_EQ(found.back().name, "n199.token");
}

TEST_F(QueryLogTest, LeavesOutWhatIsNoQuery) {
  auto log = QueryLog::open(path());
  ASSERT_TRUE(log->add(query("one.token")));
  std::ofstream(path(), std::ios::app) << "{\"name\":\"token\"}\n[\"token\"]\n"
                                       << to_json(query("two.token")).substr(0, 60);
  EXPECT_EQ(queries_with("token", path(), Time{}).size(), 1U);
  EXPECT_FALSE(query_from_json("{\"time\":\"yesterday\",\"name\":\"a\",\"type\":\"A\",\"from\":\"b\"}"));
  EXPECT_FALSE(query_from_json(std::string(5000, ' ') + to_json(query("a"))));
}

}  // namespace
}  // namespace mailprobe::receiver
