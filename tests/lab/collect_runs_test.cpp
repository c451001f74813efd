// Several runs that are waited for by one process, against the lab: their answers are received meanwhile, each run is
// amended, and a wait that is cut short changes nothing.
#include <gmock/gmock.h>

#include <fstream>

#include <boost/asio/this_coro.hpp>

#include "evidence/json.h"
#include "probe/beside.h"
#include "probe/collect_runs.h"
#include "tests/lab/sending.h"
#include "tests/support/conformance.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::lab {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct Came {
  std::string run, what;  // its folder; "N answers, exit M" or the error
};

class CollectRuns : public testing::Test {
 protected:
  static Result<evidence::Document> read(const std::filesystem::path& directory) {
    return evidence::from_json(test::read_file(directory / "evidence.json"));
  }

  /// A message to each, none of which is waited for; then all of them are.
  Task<void> wait_for(std::vector<std::string> targets) {
    auto lab = need(co_await Lab::start());
    auto settings = settings_for(lab->access(), folder_.path());
    settings.mailboxes.clear();
    const auto resolver = need(dns::unbound_resolver(co_await boost::asio::this_coro::executor, settings.resolver));
    probe::RunsToCollect runs{
        .directories = {},
        .read = read,
        .done = [this](const auto& directory,
                       auto outcome) { came_.push_back({directory.filename().string(), told_of(outcome)}); },
        .warn = [this](const std::string& line) { warned_.push_back(line); }};
    for (const auto& target : targets) {
      probe::SendOptions options{.to = need(Mailbox::parse(target))};
      options.reply = options.no_wait = true;
      const auto plan = need(probe::plan(settings, options));
      const auto sent = need(co_await probe::run(settings, plan, options, *resolver, {}));
      directories_.emplace_back(sent.directory);
    }
    runs.directories = directories_;
    before_(settings);
    auto waiting = co_await probe::Beside::make();
    auto progress = probe::Progress{};
    progress.step = [this](const std::string& line) { said_.push_back(line); };
    progress.waiting = [&](const std::string& cause, std::chrono::milliseconds) {
      said_.push_back(cause);
      if (cut_short_) waiting.cancel();
    };
    auto options = options_;
    auto network = probe::real_network();
    waiting.start(probe::collect_runs(settings, std::move(runs), std::move(options), *resolver, std::move(progress),
                                      std::move(network)));
    co_await waiting.join();
    lab->stop();
  }

  static std::string told_of(const Result<probe::Outcome>& outcome) {
    if (!outcome) return outcome.error().message;
    std::size_t answers = 0;
    for (const auto& probe : outcome->document.probes) answers += probe.replies.size();
    return std::to_string(answers) + " answers, exit " + std::to_string(outcome->document.run.exit.value_or(-1));
  }
  [[nodiscard]] std::vector<std::string> what_came() const {
    std::vector<std::string> all;
    for (const auto& directory : directories_)
      for (const auto& came : came_)
        if (came.run == directory.filename()) all.push_back(came.what);
    return all;
  }

  test::TemporaryFolder folder_;
  std::vector<std::filesystem::path> directories_;
  probe::CollectOptions options_;
  std::function<void(probe::Settings&)> before_ = [](auto&) {};
  bool cut_short_ = false;
  std::vector<Came> came_;
  std::vector<std::string> said_, warned_;
};

TEST_F(CollectRuns, TheAnswersToAllOfThemAreReceived) {
  test::run(wait_for({"late@target.test", "late@target.test", "reflector@reject.test"}));
  EXPECT_THAT(what_came(), ElementsAre("1 answers, exit 0", "1 answers, exit 0", "0 answers, exit 1"));
  EXPECT_THAT(said_, Contains("for answers to 2 messages of 2 runs"));
  const auto document = need(read(directories_[1]));
  ASSERT_TRUE(document.probes[0].reply);
  EXPECT_TRUE(document.probes[0].reply->late);
  EXPECT_EQ(word(document.probes[0].reply->kind), "person");
  EXPECT_EQ(came_.front().run, directories_[2].filename()) << "nothing is waited for: it is the first to end";
}

TEST_F(CollectRuns, WhatTheTimeIsOverForIsLookedAtAllTheSame) {
  options_.wait = 300ms;
  test::run(wait_for({"reflector@lax.test"}));
  EXPECT_THAT(what_came(), ElementsAre("0 answers, exit 3"));
  const auto document = need(read(directories_[0]));
  EXPECT_TRUE(document.probes[0].reply_watch->completed);
  EXPECT_GE(document.probes[0].reply_watch->waited_ms, 300);
  // Between the run's end and this wait nobody was there.
  EXPECT_EQ(document.probes[0].reply_watch->cause, Cause::own_limit);
  EXPECT_THAT(document.probes[0].reply_watch->error.value_or(""), HasSubstr("nobody received here from "));
}

TEST_F(CollectRuns, AWaitThatIsCutShortChangesNothing) {
  options_.wait = 1h;
  cut_short_ = true;
  std::vector<std::string> before;
  before_ = [&](const auto&) {
    for (const auto& each : directories_) before.push_back(test::read_file(each / "evidence.json"));
  };
  test::run(wait_for({"reflector@lax.test", "reflector@lax.test"}));
  EXPECT_THAT(what_came(), ElementsAre(HasSubstr("interrupted: the evidence is as it was"),
                                       HasSubstr("interrupted: the evidence is as it was")));
  ASSERT_EQ(before.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(test::read_file(directories_[i] / "evidence.json"), before[i]);
}

TEST_F(CollectRuns, WhereNothingCanBeReceivedItIsSaidAndLookedOnce) {
  options_.wait = 1h;
  before_ = [](probe::Settings& settings) { settings.receiver.listen = {{*IpAddress::parse("192.0.2.1"), 25}}; };
  test::run(wait_for({"reflector@lax.test"}));
  EXPECT_THAT(warned_, ElementsAre(HasSubstr("answers are looked for, and not waited for: ")));
  EXPECT_THAT(said_, Not(Contains(HasSubstr("for answers to"))));
  EXPECT_THAT(what_came(), ElementsAre("0 answers, exit 3"));
  EXPECT_EQ(need(read(directories_[0])).probes[0].reply_watch->cause, Cause::own_limit);
}

TEST_F(CollectRuns, OneThatCannotBeExpectedTakesNothingFromTheOthers) {
  before_ = [this](const auto&) {
    auto text = test::read_file(directories_[0] / "evidence.json");
    const auto id = need(read(directories_[0])).probes[0].id;
    for (auto at = text.find(id); at != std::string::npos; at = text.find(id, at))
      text.replace(at, id.size(), "no token!");
    std::ofstream(directories_[0] / "evidence.json") << text;
  };
  options_.wait = 20s;
  test::run(wait_for({"late@target.test", "late@target.test"}));
  EXPECT_THAT(warned_, ElementsAre(HasSubstr("no token")));
  EXPECT_THAT(what_came(), Contains("1 answers, exit 0"));
}

}  // namespace
}  // namespace mailprobe::lab
