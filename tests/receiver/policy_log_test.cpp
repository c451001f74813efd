// Who asked for the traps' policy: whole lines, for another process, no more of them than there is room for.
#include "receiver/policy_log.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temporary_folder.h"

namespace mailprobe::receiver {
namespace {

Time noon() { return parse_rfc3339("2026-01-31T12:00:00Z").value(); }

evidence::PolicyFetch fetch(std::string outcome, int minute, std::optional<std::string> name = "mta-sts.trap.test") {
  return {.time = noon() + std::chrono::minutes(minute),
          .address = "192.0.2.1",
          .name = std::move(name),
          .outcome = std::move(outcome)};
}

class PolicyLogTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "receiver" / "policy-fetches.jsonl"; }
  test::TemporaryFolder folder_;
};

TEST_F(PolicyLogTest, IsReadByAnotherProcess) {
  auto log = PolicyLog::open(path());
  ASSERT_TRUE(log);
  ASSERT_TRUE(log->add(fetch("served", -1)));
  ASSERT_TRUE(log->add(fetch("refused", 1, std::nullopt)));
  ASSERT_TRUE(log->add(fetch("served", 2)));
  const auto all = policy_fetches_since(path(), noon());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].time, noon() + std::chrono::minutes(1));
  EXPECT_EQ(all[0].address, "192.0.2.1");
  EXPECT_EQ(all[0].outcome, "refused");
  EXPECT_FALSE(all[0].name);
  EXPECT_EQ(all[1].name, "mta-sts.trap.test");
}

TEST_F(PolicyLogTest, WhatIsNoLineIsLeftOut) {
  auto log = PolicyLog::open(path());
  ASSERT_TRUE(log);
  ASSERT_TRUE(log->add(fetch("served", 1, std::string(5000, 'a'))));
  std::ofstream(path(), std::ios::app) << "{\"time\":\"2026-01-31T12:02:00Z\"}\n[]\n{\"time\":\n";
  ASSERT_TRUE(log->add(fetch("served", 3)));
  const auto all = policy_fetches_since(path(), noon());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, std::string(253, 'a'));
}

TEST_F(PolicyLogTest, KeepsTheEndOfAFlood) {
  auto log = PolicyLog::open(path(), 2000);
  ASSERT_TRUE(log);
  for (int i = 1; i <= 200; ++i) ASSERT_TRUE(log->add(fetch("refused", i, std::nullopt)));
  const auto all = policy_fetches_since(path(), noon());
  EXPECT_GT(all.size(), 10U);
  EXPECT_LT(all.size(), 60U);
  EXPECT_EQ(all.back().time, noon() + std::chrono::minutes(200));
}

TEST_F(PolicyLogTest, ThatIsNotThereSaysNothing) { EXPECT_TRUE(policy_fetches_since(path(), noon()).empty()); }

}  // namespace
}  // namespace mailprobe::receiver
