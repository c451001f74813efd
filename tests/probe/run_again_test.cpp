// A run over several messages: at once, cut short by what it expects, cut off at every line of its journal and gone on
// with. No socket, no clock.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "evidence/json.h"
#include "probe/beside.h"
#include "probe/journal.h"
#include "probe/planning.h"
#include "probe/run.h"
#include "probe/slots.h"
#include "tests/probe/fixture.h"
#include "tests/scenarios/loaded.h"
#include "tests/support/conformance.h"
#include "tests/support/run.h"

namespace mailprobe::probe {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Optional;
using RunResult = Result<probe::Outcome>;

constexpr auto mx = "192.0.2.1";

/// Answers the recipients as it is told to, the first time; keeps what it takes.
class Choosy : public test::KeepingHandler {
 public:
  Task<smtp::Reply> rcpt(const smtp::ServerState& state, const Path&) override {
    ++open;
    most = std::max(most, open);
    const auto who = state.mail_from.text();
    const bool first = seen[who]++ == 0;
    co_return first&& greylists ? smtp::Reply{451, "4.7.1", "Greylisted, please try again in 300 seconds"} : answer;
  }
  Task<smtp::Reply> message(const smtp::ServerState& state, std::string raw) override {
    --open;
    auto all = std::move(raw);
    co_return co_await test::KeepingHandler::message(state, std::move(all));
  }

  smtp::Reply answer{250, "2.1.5", "ok"};
  bool greylists = false;
  std::map<std::string, int> seen;
  int open = 0, most = 0;
};

class RunAgain : public testing::Test {
 protected:
  RunAgain() {
    publish({mx});
    network_.serves(mx, handler_);
    settings_.limits.per_minute_per_mx = 1'000'000;  // those are another test's
    settings_.limits.per_day_per_recipient = 1000;
    settings_.limits.wait = std::chrono::minutes(10);
  }

  /// With the MX at these addresses, and nothing besides.
  void publish(const std::vector<std::string>& addresses) {
    resolver_ = test::FakeResolver();
    test::publish(resolver_, test::identity());
    resolver_.mx("target.test", 10, "mx.target.test");
    for (const auto& address : addresses) resolver_.a("mx.target.test", address);
    resolver_.txt("target.test", "v=spf1 mx -all");
    resolver_.txt("_dmarc.target.test", "v=DMARC1; p=reject; rua=mailto:d@target.test");
  }

  scenarios::Plan plan_of(const std::string& rest) {
    const std::vector<scenarios::Scenario> all{scenarios::loaded(rest)};
    options_.to = test::mailbox("reflector@target.test");
    options_.command = "run f.yaml --to reflector@target.test";
    auto made = probe::plan(settings_, options_, all);
    EXPECT_TRUE(made) << made.error().message;
    return made ? std::move(*made) : scenarios::Plan{};
  }

  RunResult go(const std::string& rest) {
    plan_ = plan_of(rest);
    return test::run(probe::run(settings_, plan_, options_, resolver_, progress_, network_.network()));
  }

  evidence::Document document(const RunResult& result) {
    if (!result) {
      ADD_FAILURE() << result.error().message;
      return {};
    }
    directory_ = result->directory;
    return result->document;
  }

  test::TemporaryFolder folder_;
  test::FakeResolver resolver_;
  test::FakeNetwork network_;
  Settings settings_ = test::settings(folder_.path());
  SendOptions options_ = test::options();
  scenarios::Plan plan_;
  Progress progress_;
  std::shared_ptr<Choosy> handler_ = std::make_shared<Choosy>();
  fs::path directory_;
};

constexpr auto three = "probes: [{name: a}, {name: b}, {name: c, repeat: 2}]\n";

// --- at once --------------------------------------------------------------------------------------------------------

TEST_F(RunAgain, TowardsStrangersNoMoreAtOnceThanTheyGetConnections) {
  options_.jobs = 4;
  EXPECT_EQ(document(go(three)).probes.size(), 4U);
  EXPECT_EQ(handler_->messages.size(), 4U);
  EXPECT_EQ(handler_->most, 1);
}

TEST_F(RunAgain, AsManyAtOnceAsAsked) {
  options_.jobs = 4;
  settings_.limits.connections_per_mx = 4;
  EXPECT_EQ(document(go(three)).probes.size(), 4U);
  EXPECT_EQ(handler_->messages.size(), 4U);
}

TEST_F(RunAgain, WhoIsGreylistedLetsTheOthersPast) {
  handler_->greylists = true;
  const auto result = document(go(three));
  ASSERT_EQ(result.probes.size(), 4U);
  EXPECT_EQ(handler_->messages.size(), 4U);
  for (const auto& probe : result.probes) {
    EXPECT_EQ(word(probe.smtp->outcome), "accepted") << probe.name;
    EXPECT_EQ(probe.attempts.size(), 2U) << probe.name;
  }
  // All of them had been tried before the first was tried again.
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(word(result.probes[i].attempts[0].outcome), "temporary");
  for (const auto& pause : network_.pauses) EXPECT_GE(pause, std::chrono::seconds(300)) << "as the reply asks";
}

TEST_F(RunAgain, NobodyComesBackForLongerThanAsked) {
  handler_->greylists = true;
  options_.retry = std::chrono::seconds(0);
  const auto result = document(go(three));
  for (const auto& probe : result.probes) EXPECT_EQ(probe.attempts.size(), 1U);
  EXPECT_TRUE(handler_->messages.empty());
  EXPECT_TRUE(network_.pauses.empty());
}

TEST_F(RunAgain, LongerThanTheWaitWhereAsked) {
  handler_->greylists = true;
  settings_.limits.wait = std::chrono::seconds(1);
  options_.retry = std::chrono::minutes(10);
  (void)document(go(three));
  EXPECT_EQ(handler_->messages.size(), 4U);
}

// --- fail fast ------------------------------------------------------------------------------------------------------

constexpr auto failing =
    "probes:\n"
    "  - {name: a, expect: [smtp.outcome == accepted]}\n"
    "  - {name: b, expect: [smtp.outcome == rejected]}\n"
    "  - {name: c, expect: [smtp.outcome == accepted]}\n";

TEST_F(RunAgain, NothingMoreIsSentOnceAnExpectationFailed) {
  options_.fail_fast = true;
  const auto result = document(go(failing));
  ASSERT_EQ(result.probes.size(), 3U);
  EXPECT_EQ(handler_->messages.size(), 2U);
  EXPECT_EQ(result.probes[2].smtp->cause, Cause::own_limit);
  ASSERT_EQ(result.expectations.size(), 3U);
  EXPECT_EQ(word(result.expectations[0].verdict), "pass");
  EXPECT_EQ(word(result.expectations[1].verdict), "fail");
  EXPECT_EQ(word(result.expectations[2].verdict), "inconclusive") << "what was not sent is no failure";
  EXPECT_EQ(result.run.exit, 1);
}

TEST_F(RunAgain, OtherwiseAllIsSent) {
  (void)document(go(failing));
  EXPECT_EQ(handler_->messages.size(), 3U);
}

// --- consent --------------------------------------------------------------------------------------------------------

constexpr auto wrong =
    "probes:\n"
    "  - {name: a, send: {dkim: {fault: signature}}}\n"
    "  - {name: b, control_of: a}\n";

TEST_F(RunAgain, WhatIsWrongOnPurposeNeedsConsent) {
  const auto result = go(wrong);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Failure::usage);
  EXPECT_EQ(result.error().cause, Cause::no_consent);
  EXPECT_NE(result.error().message.find("_mailprobe.target.test IN TXT \"mailprobe-consent=probe.test\""),
            std::string::npos)
      << result.error().message;
  EXPECT_TRUE(handler_->messages.empty());
  resolver_.txt("_mailprobe.target.test", "mailprobe-consent=other.test");
  EXPECT_FALSE(go(wrong)) << "somebody else's";
}

TEST_F(RunAgain, ConsentThatCannotBeLookedUpIsInconclusiveAndNothingIsSent) {
  resolver_.fail("_mailprobe.target.test");
  const auto result = document(go(wrong));
  EXPECT_TRUE(handler_->messages.empty());
  EXPECT_EQ(result.run.exit, 3);
  EXPECT_THAT(result.run.problem, Optional(HasSubstr("agrees to mail that is wrong on purpose is not known")));
}

TEST_F(RunAgain, WithConsentItIsSentAndTheConsentRecorded) {
  resolver_.txt("_mailprobe.target.test", "mailprobe-consent=probe.test");
  const auto result = document(go(wrong));
  EXPECT_EQ(handler_->messages.size(), 2U);
  EXPECT_EQ(result.target.policies.at("consent"), "mailprobe-consent=probe.test");
}

// --- gone on with ---------------------------------------------------------------------------------------------------

std::string id_of(const std::string& raw) {
  const std::string_view field = "X-Mailprobe-Id: ";
  const auto at = raw.find(field) + field.size();
  return raw.substr(at, raw.find('\r', at) - at);
}

class CutOff : public RunAgain {
 protected:
  /// A run to its end, as a process leaves it that is killed after so many bytes of its journal.
  void leave(std::size_t journal_bytes) {
    fs::remove(directory_ / "evidence.json");
    fs::remove_all(directory_ / "probes");
    for (const auto& [name, text] : kept_) {
      fs::create_directories((directory_ / name).parent_path());
      std::ofstream(directory_ / name) << text;
    }
    std::ofstream(directory_ / "journal.jsonl") << journal_.substr(0, journal_bytes);
  }

  void keep(const std::string& part) {
    for (const auto& file : fs::directory_iterator(directory_ / part))
      kept_[part + "/" + file.path().filename().string()] = test::read_file(file.path());
  }

  std::string journal_;
  std::map<std::string, std::string> kept_;  // files, as they were when it was killed
};

// --- a relay that has enough of us

constexpr auto relay = "192.0.2.5";

/// Takes so many logins.
class Tired : public Choosy {
 public:
  std::optional<Secret> password(std::string_view) override {
    return logins-- > 0 ? std::optional(Secret("pencil")) : std::nullopt;
  }
  int logins = 2;
};

class ByRelay : public CutOff {
 protected:
  ByRelay() {
    Submission submission{.name = "relay", .url = {"smtp", "relay.test", 587}, .user = "user", .secret = {}};
    submission.secret.value = Secret("pencil");
    settings_.submission.emplace("relay", std::move(submission));
    resolver_.a("relay.test", relay);
    network_.serves(relay, tired_, true);
    options_.via = "relay";
  }

  std::shared_ptr<Tired> tired_ = std::make_shared<Tired>();
};

TEST_F(ByRelay, WhatWentOutBeforeALoginWasRefusedIsKeptAndTheRestSentLater) {
  const auto result = document(go(three));
  EXPECT_EQ(tired_->messages.size(), 2U);
  EXPECT_EQ(result.run.exit, 3);
  EXPECT_TRUE(result.run.interrupted);
  EXPECT_THAT(result.run.problem, Optional(HasSubstr("submission server relay: AUTH was refused with 535")));
  ASSERT_EQ(result.probes.size(), 4U);
  EXPECT_EQ(word(result.probes[1].smtp->outcome), "accepted");
  EXPECT_EQ(result.probes[2].smtp->phase, "auth");
  EXPECT_FALSE(result.probes[3].smtp);
  EXPECT_TRUE(fs::exists(directory_ / "evidence.json"));
  tired_->logins = 9;
  options_.resume = directory_.string();
  const auto again = document(go(three));
  EXPECT_FALSE(again.run.interrupted);
  EXPECT_FALSE(again.run.problem);
  std::map<std::string, int> sent;
  for (const auto& raw : tired_->messages) ++sent[id_of(raw)];
  EXPECT_EQ(sent.size(), 4U);
  for (const auto& probe : again.probes) EXPECT_EQ(sent[probe.id], 1) << probe.name;
}

TEST_F(ByRelay, WithNothingSentNothingIsKept) {
  tired_->logins = 0;
  options_.jobs = 3;
  const auto result = go(three);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Failure::usage);
  EXPECT_TRUE(fs::is_empty(folder_.path() / "runs"));
}

/// Gone on with after a refusal that nobody mended: what was kept stays.
TEST_F(ByRelay, ARefusalAgainTakesNothingAway) {
  (void)document(go(three));
  options_.resume = directory_.string();
  const auto again = go(three);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, Failure::usage);
  EXPECT_TRUE(fs::exists(directory_ / "evidence.json"));
}

// --- to each of several servers

class ToEach : public CutOff {
 protected:
  ToEach() {
    options_.each_mx = true;
    publish({mx, other});
    network_.serves(other, other_handler_);
  }

  /// After the first message, to the first server.
  evidence::Document half(const std::string& rest) {
    auto result = document(go(rest));
    journal_ = test::read_file(directory_ / "journal.jsonl");
    keep("raw");
    std::size_t end = journal_.find(R"("event":"reply")");
    end = journal_.find('\n', end) + 1;
    leave(end);
    handler_->messages.clear();
    other_handler_->messages.clear();
    options_.resume = directory_.string();
    return result;
  }

  static constexpr auto other = "192.0.2.7";
  std::shared_ptr<Choosy> other_handler_ = std::make_shared<Choosy>();
};

/// DNS turns the addresses of an answer as it likes.
TEST_F(ToEach, AMessageIsOfItsServerInWhateverOrderDnsNamesThem) {
  const auto before = half("probes: [{name: a, repeat: 2}]\n");
  ASSERT_EQ(before.probes.size(), 4U);
  publish({other, mx});
  const auto again = document(go("probes: [{name: a, repeat: 2}]\n"));
  ASSERT_EQ(again.probes.size(), 4U);
  EXPECT_EQ(handler_->messages.size(), 1U) << "the other one went out before";
  EXPECT_EQ(other_handler_->messages.size(), 2U);
  for (const auto& probe : again.probes) {
    const auto old = std::ranges::find(before.probes, probe.name, &evidence::Probe::name);
    ASSERT_NE(old, before.probes.end()) << probe.name;
    EXPECT_EQ(probe.id, old->id);
    EXPECT_EQ(probe.sent->raw.sha256, old->sent->raw.sha256);
    EXPECT_TRUE(probe.name.ends_with(probe.smtp->address)) << probe.name << " " << probe.smtp->address;
  }
}

TEST_F(ToEach, OfAServerThatDnsNamesNoMoreItIsSaidWhatIsKnown) {
  (void)half("probes: [{name: a, repeat: 2}]\n");
  constexpr auto third = "192.0.2.8";
  network_.serves(third, other_handler_);
  publish({third});
  const auto again = document(go("probes: [{name: a, repeat: 2}]\n"));
  std::map<std::string, std::string> outcomes;
  for (const auto& probe : again.probes)
    outcomes[probe.name] = probe.smtp ? std::string(word(probe.smtp->outcome)) : "none";
  const std::string host = " mx.target.test ";
  EXPECT_EQ(outcomes, (std::map<std::string, std::string>{{"a#1" + host + mx, "accepted"},
                                                          {"a#1" + host + other, "not-sent"},
                                                          {"a#1" + host + third, "accepted"},
                                                          {"a#2" + host + mx, "not-sent"},
                                                          {"a#2" + host + other, "not-sent"},
                                                          {"a#2" + host + third, "accepted"}}));
  EXPECT_TRUE(handler_->messages.empty());
  EXPECT_EQ(other_handler_->messages.size(), 2U);
  std::set<std::string> raws;
  for (const auto& probe : again.probes) EXPECT_TRUE(raws.insert(probe.sent->raw.path.value_or("")).second);
  for (const auto& finding : again.findings)
    if (finding.check.starts_with("path.")) EXPECT_NE(word(finding.verdict), "fail") << finding.summary;
}

/// Whatever the moment: no message goes out twice after its dot, and none is forgotten.
TEST_F(CutOff, AtEveryLineOfItsJournal) {
  for (const bool kept : {false, true}) {
    SCOPED_TRACE(kept ? "with what was kept of each" : "with its journal alone");
    (void)document(go(three));
    journal_ = test::read_file(directory_ / "journal.jsonl");
    keep("raw");
    if (kept) keep("probes");
    for (std::size_t end = 0; end <= journal_.size(); end = journal_.find('\n', end) + 1) {
      const auto lines = read_journal(journal_.substr(0, end));
      if (std::ranges::count(lines, JournalEvent::done, &JournalLine::event) > 0) break;
      leave(std::min(end + 20, journal_.size()));  // the next line is torn
      handler_->messages.clear();
      options_.resume = directory_.string();
      const auto again = document(go(three));
      std::map<std::string, int> sent;
      for (const auto& line : lines)
        if (line.event == JournalEvent::dot) ++sent[line.probe];
      for (const auto& raw : handler_->messages) ++sent[id_of(raw)];
      ASSERT_EQ(again.probes.size(), 4U);
      EXPECT_EQ(sent.size(), 4U) << "after " << lines.size() << " lines";
      for (const auto& probe : again.probes) {
        ASSERT_TRUE(probe.smtp);
        EXPECT_EQ(sent[probe.id], 1) << probe.name << " after " << lines.size()
                                     << " lines: " << probe.smtp->error.value_or("");
        const auto outcome = word(probe.smtp->outcome);
        EXPECT_TRUE(outcome == "accepted" || outcome == "unknown") << outcome;
        EXPECT_TRUE(probe.sent->at) << probe.name;
      }
      for (const auto& finding : again.findings)
        EXPECT_NE(word(finding.verdict), "fail") << finding.check << " " << finding.summary;
      if (end == journal_.size()) break;
    }
    options_.resume.reset();
    kept_.clear();
    handler_->messages.clear();
  }
}

TEST_F(CutOff, WhatIsCompleteIsNotGoneOnWith) {
  (void)document(go(three));
  options_.resume = directory_.string();
  const auto again = go(three);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, Failure::usage);
  EXPECT_NE(again.error().message.find("is complete"), std::string::npos);
  EXPECT_TRUE(fs::exists(directory_ / "evidence.json")) << "nothing of it is taken away";
}

TEST_F(CutOff, AnotherPlanIsRefused) {
  (void)document(go(three));
  journal_ = test::read_file(directory_ / "journal.jsonl");
  leave(0);
  options_.resume = directory_.string();
  const auto again = go("probes: [{name: a}]\n");
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().message.find("had another plan"), std::string::npos) << again.error().message;
}

TEST_F(CutOff, TheSessionThatWasSeenIsRemembered) {
  (void)document(go(three));
  journal_ = test::read_file(directory_ / "journal.jsonl");
  keep("probes");
  leave(journal_.rfind("{\"t\":"));  // all but the line that says that it is done
  options_.resume = directory_.string();
  const auto again = document(go(three));
  for (const auto& probe : again.probes) {
    EXPECT_TRUE(probe.smtp->tls) << probe.name;
    EXPECT_FALSE(probe.smtp->events.empty());
    EXPECT_EQ(word(probe.smtp->outcome), "accepted");
  }
}

// --- places ---------------------------------------------------------------------------------------------------------

Task<void> take_a_turn(Slots& slots, std::vector<int>& order, int number) {
  const bool mine = co_await slots.take();
  if (!mine) co_return;
  order.push_back(number);
  auto pause = test::no_pause(std::chrono::milliseconds(0));
  co_await std::move(pause);
  slots.give();
}

Task<std::vector<int>> turns(std::size_t places) {
  Slots slots(places);
  std::vector<int> order;
  auto tasks = co_await Beside::make();
  for (int i = 0; i < 5; ++i) tasks.start(take_a_turn(slots, order, i));
  co_await tasks.join();
  co_return order;
}

TEST(SlotsTest, InTheOrderInWhichTheyCame) {
  EXPECT_EQ(test::run(turns(1)), (std::vector<int>{0, 1, 2, 3, 4}));
  EXPECT_EQ(test::run(turns(2)), (std::vector<int>{0, 1, 2, 3, 4}));
}

Task<bool> without_a_place() {
  Slots slots(0);
  std::vector<int> order;
  auto tasks = co_await Beside::make();
  tasks.start(take_a_turn(slots, order, 1));
  tasks.cancel();
  co_await tasks.join();
  slots.give();  // to nobody: who was cancelled waits no more
  co_return order.empty() && co_await slots.take();
}

TEST(SlotsTest, WhoIsCancelledHasNone) { EXPECT_TRUE(test::run(without_a_place())); }

}  // namespace
}  // namespace mailprobe::probe
