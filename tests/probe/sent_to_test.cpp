// Whom our messages went to: found by id and by address, over months, and forgotten after some.
#include "probe/sent_to.h"

#include <gtest/gtest.h>

#include "tests/probe/fixture.h"

namespace mailprobe::probe {
namespace {

using test::mailbox;

class SentToTest : public testing::Test {
 protected:
  void note(const std::string& id, const std::string& address, const std::string& date) {
    const auto done = sent_.note(id, mailbox(address), *parse_rfc3339(date + "T12:00:00Z"));
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
  EXPECT_FALSE(sent_.note("a", mailbox("a@target.test"), now()));
}

}  // namespace
}  // namespace mailprobe::probe
