// Whom our messages went to: found by id and by address, over months, and forgotten after some.
#include "probe/sent_to.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/probe/fixture.h"

namespace mailprobe::probe {
namespace {

using test::mailbox;

class SentToTest : public testing::Test {
 protected:
  void note(const std::string& id, const std::string& address, const std::string& date) {
    const auto done = sent_.note(id, mailbox(address), "Probe.test", *parse_rfc3339(date + "T12:00:00Z"));
    ASSERT_TRUE(done) << done.error().message;
  }
  [[nodiscard]] std::string recipient(const std::string& id) const {
    const auto found = sent_.find({"unknown", id}).value();
    return found ? found->recipient : "nobody";
  }

  test::TemporaryFolder folder_;
  SentTo sent_ = SentTo::beside(folder_.path() / "runs");
};

TEST_F(SentToTest, IsNobodyBeforeAnythingWentOut) {
  EXPECT_EQ(recipient("a"), "nobody");
  EXPECT_FALSE(sent_.knows(mailbox("a@target.test")).value());
}

TEST_F(SentToTest, FindsByIdAndByAddress) {
  note("a1", "Tired@Target.test", "2026-01-31");
  note("a2", "\"a b\"@target.test", "2026-01-31");
  note("a3", "other@target.test", "2026-02-01");
  EXPECT_EQ(recipient("a1"), "tired@target.test");
  EXPECT_EQ(recipient("a2"), "\"a b\"@target.test");
  EXPECT_EQ(recipient("a3"), "other@target.test");
  EXPECT_EQ(recipient("a"), "nobody");
  EXPECT_TRUE(sent_.knows(mailbox("tired@TARGET.test")).value());
  EXPECT_FALSE(sent_.knows(mailbox("ired@target.test")).value());
}

TEST_F(SentToTest, FindsByTime) {
  note("a1", "a@target.test", "2026-01-31");
  note("a2", "\"a b\"@target.test", "2026-02-01");
  note("a3", "c@target.test", "2026-02-02");
  const auto at = [](const char* time) { return *parse_rfc3339(time); };
  const auto found = sent_.between(at("2026-01-31T12:00:00.001Z"), at("2026-02-01T12:00:00Z")).value();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].id, "a2");
  EXPECT_EQ(found[0].recipient, "\"a b\"@target.test");
  EXPECT_EQ(found[0].from_domain, "probe.test");
  EXPECT_EQ(found[0].at, at("2026-02-01T12:00:00Z"));
  EXPECT_EQ(sent_.between(at("2026-01-01T00:00:00Z"), at("2026-03-01T00:00:00Z"))->size(), 3U);
}

TEST_F(SentToTest, ReadsTheLinesOfOlderVersions) {
  note("a1", "a@target.test", "2026-01-31");
  std::ofstream(folder_.path() / "sent" / "2026-01", std::ios::app) << "old \"a b\"@target.test\ntorn\n\nid \n";
  EXPECT_EQ(recipient("old"), "\"a b\"@target.test");
  EXPECT_EQ(recipient("torn"), "nobody");
  EXPECT_EQ(sent_.between(Time{}, now())->size(), 1U) << "of those it is not known when";
}

TEST_F(SentToTest, ForgetsAfterThreeMonths) {
  for (const auto* month : {"2025-10", "2025-11", "2025-12", "2026-01"})
    note("of" + std::string(month).erase(4, 1), "a@target.test", std::string(month) + "-15");
  EXPECT_EQ(recipient("of202510"), "a@target.test");
  note("of202602", "a@target.test", "2026-02-15");
  note("of202603", "a@target.test", "2026-03-15");
  EXPECT_EQ(recipient("of202510"), "nobody");
  EXPECT_EQ(recipient("of202512"), "a@target.test");
  EXPECT_EQ(recipient("of202603"), "a@target.test");
}

TEST_F(SentToTest, ThatCannotBeReadIsAnError) {
  std::filesystem::create_directories(folder_.path() / "sent" / "2026-01");
  EXPECT_FALSE(sent_.find({"a"}));
  EXPECT_FALSE(sent_.knows(mailbox("a@target.test")));
}

TEST_F(SentToTest, ThatCannotBeWrittenIsAnError) {
  test::write_file(folder_.path() / "sent", "a file");
  EXPECT_FALSE(sent_.note("a", mailbox("a@target.test"), "probe.test", now()));
}

}  // namespace
}  // namespace mailprobe::probe
