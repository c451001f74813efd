// What lies in the spool unevaluated, after a receiver was cut off: evaluated once, and left to a receiver that lives.
#include "probe/unfinished.h"

#include <gtest/gtest.h>

#include "evidence/json.h"
#include "probe/reply_witness.h"
#include "receiver/folder.h"
#include "tests/probe/fixture.h"
#include "tests/support/run.h"

namespace mailprobe::probe {
namespace {

class Unfinished : public testing::Test {
 protected:
  /// A message that was given its 250, and nothing more.
  void receive() {
    evidence::Session session;
    session.probe = "token7";
    session.address = "192.0.2.1";
    session.mail_from = "someone@target.test";
    session.started = now();
    const auto spool = receiver::Spool::open(where_.spool()).value();
    ASSERT_TRUE(
        spool.keep(evidence::to_json(session), "From: someone@target.test\r\nSubject: Re: a probe\r\n\r\nHi.\r\n"));
  }
  Task<Result<void>> evaluate() {
    Told told = [this](const receiver::Letter& letter) { told_.push_back(letter.name); };
    auto folder = where_.path;
    co_return co_await evaluate_unfinished(std::move(folder), resolver_, std::move(told));
  }
  [[nodiscard]] std::size_t answers() const {
    const auto spool = receiver::Spool::share(where_.spool()).value();
    return answers_in(spool, where_.path, "token7", now()).answers.size();
  }

  test::TemporaryFolder folder_;
  receiver::Folder where_{folder_.path() / "receiver"};
  test::FakeResolver resolver_;
  std::vector<std::string> told_;
};

TEST_F(Unfinished, IsNothingWhereNothingWasReceived) {
  EXPECT_TRUE(test::run(evaluate()));
  EXPECT_FALSE(std::filesystem::exists(where_.path));
}

TEST_F(Unfinished, IsEvaluatedOnce) {
  receive();
  EXPECT_EQ(answers(), 0U);
  ASSERT_TRUE(test::run(evaluate()));
  EXPECT_EQ(answers(), 1U);
  EXPECT_EQ(told_.size(), 1U);
  ASSERT_TRUE(test::run(evaluate()));
  EXPECT_EQ(told_.size(), 1U);
  EXPECT_FALSE(receiver::is_held(where_));
}

TEST_F(Unfinished, IsLeftToWhoReceives) {
  receive();
  const auto lock = receiver::hold(where_);
  ASSERT_TRUE(lock);
  EXPECT_TRUE(test::run(evaluate()));
  EXPECT_EQ(answers(), 0U);
}

TEST_F(Unfinished, ThatCannotBeReadIsAFaultOfOurs) {
  const auto spool = receiver::Spool::open(where_.spool()).value();
  ASSERT_TRUE(spool.keep("no session", "Subject: x\r\n\r\n"));
  EXPECT_FALSE(test::run(evaluate()));
}

}  // namespace
}  // namespace mailprobe::probe
