// A copy that comes after the run's own wait: `collect` against the lab finds it and amends the evidence on disk.
#include <boost/asio/this_coro.hpp>

#include "base/encoding.h"
#include "dns/unbound_resolver.h"
#include "evidence/json.h"
#include "probe/collect.h"
#include "probe/planning.h"
#include "scenarios/load.h"
#include "tests/lab/sending.h"
#include "tests/support/conformance.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::lab {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// One run, and what is done with it while its lab is still there.
struct Trial {
  std::string to;
  std::function<void(probe::SendOptions&)> change = [](auto&) {};
  probe::CollectOptions options = {};
  std::function<void(probe::Settings&)> between = [](auto&) {};
  bool interrupted = false;                                        // the run, while it waited
  std::function<void(evidence::Document&)> forget = [](auto&) {};  // as a run that knew less would have written it
  std::vector<scenarios::Scenario> scenarios = {};                 // else what `send` sends
};

class Collect : public testing::Test {
 protected:
  Task<RunResult> attempt(Trial trial) {
    auto lab = need(co_await Lab::start());
    auto settings = settings_for(lab->access(), folder_.path());
    probe::SendOptions options{.to = need(Mailbox::parse(trial.to))};
    trial.change(options);
    const auto resolver = need(dns::unbound_resolver(co_await asio::this_coro::executor, settings.resolver));
    const auto plan = need(trial.scenarios.empty() ? probe::plan(settings, options)
                                                   : probe::plan(settings, options, trial.scenarios));
    auto sent = need(co_await probe::run(settings, plan, options, *resolver, {}));
    sent.document.run.interrupted = trial.interrupted;
    trial.forget(sent.document);
    before_ = sent.document;
    directory_ = sent.directory;
    trial.between(settings);
    auto network = probe::real_network();
    probe::DocumentReader read = [&](const auto&) { return Result<evidence::Document>(sent.document); };
    auto result = co_await probe::collect(settings, std::move(read), directory_, std::move(trial.options), *resolver,
                                          {}, std::move(network));
    lab->stop();
    co_return result;
  }
  RunResult run(Trial trial) { return test::run(attempt(std::move(trial))); }
  [[nodiscard]] std::string on_disk(const std::string& name) const { return test::read_file(directory_ / name); }

  test::TemporaryFolder folder_;
  std::filesystem::path directory_;
  evidence::Document before_;
};

std::string verdict_of(const evidence::Document& document, std::string_view check) {
  for (const auto& finding : document.findings)
    if (finding.check == check) return std::string(word(finding.verdict));
  return "none";
}

TEST_F(Collect, WhatAScenarioExpectsIsJudgedAgain) {
  auto scenario = need(scenarios::load(
      "version: 1\nname: late\nprobes: [{name: plain, expect: [mailbox.folder == INBOX, latency < 30s]}]\n", "f.yaml",
      {}));
  const auto outcome = run({.to = "reflector@target.test",
                            .change =
                                [](auto& options) {
                                  options.no_wait = true;
                                  options.command = "mailprobe run f.yaml";
                                },
                            .scenarios = {std::move(scenario)}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_EQ(before_.expectations.size(), 2U);
  EXPECT_EQ(word(before_.expectations[0].verdict), "inconclusive");
  EXPECT_EQ(before_.run.exit, 3);
  for (const auto& expectation : outcome->document.expectations) EXPECT_EQ(word(expectation.verdict), "pass");
  EXPECT_EQ(outcome->document.run.exit, 0);
}

/// Whoever collects knows that there is one, and not what it is.
TEST_F(Collect, ASecretIsNotShownOfALateCopyEither) {
  const scenarios::Outside outside{
      .given = {}, .environment = [](const std::string&) { return Secret("canary-5f1d"); }, .file = {}};
  auto scenario = need(scenarios::load(
      "version: 1\nname: late\nvariables: {token: {env: TOKEN}}\n"
      "probes: [{name: a, send: {body: \"${token}\"}, expect: [not: dkim.mutation.diff contains canary]}]\n",
      "f.yaml", outside));
  const auto outcome = run({.to = "reflector@footer.test",
                            .change =
                                [](auto& options) {
                                  options.no_wait = true;
                                  options.command = "mailprobe run f.yaml";
                                },
                            .scenarios = {std::move(scenario)}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  const auto& probe = outcome->document.probes.at(0);
  EXPECT_TRUE(probe.secret);
  ASSERT_TRUE(probe.mailbox);
  EXPECT_NE(on_disk(*probe.mailbox->raw.path).find("canary-5f1d"), std::string::npos);
  const auto json = on_disk("evidence.json");
  EXPECT_EQ(json.find("canary-5f1d"), std::string::npos);
  EXPECT_NE(json.find("\"kind\":\"footer-appended\""), std::string::npos);
  EXPECT_EQ(word(outcome->document.expectations.at(0).verdict), "inconclusive");
  EXPECT_EQ(outcome->document.expectations.at(0).found, "not shown: the message holds a secret");
}

TEST_F(Collect, ALateCopyAmendsTheRecord) {
  const auto outcome = run({.to = "reflector@slow.test", .change = [](auto& options) { options.wait = 1ms; }});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(verdict_of(before_, "path.delivered"), "fail");
  EXPECT_EQ(before_.run.exit, 1);
  const auto& document = outcome->document;
  ASSERT_TRUE(document.probes[0].mailbox);
  const auto& copy = *document.probes[0].mailbox;
  EXPECT_TRUE(copy.late);
  EXPECT_EQ(copy.folder, "INBOX");
  EXPECT_EQ(copy.dkim.size(), 4U);
  for (const auto& dkim : copy.dkim) EXPECT_EQ(word(dkim.result), "pass");
  EXPECT_EQ(word(copy.spf->result), "pass");
  EXPECT_EQ(word(*copy.dmarc.result), "pass");
  EXPECT_EQ(verdict_of(document, "path.delivered"), "pass");
  EXPECT_EQ(document.run.exit, 0);
  EXPECT_EQ(document.run.id, before_.run.id);
  EXPECT_GT(document.probes[0].watch->events.size(), before_.probes[0].watch->events.size());
  EXPECT_EQ(on_disk("evidence.json"), evidence::to_json(document));
  EXPECT_NE(on_disk("journal.jsonl").find("\"late\""), std::string::npos);
  EXPECT_EQ(hex(sha256(on_disk(*copy.raw.path))), copy.raw.sha256);
}

TEST_F(Collect, AnInterruptedWaitIsMadeGood) {
  const auto outcome =
      run({.to = "reflector@slow.test", .change = [](auto& options) { options.wait = 1ms; }, .interrupted = true});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_FALSE(outcome->document.run.interrupted);
  EXPECT_EQ(verdict_of(outcome->document, "path.delivered"), "pass");
  EXPECT_EQ(outcome->document.run.exit, 0);
}

TEST_F(Collect, WhatWasNotLookedForIsFoundInTheWholeMailbox) {
  const auto outcome = run({.to = "reflector@target.test", .change = [](auto& options) { options.no_wait = true; }});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(verdict_of(before_, "path.delivered"), "not-tested");
  EXPECT_EQ(verdict_of(outcome->document, "path.delivered"), "pass");
  EXPECT_EQ(outcome->document.run.exit, 0);
}

TEST_F(Collect, ACopyThatStillIsNotThereIsNotFoundWithinTheTimeThatHasPassed) {
  const auto outcome = run({.to = "reflector@slow.test",
                            .change = [](auto& options) { options.wait = 1ms; },
                            .options = {.mailbox = {}, .wait = 1ms},
                            .between = [](auto& settings) { settings.mailboxes.at("lab").folders = {"Junk"}; }});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_FALSE(outcome->document.probes[0].mailbox);
  EXPECT_EQ(verdict_of(outcome->document, "path.delivered"), "fail");
  EXPECT_GE(outcome->document.probes[0].watch->waited_ms, before_.probes[0].watch->waited_ms);
}

// --- what is not to be looked for -----------------------------------------------------------------------------------

scenarios::Scenario scenario_of(std::string_view probes) {
  return need(scenarios::load("version: 1\nname: late\nprobes:\n" + std::string(probes), "f.yaml", {}));
}

void wait_for_nothing(probe::SendOptions& options) {
  options.no_wait = true;
  options.command = "mailprobe run f.yaml";
}

constexpr auto nowhere_of_ours =
    "  - {name: plain, watch: {mailbox: false}}\n"
    "  - {name: back, watch: {mailbox: false, forward: true}}\n";

/// The lab puts them into the very mailbox.
TEST_F(Collect, WhatTheRunWasNotToLookForIsNotLookedFor) {
  const auto outcome =
      run({.to = "reflector@target.test", .change = wait_for_nothing, .scenarios = {scenario_of(nowhere_of_ours)}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_EQ(outcome->document.probes.size(), 2U);
  for (const auto& probe : outcome->document.probes) {
    EXPECT_FALSE(probe.mailbox) << probe.name;
    EXPECT_FALSE(probe.watch) << probe.name;
  }
  EXPECT_EQ(verdict_of(outcome->document, "path.delivered"), "not-tested");
  // Of the other what is forwarded is still missing.
  EXPECT_EQ(probe::missing(outcome->document, directory_, true), 1U);
}

TEST_F(Collect, AMailboxIsNotAskedForWhereNoneIsToBeLookedIn) {
  const auto outcome = run({.to = "reflector@target.test",
                            .change = wait_for_nothing,
                            .between = [](auto& settings) { settings.mailboxes.clear(); },
                            .scenarios = {scenario_of(nowhere_of_ours)}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_TRUE(outcome->stored);
}

TEST_F(Collect, WithEachMxTheProbesOfAPlanAreKnownToo) {
  const auto outcome = run({.to = "reflector@target.test",
                            .change =
                                [](auto& options) {
                                  wait_for_nothing(options);
                                  options.each_mx = true;
                                },
                            .scenarios = {scenario_of("  - {name: plain, watch: {mailbox: false}}\n"
                                                      "  - {name: plain-2}\n")}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_EQ(outcome->document.probes.size(), 2U);
  EXPECT_TRUE(outcome->document.probes[0].name.starts_with("plain mx"));
  EXPECT_FALSE(outcome->document.probes[0].watch);
  EXPECT_TRUE(outcome->document.probes[1].mailbox);
}

TEST_F(Collect, WhereAnOlderPlanDoesNotSayWhatToLookForOnlyWhatIsForwardedIsNotLookedFor) {
  const auto outcome = run({.to = "reflector@target.test",
                            .change = wait_for_nothing,
                            .between = [this](auto&) { std::filesystem::remove(directory_ / "plan.json"); },
                            .scenarios = {scenario_of(nowhere_of_ours)}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_TRUE(outcome->document.probes.at(0).mailbox);
  EXPECT_FALSE(outcome->document.probes.at(1).watch);
}

// --- the second message of one that is smuggled ---------------------------------------------------------------------

constexpr auto smuggled =
    "  - {name: end, send: {end_of_data: lf-dot-lf, dkim: {sign: false}}}\n"
    "  - {name: plain, control_of: end, send: {dkim: {sign: false}}}\n";

void smuggle(probe::SendOptions& options) {
  options.intrusive = true;
  options.command = "mailprobe run f.yaml --intrusive";
}

void smuggle_and_leave(probe::SendOptions& options) {
  smuggle(options);
  options.no_wait = true;
}

/// Verdict and words.
std::string smuggling_of(const evidence::Document& document) {
  for (const auto& finding : document.findings)
    if (finding.check == "inbound.smuggling") return std::string(word(finding.verdict)) + ": " + finding.summary;
  return "none";
}

/// As though the run had been cut short before it looked, and an inner server took the second for a message.
void forget_second(evidence::Document& document) {
  auto& smuggling = *document.probes.at(0).smuggling;
  smuggling.replies.clear();
  smuggling.whole.reset();
  smuggling.folder.reset();
  smuggling.raw.reset();
  smuggling.completed = false;
}

struct SecondRow {
  std::string_view name, to;
  std::optional<bool> whole;
  bool own;  // it comes as a message of its own
};

class CollectSmuggled : public Collect, public testing::WithParamInterface<SecondRow> {
 protected:
  void is_known(const evidence::Document& document) const {
    ASSERT_EQ(document.probes.size(), 2U);
    const auto& smuggling = *document.probes[0].smuggling;
    EXPECT_TRUE(smuggling.completed);
    EXPECT_EQ(smuggling.whole, GetParam().whole);
    ASSERT_EQ(smuggling.raw.has_value(), GetParam().own);
    EXPECT_EQ(smuggling.folder.has_value(), GetParam().own);
    if (smuggling.raw) EXPECT_NE(on_disk(smuggling.raw->path.value()).find(smuggling.id), std::string::npos);
    EXPECT_EQ(probe::missing(document, directory_, true), 0U);
  }
};

TEST_P(CollectSmuggled, TheSecondMessageIsLookedForAsTheRunDoes) {
  const std::string to(GetParam().to);
  const auto late = run({.to = to,
                         .change = smuggle_and_leave,
                         .options = {.mailbox = {}, .wait = {}, .delete_copy = true},
                         .scenarios = {scenario_of(smuggled)}});
  ASSERT_TRUE(late) << late.error().message;
  EXPECT_FALSE(before_.probes.at(0).smuggling->completed);
  is_known(late->document);
  EXPECT_TRUE(late->document.probes[0].watch->deleted);
  ASSERT_TRUE(run({.to = to, .change = smuggle, .scenarios = {scenario_of(smuggled)}}));
  EXPECT_EQ(smuggling_of(late->document), smuggling_of(before_));
}

TEST_P(CollectSmuggled, TheSecondMessageIsLookedForWhereTheFirstWasFoundBefore) {
  const auto outcome = run({.to = std::string(GetParam().to),
                            .change = smuggle,
                            .forget = forget_second,
                            .scenarios = {scenario_of(smuggled)}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_TRUE(before_.probes.at(0).mailbox);
  is_known(outcome->document);
  EXPECT_FALSE(outcome->document.probes[0].mailbox->late);
  EXPECT_EQ(verdict_of(outcome->document, "inbound.smuggling"), GetParam().own ? "fail" : "pass");
}

INSTANTIATE_TEST_SUITE_P(Lab, CollectSmuggled,
                         testing::Values(SecondRow{"whole", "reflector@patient.test", true, false},
                                         SecondRow{"apart", "reflector@smuggled.test", false, true}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_F(Collect, ASecondMessageThatIsNotThereIsLookedForUntilTheTimeIsOver) {
  const auto outcome = run({.to = "reflector@smuggled.test",
                            .change = smuggle,
                            .options = {.mailbox = {}, .wait = 1ms},
                            .between = [](auto& settings) { settings.mailboxes.at("lab").folders = {"Junk"}; },
                            .forget = forget_second,
                            .scenarios = {scenario_of(smuggled)}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  const auto& smuggling = *outcome->document.probes.at(0).smuggling;
  EXPECT_TRUE(smuggling.completed);
  EXPECT_EQ(smuggling.whole, false);
  EXPECT_FALSE(smuggling.raw);
  EXPECT_EQ(verdict_of(outcome->document, "inbound.smuggling"), "warn");
}

TEST_F(Collect, ASecondMessageThatCannotBeLookedForStaysMissing) {
  std::string written;
  const auto outcome = run({.to = "reflector@smuggled.test",
                            .change = smuggle,
                            .between =
                                [&](auto& settings) {
                                  settings.mailboxes.at("lab").url.port = 1;
                                  written = on_disk("evidence.json");
                                },
                            .forget = forget_second,
                            .scenarios = {scenario_of(smuggled)}});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(on_disk("evidence.json"), written);
  EXPECT_EQ(probe::missing(before_, directory_, true), 1U);
}

TEST_F(Collect, AMailboxThatCannotBeReachedLeavesTheEvidenceAsItWas) {
  const auto outcome = run({.to = "reflector@slow.test",
                            .change = [](auto& options) { options.wait = 1ms; },
                            .between = [](probe::Settings& settings) { settings.mailboxes.at("lab").url.port = 1; }});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, Failure::ours);
  EXPECT_EQ(outcome.error().cause, Cause::unreachable);
  EXPECT_EQ(on_disk("evidence.json"), evidence::to_json(before_));
}

TEST_F(Collect, ARunThatWaitsForNothingStaysAsItIs) {
  const auto outcome = run({.to = "reflector@reject.test"});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(evidence::to_json(outcome->document), evidence::to_json(before_));
}

TEST_F(Collect, ARunWithoutAnyMailboxHasNowhereToLook) {
  const auto outcome = run({.to = "reflector@target.test",
                            .change = [](auto& options) { options.no_wait = true; },
                            .between = [](probe::Settings& settings) { settings.mailboxes.clear(); }});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, Failure::usage);
}

}  // namespace
}  // namespace mailprobe::lab
