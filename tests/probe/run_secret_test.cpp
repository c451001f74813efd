// A run whose messages hold a secret, towards servers that quote what they got: it is in no line that is said or kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "evidence/json.h"
#include "evidence/secrecy.h"
#include "probe/planning.h"
#include "probe/run.h"
#include "scenarios/load.h"
#include "tests/probe/fixture.h"
#include "tests/support/conformance.h"
#include "tests/support/run.h"

namespace mailprobe::probe {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto canary = "canary-5f1d", mx = "192.0.2.1";

class RunWithSecret : public testing::Test {
 protected:
  RunWithSecret() {
    test::publish(resolver_, test::identity());
    resolver_.mx("target.test", 10, "mx.target.test");
    resolver_.a("mx.target.test", mx);
    progress_.step = [this](const std::string& line) { said_ += line + "\n"; };
    progress_.dialogue = [this](const Event& event) { said_ += event.text + "\n"; };
  }

  evidence::Document go(const std::string& probes) {
    const scenarios::Outside outside{.given = {{"target", "to@target.test"}},
                                     .environment = [this](const std::string&) { return Secret(value_); },
                                     .file = {}};
    const auto scenario = scenarios::load(
        "version: 1\nname: secret\nvariables: {token: {env: TOKEN}}\nprobes: " + probes + "\n", "f.yaml", outside);
    if (!scenario) throw std::runtime_error(scenario.error().message);
    const std::vector all{*scenario};
    const auto plan = probe::plan(settings_, options_, all).value();
    const auto outcome = test::run(probe::run(settings_, plan, options_, resolver_, progress_, network_.network()));
    if (!outcome) throw std::runtime_error(outcome.error().message);
    directory_ = outcome->directory;
    return outcome->document;
  }

  void expect_nowhere() const {
    const std::vector<std::string> forms{canary, base64(canary).substr(0, 12)};
    for (const auto& form : forms) EXPECT_THAT(said_, Not(HasSubstr(form)));
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      if (!entry.is_regular_file() || entry.path().extension() == ".eml") continue;
      ++files;
      for (const auto& form : forms) EXPECT_THAT(test::read_file(entry.path()), Not(HasSubstr(form))) << entry.path();
    }
    EXPECT_GE(files, 4U);
  }

  test::TemporaryFolder folder_;
  test::FakeResolver resolver_;
  test::FakeNetwork network_;
  Settings settings_ = test::settings(folder_.path());
  SendOptions options_ = test::options();
  Progress progress_;
  std::shared_ptr<test::KeepingHandler> handler_ = std::make_shared<test::KeepingHandler>();
  std::string said_, value_ = canary;
  fs::path directory_;
};

TEST_F(RunWithSecret, ShowsNothingOfAReplyThatQuotesIt) {
  handler_->reply = {550, "5.7.1", "no \"canary-5f1d\" here, nor " + base64(canary)};
  network_.serves(mx, handler_);
  const auto document = go("[{name: a, send: {subject: \"${token}\"}, expect: [smtp.reply.text contains welcome]}]");
  ASSERT_EQ(handler_->messages.size(), 1U);
  EXPECT_THAT(handler_->messages[0], HasSubstr(canary)) << "it is sent";
  const auto& probe = document.probes.at(0);
  EXPECT_TRUE(probe.secret);
  EXPECT_EQ(probe.smtp->reply->code, 550);
  EXPECT_THAT(probe.smtp->reply->text, HasSubstr("no \"***\" here, nor ***"));
  EXPECT_THAT(document.expectations.at(0).found, HasSubstr("***"));
  EXPECT_THAT(said_, HasSubstr("no \"***\" here"));
  EXPECT_THAT(test::read_file(directory_ / "raw/1-sent.eml"), HasSubstr(canary)) << "DKIM is verified by that";
  expect_nowhere();
}

/// A server that writes down what it was told says it to whoever comes next.
TEST_F(RunWithSecret, ShowsNothingOfItToTheOthersEither) {
  handler_->reply = {250, "2.0.0", "queued canary-5f1d"};
  network_.serves(mx, handler_);
  const auto document = go("[{name: a, send: {body: \"${token}\"}}, {name: b, send: {body: plain}}]");
  EXPECT_TRUE(document.probes.at(0).secret);
  EXPECT_FALSE(document.probes.at(1).secret);
  for (const auto& probe : document.probes) EXPECT_EQ(probe.smtp->reply->text, "queued ***");
  expect_nowhere();
}

/// The messages that were sent hold the one that it began with.
TEST_F(RunWithSecret, GoesOnWithTheSameOneOnly) {
  network_.serves(mx, handler_);
  const std::string probes = "[{name: a, send: {body: \"${token}\"}}]";
  go(probes);
  fs::remove(directory_ / "evidence.json");
  options_.resume = directory_.string();
  value_ = "another-one";
  EXPECT_THAT([&] { go(probes); },
              testing::ThrowsMessage<std::runtime_error>(HasSubstr("had another value of a secret")));
  value_ = canary;
  EXPECT_EQ(go(probes).probes.at(0).smtp->reply->code, 250);
  EXPECT_EQ(handler_->messages.size(), 1U);
  expect_nowhere();
}

TEST_F(RunWithSecret, KnowsItInThePlan) {
  const auto document = go("[{name: a, repeat: 2, send: {body: \"${token}\"}}]");
  EXPECT_TRUE(document.probes.at(0).secret && document.probes.at(1).secret);
  expect_nowhere();
}

}  // namespace
}  // namespace mailprobe::probe
