// Letters of the spool: which are taken, which leave it, and that none of an earlier process is forgotten.
#include "reflector/letters.h"

#include <gtest/gtest.h>

#include "evidence/json.h"
#include "probe/signing.h"
#include "tests/probe/fixture.h"
#include "tests/reflector/arrivals.h"
#include "tests/support/give_way.h"
#include "tests/support/run.h"

namespace mailprobe::reflector {
namespace {

namespace fake = probe::test;
using test::good_arrival;

class Spooling : public testing::Test {
 protected:
  Spooling() : settings_(fake::settings(folder_.path())) {}

  /// As the receiver leaves it: the message, and its result where it was evaluated.
  receiver::Letter letter(std::vector<std::string> recipients, bool evaluated, Time started = now()) {
    const auto arrival = good_arrival();
    receiver::Letter letter;
    letter.session = arrival.session;
    letter.session.recipients = std::move(recipients);
    letter.session.started = started;
    letter.raw = arrival.raw;
    letter.evaluation.dkim = arrival.dkim;
    letter.evaluation.dmarc.result = auth::DmarcOutcome::fail;  // considered, and nobody is answered
    letter.name = spool_.keep(evidence::to_json(letter.session), letter.raw).value();
    if (evaluated) EXPECT_TRUE(spool_.annotate(letter.name, evidence::to_json(receiver::reply_of(letter))));
    return letter;
  }

  Task<void> act(std::vector<receiver::Letter> fresh, bool attach_first) {
    auto log = [this](const std::string& line) { log_ += line + "\n"; };
    Pause pause = [this](std::chrono::milliseconds length) { return waited(*this, length); };
    const auto undecided = co_await Undecided::make(std::move(pause));
    Options options{.address = fake::mailbox("reflector@probe.test"),
                    .ours = {},
                    .host = "mx.probe.test",
                    .folder = folder_.path() / "reflector",
                    .most = {}};
    Post post{.settings = settings_,
              .identity = fake::identity(),
              .resolver = resolver_,
              .network = network_.network(),
              .context = tls::Context::client({}).value(),
              .via = {},
              .progress = {}};
    auto made = co_await Reflector::start(std::move(options), std::move(post), log);
    Letters letters(**made, *undecided, resolver_, {fake::mailbox("reflector@probe.test")}, log);
    if (attach_first) letters.attach(spool_, now());
    for (const auto& one : fresh) letters.take(one);
    if (!attach_first) letters.attach(spool_, now());
    if (until_decided_) co_await undecided->finish();
    co_await undecided->stop();
    co_await (*made)->stop(std::chrono::seconds(1));
  }
  static Task<void> waited(Spooling& self, std::chrono::milliseconds length) {
    self.pauses_.push_back(length);
    self.on_pause_();
    co_await test::give_way();
  }
  [[nodiscard]] std::size_t times(std::string_view words) const {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = log_.find(words, at)) != std::string::npos; ++at) ++count;
    return count;
  }
  [[nodiscard]] std::size_t considered() const { return times("DMARC is fail"); }

  /// A signed probe that came in while the DNS was down.
  receiver::Letter unjudged(Time started = now()) {
    fake::publish(resolver_, fake::identity());
    resolver_.fail("_dmarc.probe.test");
    auto arrival = good_arrival();
    receiver::Letter letter;
    letter.session = arrival.session;
    letter.session.recipients = {"reflector@probe.test"};
    letter.session.started = started;
    letter.raw = probe::sign_with_all(arrival.raw, fake::identity(), started).value();
    letter.evaluation.dmarc.result = auth::DmarcOutcome::temperror;
    letter.evaluation.dmarc.reason = "SERVFAIL for _dmarc.probe.test";
    letter.name = spool_.keep(evidence::to_json(letter.session), letter.raw).value();
    EXPECT_TRUE(spool_.annotate(letter.name, evidence::to_json(receiver::reply_of(letter))));
    return letter;
  }

  test::TemporaryFolder folder_;
  probe::Settings settings_;
  test::FakeResolver resolver_;
  fake::FakeNetwork network_;
  receiver::Spool spool_ = receiver::Spool::open(folder_.path() / "spool").value();
  std::string log_;
  std::vector<std::chrono::milliseconds> pauses_;
  std::function<void()> on_pause_ = [] {};
  bool until_decided_ = false;
};

TEST_F(Spooling, ALetterForTheReflectorIsConsideredAndLeavesTheSpool) {
  std::vector<receiver::Letter> letters{letter({"Reflector@probe.test"}, true)};
  const auto kept = letter({"postmaster@probe.test"}, true);
  letters.push_back(kept);
  test::run(act(std::move(letters), false));
  EXPECT_EQ(spool_.names(), std::vector<std::string>{kept.name});
  EXPECT_GE(considered(), 1U) << log_;
}

TEST_F(Spooling, ALetterForOthersTooStays) {
  const auto both = letter({"reflector@probe.test", "postmaster@probe.test"}, true);
  test::run(act({both}, true));
  EXPECT_EQ(spool_.names(), std::vector<std::string>{both.name});
  EXPECT_GE(considered(), 1U) << log_;
}

TEST_F(Spooling, WhatAnEarlierProcessEvaluatedIsConsideredNow) {
  (void)letter({"reflector@probe.test"}, true);
  const auto unfinished = letter({"reflector@probe.test"}, false);  // its evaluation is still to come
  const auto old = letter({"reflector@probe.test"}, true, now() - std::chrono::hours(48));
  test::run(act({}, true));
  EXPECT_EQ(considered(), 1U) << log_;
  EXPECT_EQ(spool_.names(), (std::vector<std::string>{unfinished.name, old.name}));
}

TEST_F(Spooling, APersonsMailStays) {
  const auto person = [&] {
    receiver::Letter letter;
    letter.session = good_arrival().session;
    letter.session.recipients = {"reflector@probe.test"};
    letter.raw = "From: somebody@target.test\r\nSubject: who are you?\r\n\r\n...\r\n";
    letter.name = spool_.keep(evidence::to_json(letter.session), letter.raw).value();
    EXPECT_TRUE(spool_.annotate(letter.name, evidence::to_json(receiver::reply_of(letter))));
    return letter;
  }();
  test::run(act({person}, true));
  EXPECT_EQ(spool_.names(), std::vector<std::string>{person.name});
  EXPECT_EQ(times("not answered, not-a-probe"), 1U) << log_;
  log_.clear();
  test::run(act({}, true));  // the next process
  EXPECT_EQ(spool_.names(), std::vector<std::string>{person.name});
  EXPECT_EQ(log_, "");
}

TEST_F(Spooling, AProbeThatCouldNotBeJudgedStaysAndIsJudgedAgainLaterAndLater) {
  const auto one = unjudged();
  until_decided_ = true;
  on_pause_ = [this, one] {
    EXPECT_EQ(spool_.names(), std::vector<std::string>{one.name});
    if (pauses_.size() == 3) resolver_.heal("_dmarc.probe.test");
  };
  test::run(act({one}, false));
  using std::chrono::minutes;
  EXPECT_EQ(pauses_, (std::vector<std::chrono::milliseconds>{minutes(1), minutes(2), minutes(4)}));
  EXPECT_EQ(times("to be judged again, dmarc-unknown"), 4U) << log_;  // now, as an earlier process left it, and twice
  EXPECT_EQ(times(": answering probe+"), 1U) << log_;
  EXPECT_TRUE(spool_.names().empty());
}

TEST_F(Spooling, AnotherProcessGoesOnJudgingIt) {
  const auto one = unjudged();
  test::run(act({}, true));  // ends before it is known
  EXPECT_EQ(spool_.names(), std::vector<std::string>{one.name});
  resolver_.heal("_dmarc.probe.test");
  until_decided_ = true;
  test::run(act({}, true));
  EXPECT_EQ(times(": answering probe+"), 1U) << log_;
  EXPECT_TRUE(spool_.names().empty());
}

TEST_F(Spooling, AfterADayItIsRefusedAndTheCauseSaid) {
  (void)unjudged(now() - std::chrono::hours(25));
  test::run(act({}, true));
  EXPECT_EQ(times("not answered, dmarc-unknown: DMARC could not be evaluated: SERVFAIL for _dmarc.probe.test, for 1d"),
            1U)
      << log_;
  EXPECT_TRUE(pauses_.empty());
  EXPECT_TRUE(spool_.names().empty());
}

TEST_F(Spooling, KeepsWhatWasSeenForTheAnswer) {
  const auto one = letter({"reflector@probe.test"}, true);
  const auto arrival = arrival_of(one);
  EXPECT_EQ(arrival.raw, one.raw);
  EXPECT_EQ(arrival.session.address, "192.0.2.10");
  EXPECT_EQ(arrival.dkim.size(), one.evaluation.dkim.size());
  EXPECT_EQ(arrival.dmarc.result, auth::DmarcOutcome::fail);
}

}  // namespace
}  // namespace mailprobe::reflector
