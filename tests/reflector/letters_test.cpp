// Letters of the spool: which are taken, which leave it, and that none of an earlier process is forgotten.
#include "reflector/letters.h"

#include <gtest/gtest.h>

#include "evidence/json.h"
#include "tests/probe/fixture.h"
#include "tests/reflector/arrivals.h"
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
    Letters letters(**made, {fake::mailbox("reflector@probe.test")}, log);
    if (attach_first) letters.attach(spool_, now());
    for (const auto& one : fresh) letters.take(one);
    if (!attach_first) letters.attach(spool_, now());
    co_await (*made)->stop(std::chrono::seconds(1));
  }
  [[nodiscard]] std::size_t considered() const {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = log_.find("DMARC is fail", at)) != std::string::npos; ++at) ++count;
    return count;
  }

  test::TemporaryFolder folder_;
  probe::Settings settings_;
  test::FakeResolver resolver_;
  fake::FakeNetwork network_;
  receiver::Spool spool_ = receiver::Spool::open(folder_.path() / "spool").value();
  std::string log_;
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
