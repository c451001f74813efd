// From scenarios to the list of probes: names, repeats, what cannot be sent as it is asked for, with its place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/planning.h"
#include "probe/signing.h"
#include "tests/probe/fixture.h"
#include "tests/scenarios/loaded.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::probe {
namespace {

class ScenarioPlanning : public testing::Test {
 protected:
  Result<scenarios::Plan> planned(const std::vector<std::string>& texts) {
    std::vector<scenarios::Scenario> all;
    for (const auto& text : texts) {
      auto scenario = scenarios::load(text, "f.yaml", scenarios::outside());
      if (!scenario) throw std::runtime_error(scenario.error().message);
      all.push_back(std::move(*scenario));
    }
    return plan(settings_, options_, all);
  }
  scenarios::Plan good(const std::vector<std::string>& texts) {
    auto made = planned(texts);
    EXPECT_TRUE(made) << made.error().message;
    return made ? std::move(*made) : scenarios::Plan{};
  }
  std::string wrong(const std::string& rest) {
    const auto made = planned({scenarios::whole(rest)});
    return made ? "none" : made.error().message;
  }

  test::TemporaryFolder folder_;
  Settings settings_ = test::settings(folder_.path());
  SendOptions options_ = test::options("reflector@target.test");
};

TEST_F(ScenarioPlanning, RepeatsAreNumbered) {
  const auto made = good({scenarios::whole("probes: [{name: a, repeat: 2}, {name: b, control_of: a}]\n")});
  ASSERT_EQ(made.probes.size(), 3U);
  EXPECT_EQ(made.probes[0].name, "a#1");
  EXPECT_EQ(made.probes[1].name, "a#2");
  EXPECT_EQ(made.probes[2].name, "b");
  EXPECT_EQ(made.probes[2].control_of, "a");
  EXPECT_EQ(made.scenario, "daily");
  EXPECT_EQ(made.probes[0].to, "reflector@target.test");
}

/// And no plan prints it.
TEST_F(ScenarioPlanning, SaysWhichMessagesHoldASecret) {
  const auto made = good({scenarios::whole("variables: {t: {env: TOKEN}}\n"
                                           "probes:\n"
                                           "  - {name: a, repeat: 2, send: {body: \"${t}\"}}\n"
                                           "  - {name: b, send: {body: plain}}\n"),
                          "version: 1\nname: other\nprobes: [{name: c}]\n"});
  std::vector<bool> secret;
  secret.reserve(made.probes.size());
  for (const auto& probe : made.probes) secret.push_back(probe.secret);
  EXPECT_EQ(secret, (std::vector<bool>{true, true, false, false}));
  ASSERT_EQ(made.secrets.size(), 1U);
  EXPECT_EQ(made.secrets[0].reveal(), "s3cret-token");
  EXPECT_THAT(to_text(made), ::testing::HasSubstr("secret    in the message: nothing of it is shown"));
  EXPECT_THAT(to_text(made) + to_json(made), ::testing::Not(::testing::HasSubstr("s3cret-token")));
}

TEST_F(ScenarioPlanning, OfSeveralScenariosTheNamesBeginWithTheirs) {
  const auto made =
      good({"version: 1\nname: one\nprobes: [{name: a, expect: [\"max(latency, a) < 9s\"]}]\nexpect: "
            "[p95(latency) < 30s]\n",
            "version: 1\nname: two\nprobes: [{name: a}, {name: b, control_of: a}]\n"});
  EXPECT_EQ(made.scenario, "one, two");
  EXPECT_EQ(made.probes.at(0).name, "one:a");
  EXPECT_EQ(made.probes.at(0).expect.at(0), "max(latency, one:a) < 9s");
  EXPECT_EQ(made.probes.at(2).control_of, "two:a");
  EXPECT_EQ(made.expect, std::vector<std::string>{"p95(latency, one:) < 30s"});
}

TEST_F(ScenarioPlanning, SaysWhoWatches) {
  const auto made =
      good({scenarios::whole("probes:\n  - {name: a, watch: {dns: false, folders: [Quarantine]}}\n  - {name: b, send: "
                             "{extensions: [dsn]}}\n")});
  EXPECT_FALSE(made.probes.at(0).dns);
  EXPECT_EQ(made.probes.at(0).folders, std::vector<std::string>{"Quarantine"});
  EXPECT_FALSE(made.probes.at(0).dsn);
  EXPECT_TRUE(made.probes.at(1).dns);
  EXPECT_TRUE(made.probes.at(1).dsn);
}

TEST_F(ScenarioPlanning, NothingIsLookedForInAnothersMailbox) {
  settings_.mailboxes = {{"own", test::account("own", "reflector@target.test")},
                         {"other", test::account("other", "anne@target.test")}};
  const auto to = [](const std::string& rest) { return "probes: [{name: a, send: {to: " + rest + "]\n"; };
  EXPECT_THAT(wrong(to("anne@target.test}}")), testing::HasSubstr("whose mailbox is \"other\""));
  EXPECT_THAT(wrong(to("bert@target.test}}")), testing::HasSubstr("say which with --mailbox"));
  EXPECT_EQ(wrong(to("anne@target.test}, watch: {mailbox: false}}")), "none");
  EXPECT_EQ(wrong(to("reflector@target.test}}")), "none");
  options_.mailbox = "other";  // aliases of one mailbox
  EXPECT_EQ(wrong(to("bert@target.test}}")), "none");
  settings_.mailboxes.erase("other");
  options_.mailbox.reset();
  EXPECT_EQ(wrong(to("anne@target.test}}")), "none") << "there is one mailbox, whatever its address";
}

TEST_F(ScenarioPlanning, SaysWhatASignatureWillBe) {
  const auto made = good({scenarios::whole(
      "probes:\n  - name: a\n    send: {dkim: {keys: [r1], canonicalization: [simple/relaxed], fault: "
      "unknown-selector}}\n  - {name: b, control_of: a}\n  - {name: c, send: {dkim: {sign: false}}}\n")});
  EXPECT_EQ(made.probes.at(0).signatures, std::vector<std::string>{"unknown-r1 rsa-sha256 simple/relaxed"});
  EXPECT_TRUE(made.probes.at(2).signatures.empty());
}

TEST_F(ScenarioPlanning, WhatIsExpectedOfAllIsExpectedOfEach) {
  const auto made =
      good({"version: 1\nname: one\nprobes: [{name: a, expect: [smtp exists]}, {name: b, repeat: 2}]\n"
            "expect: [mailbox exists, p95(latency) < 30s, published.mx == pass, "
            "\"any(published.dane == pass, inbound.dane == pass)\"]\n",
            "version: 1\nname: two\nprobes: [{name: a}]\n"});
  ASSERT_EQ(made.probes.size(), 4U);
  const std::string any = "any(published.dane == pass, inbound.dane == pass)";
  EXPECT_EQ(made.probes[0].expect, (std::vector<std::string>{"smtp exists", "mailbox exists", any}));
  EXPECT_EQ(made.probes[2].name, "one:b#2");
  EXPECT_EQ(made.probes[2].expect, (std::vector<std::string>{"mailbox exists", any}));
  EXPECT_TRUE(made.probes[3].expect.empty()) << "of another file";
  EXPECT_EQ(made.expect, (std::vector<std::string>{"p95(latency, one:) < 30s", "published.mx == pass"}));
}

TEST_F(ScenarioPlanning, OfOurSignaturesOnlyThoseThatAreSent) {
  const auto expecting = [](const std::string& line, const std::string& send = "{}") {
    return "probes:\n  - name: a\n    send: " + send + "\n    expect:\n      - " + line + "\n";
  };
  EXPECT_EQ(wrong(expecting("dkim[r1].result == pass")), "none");
  EXPECT_EQ(wrong(expecting("dkim[\"r1 simple/simple\"].result == pass")), "none");
  EXPECT_EQ(wrong(expecting("dkim[probe].result == pass")), "none") << "the witness's";
  EXPECT_EQ(wrong(expecting("mailbox.dkim[s1].result == pass")), "none") << "the target's own";
  EXPECT_EQ(wrong(expecting("not: dkim[unknown-r1].result == pass", "{dkim: {fault: unknown-selector}}") +
                  "  - {name: b, control_of: a}\n"),
            "none");
  EXPECT_NE(wrong(expecting("dkim[typo].result != pass"))
                .find("f.yaml:7:9: expectation \"dkim[typo].result\": no "
                      "signature of \"typo\" is sent: there are r1"),
            std::string::npos);
  EXPECT_NE(wrong(expecting("dkim[e1].result == pass", "{dkim: {keys: [r1]}}")).find("there are r1"),
            std::string::npos);
  EXPECT_NE(wrong("probes: [{name: a}]\nexpect: [\"dkim[typo].result == pass\"]\n").find("f.yaml:4:10: expectation"),
            std::string::npos);
}

constexpr std::string_view with_weak_key =
    "probes:\n  - {name: a, matrix: {f: [expired, weak-key]}, send: {dkim: {fault: \"${f}\"}}}\n"
    "  - {name: b, control_of: a}\n";

TEST_F(ScenarioPlanning, AWeakKeyIsLeftOutWithoutADomainOfItsOwn) {
  const auto made = good({scenarios::whole(std::string(with_weak_key))});
  ASSERT_EQ(made.probes.size(), 2U);
  ASSERT_EQ(made.left_out.size(), 1U);
  EXPECT_EQ(made.left_out[0].probe, "a/weak-key");
  EXPECT_EQ(made.left_out[0].check, "inbound.dkim-evaluated");
  EXPECT_NE(made.left_out[0].why.find("receiver.dns.weak_domain"), std::string::npos);
  EXPECT_NE(to_text(made).find("left out: a/weak-key; "), std::string::npos);
}

TEST_F(ScenarioPlanning, AReportIsLeftOutWithoutAReceiver) {
  const auto made = good(
      {scenarios::whole("probes:\n  - {name: a, send: {extensions: [dsn]}, watch: {reply: true}}\n  - {name: b}\n")});
  ASSERT_EQ(made.probes.size(), 1U);
  ASSERT_EQ(made.left_out.size(), 1U);
  EXPECT_EQ(made.left_out[0].check, "inbound.dsn");
}

TEST_F(ScenarioPlanning, AWeakKeySignsInADomainOfItsOwn) {
  settings_.receiver.dns.weak_domain = "weak.test";
  const auto made = good({scenarios::whole(std::string(with_weak_key))});
  ASSERT_EQ(made.probes.size(), 3U);
  EXPECT_TRUE(made.left_out.empty());
  EXPECT_EQ(made.probes[1].signatures, std::vector<std::string>{"a key of 512 bits in weak.test"});
}

TEST_F(ScenarioPlanning, WhereNothingIsLeftNothingRuns) {
  auto scenario = scenarios::load(scenarios::whole(std::string(with_weak_key)), "f.yaml", scenarios::outside());
  ASSERT_TRUE(scenario);
  std::erase_if(scenario->probes, [](const auto& probe) { return probe.name != "a/weak-key"; });
  const auto none = plan(settings_, options_, std::span(&*scenario, 1));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, Failure::usage);
  EXPECT_NE(none.error().message.find("nothing is left to send: probe 'a/weak-key'"), std::string::npos);
}

TEST_F(ScenarioPlanning, WhatDoesNotFitIsToldWithItsPlace) {
  EXPECT_EQ(wrong("probes:\n  - name: a\n    send: {identity: nobody}\n"),
            "f.yaml:4:5: probe 'a': there is no identity 'nobody'; configured: default");
  EXPECT_NE(wrong("probes: [{name: a, send: {to: x@elsewhere.test}}]\n").find("one run is about one domain"),
            std::string::npos);
  EXPECT_NE(wrong("probes: [{name: a, send: {to: nobody}}]\n").find("is no mail address"), std::string::npos);
  EXPECT_NE(wrong("probes: [{name: a, send: {dkim: {keys: [x9]}}}]\n").find("has no key \"x9\": it has r1 or e1"),
            std::string::npos);
  EXPECT_NE(wrong("probes: [{name: a, watch: {reply: true}}]\n").find("needs a receiver"), std::string::npos);
  options_.ipv4_only = true;
  EXPECT_NE(wrong("probes: [{name: a, send: {family: ipv6}}]\n").find("leave out -4 and -6"), std::string::npos);
  options_.server = {"mx.test", 25};
  EXPECT_NE(wrong("probes: [{name: a, send: {tls: sts}}]\n").find("not with --server"), std::string::npos);
}

}  // namespace
}  // namespace mailprobe::probe
