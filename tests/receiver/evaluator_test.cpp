// How much is evaluated at once: letters wait for the DNS, and each of them is held in memory meanwhile. And by which
// clock.
#include "receiver/evaluator.h"

#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "evidence/json.h"
#include "tests/auth/signing.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::receiver {
namespace {

namespace asio = boost::asio;

/// Has nothing, and takes its time: as many letters as ask at once are under way.
class SlowResolver final : public dns::Resolver {
 public:
  Task<dns::Answer> query(std::string, dns::Type) override {
    most = std::max(most, ++now_);
    const auto executor = co_await asio::this_coro::executor;
    for (int i = 0; i < 100; ++i) co_await asio::post(executor, asio::use_awaitable);
    --now_;
    dns::Answer answer;
    answer.status = dns::Status::nxdomain;
    co_return answer;
  }
  std::size_t most = 0;

 private:
  std::size_t now_ = 0;
};

class EvaluatorTest : public testing::Test {
 protected:
  EvaluatorTest() : spool_(Spool::open(folder_.path() / "spool").value()) {
    evidence::Session session;
    session.address = "192.0.2.1";
    for (std::size_t i = 0; i < letters; ++i)
      names_.push_back(
          spool_.keep(evidence::to_json(session), "From: a@target.test\r\n\r\n" + std::string(2000, 'x')).value());
  }

  /// The most that were under way at once.
  std::size_t evaluate(EvaluatorLimits limits) {
    SlowResolver resolver;
    test::run(evaluate_all(*this, resolver, limits));
    EXPECT_EQ(told_, letters);
    for (const auto& name : names_) EXPECT_TRUE(spool_.is_annotated(name));
    return resolver.most;
  }

  static Task<void> evaluate_all(EvaluatorTest& test, SlowResolver& resolver, EvaluatorLimits limits) {
    Evaluator::Told told = [&](const Letter&) { ++test.told_; };
    Evaluator::Failed failed = [](const std::string& name, const Error& error) {
      ADD_FAILURE() << name << ": " << error.message;
    };
    auto evaluator =
        co_await Evaluator::make(test.spool_, test.disk_, resolver, std::move(told), std::move(failed), limits);
    evaluator->add_unfinished();
    co_await evaluator->finish(std::chrono::seconds(60));
  }

  static constexpr std::size_t letters = 6;
  test::TemporaryFolder folder_;
  Spool spool_;
  Disk disk_{2};
  std::vector<std::string> names_;
  std::size_t told_ = 0;
};

TEST_F(EvaluatorTest, EvaluatesSeveralAtOnce) { EXPECT_EQ(evaluate({}), letters); }

TEST_F(EvaluatorTest, EvaluatesSoManyLettersAtOnce) { EXPECT_EQ(evaluate({.letters = 2}), 2U); }

TEST_F(EvaluatorTest, EvaluatesSoManyOctetsAtOnce) {
  const auto one = spool_.size(names_.front());
  EXPECT_GE(one, 2000U);
  EXPECT_EQ(evaluate({.octets = 3 * one}), 3U);
}

TEST_F(EvaluatorTest, EvaluatesWhatIsTooLargeAlone) { EXPECT_EQ(evaluate({.octets = 1}), 1U); }

TEST_F(EvaluatorTest, WeighsWhatIsGoneAsNothing) { EXPECT_EQ(spool_.size("20260131T120000Z-none"), 0U); }

/// A letter that came at `received`, evaluated now: what its signature, valid until x=, comes to.
Task<void> evaluate_left_behind(Spool spool, Time received, Time expires, auth::Evaluation& found) {
  auto signing = test::options();
  signing.expires = expires;
  test::FakeResolver resolver;
  resolver.txt("s1._domainkey.example.org", test::signing_key().dns_record());
  resolver.txt("_dmarc.example.org", "v=DMARC1; p=reject");
  evidence::Session session;
  session.address = "192.0.2.1";
  session.mail_from = "a@example.org";
  session.started = received - std::chrono::seconds(3);
  session.duration_ms = 3000;
  const auto kept =
      spool.keep(evidence::to_json(session), test::signed_message("From: a@example.org\r\n\r\nHello.\r\n", signing));
  EXPECT_TRUE(kept);
  Disk disk{1};
  Evaluator::Told told = [&](const Letter& letter) { found = letter.evaluation; };
  Evaluator::Failed failed = [](const std::string&, const Error& error) { ADD_FAILURE() << error.message; };
  auto evaluator = co_await Evaluator::make(spool, disk, resolver, std::move(told), std::move(failed));
  evaluator->add_unfinished();
  co_await evaluator->finish(std::chrono::seconds(60));
}

class LeftBehind : public testing::Test {
 protected:
  /// Received two days ago.
  auth::Evaluation evaluated(std::chrono::seconds expires_after) {
    const auto received = std::chrono::floor<std::chrono::seconds>(now()) - std::chrono::hours(48);
    auth::Evaluation found;
    test::run(
        evaluate_left_behind(Spool::open(folder_.path() / "spool").value(), received, received + expires_after, found));
    return found;
  }

 private:
  test::TemporaryFolder folder_;
};

// RFC 6376 §3.5: a verifier that was down for a weekend does not make a signature expire.
TEST_F(LeftBehind, IsJudgedByTheClockOfItsReception) {
  const auto found = evaluated(std::chrono::seconds(1));
  ASSERT_EQ(found.dkim.size(), 1U);
  EXPECT_EQ(word(found.dkim[0].result), "pass") << found.dkim[0].reason;
  EXPECT_EQ(word(*found.dmarc.result), "pass");
}

TEST_F(LeftBehind, WhatHadExpiredBeforeItCameHasExpired) {
  const auto found = evaluated(std::chrono::seconds(-2));
  ASSERT_EQ(found.dkim.size(), 1U);
  EXPECT_EQ(found.dkim[0].reason, "signature expired");
  EXPECT_EQ(word(*found.dmarc.result), "fail");
}

/// As a look-up that is cut: no answer, and that it was interrupted.
class NeverResolver final : public dns::Resolver {
 public:
  Task<dns::Answer> query(std::string, dns::Type) override {
    co_await asio::this_coro::throw_if_cancelled(false);
    ++asked;
    asio::steady_timer wake(co_await asio::this_coro::executor, std::chrono::minutes(1));
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() == asio::cancellation_type::none)
      (void)co_await wake.async_wait(asio::as_tuple(asio::use_awaitable));
    dns::Answer answer;
    answer.status = dns::Status::timeout;
    answer.why = "interrupted";
    co_return answer;
  }
  int asked = 0;
};

Task<void> evaluate_for(Spool spool, dns::Resolver& resolver, std::chrono::milliseconds grace, int& told) {
  Disk disk{1};
  Evaluator::Told tell = [&](const Letter&) { ++told; };
  Evaluator::Failed failed = [](const std::string&, const Error& error) { ADD_FAILURE() << error.message; };
  auto evaluator = co_await Evaluator::make(spool, disk, resolver, std::move(tell), std::move(failed));
  evaluator->add_unfinished();
  co_await evaluator->finish(grace);
}

TEST(EvaluatorThatIsCut, KeepsNoResultAndLeavesItToTheNext) {
  const test::TemporaryFolder folder;
  auto spool = Spool::open(folder.path() / "spool").value();
  evidence::Session session;
  session.address = "192.0.2.1";
  session.mail_from = "a@target.test";
  const auto name = spool.keep(evidence::to_json(session), "From: a@target.test\r\n\r\nHello.\r\n").value();
  int told = 0;

  NeverResolver dead;
  test::run(evaluate_for(spool, dead, std::chrono::milliseconds(20), told));
  EXPECT_GT(dead.asked, 0) << "it was under way";
  EXPECT_EQ(told, 0);
  EXPECT_FALSE(spool.is_annotated(name));

  test::FakeResolver answers;
  answers.txt("_dmarc.target.test", "v=DMARC1; p=reject");
  test::run(evaluate_for(spool, answers, std::chrono::seconds(60), told));
  EXPECT_EQ(told, 1);
  const auto result = read_result(spool, name);
  ASSERT_TRUE(result && *result);
  EXPECT_EQ(word((*result)->dmarc.result.value()), "fail");
}

}  // namespace
}  // namespace mailprobe::receiver
