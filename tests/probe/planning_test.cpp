// From settings and request to the plan, and what a user is told where it cannot be made.
#include <gtest/gtest.h>

#include "probe/planning.h"
#include "tests/probe/fixture.h"

namespace mailprobe::probe {
namespace {

Settings two_of_each() {
  auto settings = test::settings("/nowhere");
  auto other = test::identity();
  other.name = "other";
  settings.identities.emplace("other", other);
  settings.mailboxes.emplace("first", test::account("first", "one@target.test"));
  settings.mailboxes.emplace("second", test::account("second", "two@target.test"));
  settings.submission.emplace("relay", Submission{.name = "relay", .url = {"smtp", "relay.test", 587}, .secret = {}});
  return settings;
}

TEST(Planning, AnAnswerIsAWitness) {
  auto settings = test::settings("/nowhere");
  settings.receiver.listen = {{*IpAddress::parse("127.0.0.1"), 25}};
  auto options = test::options();
  options.reply = true;
  const auto plan = probe::plan(settings, options);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->probes.front().witnesses.back(), "reply");
}

TEST(Planning, SaysWhatWillBeDone) {
  const auto plan = probe::plan(test::settings("/nowhere"), test::options());
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->target, "target.test");
  ASSERT_EQ(plan->probes.size(), 1U);
  const auto& probe = plan->probes.front();
  EXPECT_EQ(probe.name, "default");
  EXPECT_EQ(probe.identity, "default");
  EXPECT_EQ(probe.from, "probe@probe.test");
  EXPECT_EQ(probe.to, "to@target.test");
  EXPECT_EQ(probe.signatures, (std::vector<std::string>{"r1 rsa-sha256 relaxed/relaxed", "r1 rsa-sha256 simple/simple",
                                                        "e1 ed25519-sha256 relaxed/relaxed"}));
  EXPECT_EQ(probe.witnesses, std::vector<std::string>{"smtp"});
  EXPECT_EQ(probe.mailbox, std::nullopt);
}

struct Choice {
  std::string_view name;
  void (*change)(Settings&, SendOptions&);
  std::optional<std::string> mailbox;
};

void nothing(Settings&, SendOptions&) {}

const Choice choices[] = {
    {"by_address", [](Settings&, SendOptions& o) { o.to = test::mailbox("two@TARGET.test"); }, "second"},
    {"by_name", [](Settings&, SendOptions& o) { o.mailbox = "first"; }, "first"},
    {"none_when_not_waiting", [](Settings&, SendOptions& o) { o.no_wait = true; }, std::nullopt},
    {"the_only_one", [](Settings& s, SendOptions&) { s.mailboxes.erase("second"); }, "first"},
    {"none_configured", [](Settings& s, SendOptions&) { s.mailboxes.clear(); }, std::nullopt},
};

class PlanningMailbox : public testing::TestWithParam<Choice> {};

TEST_P(PlanningMailbox, IsChosen) {
  auto settings = two_of_each();
  auto options = test::options();
  GetParam().change(settings, options);
  const auto plan = probe::plan(settings, options);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->probes.front().mailbox, GetParam().mailbox);
  EXPECT_EQ(plan->probes.front().witnesses.size(), GetParam().mailbox ? 2U : 1U);
}

INSTANTIATE_TEST_SUITE_P(Choices, PlanningMailbox, testing::ValuesIn(choices),
                         [](const auto& row) { return std::string(row.param.name); });

struct Refusal {
  std::string_view name;
  void (*change)(Settings&, SendOptions&);
  std::string_view words;
};

const Refusal refusals[] = {
    {"no_identity", [](Settings& s, SendOptions&) { s.identities.clear(); }, "no identity"},
    {"unknown_identity", [](Settings&, SendOptions& o) { o.identity = "x"; }, "configured: default, other"},
    {"several_identities",
     [](Settings& s, SendOptions&) {
       s.identities.emplace("third", s.identities.at("other"));
       s.identities.erase("default");
     },
     "--identity"},
    {"unknown_mailbox", [](Settings&, SendOptions& o) { o.mailbox = "x"; }, "configured: first, second"},
    {"several_mailboxes", nothing, "say which with --mailbox"},
    {"unknown_relay", [](Settings&, SendOptions& o) { o.via = "x"; }, "configured: relay"},
    {"via_and_server", [](Settings&, SendOptions& o) { o.via = "relay", o.server = {"mx", 25}; }, "exclude"},
    {"each_mx_and_via", [](Settings&, SendOptions& o) { o.via = "relay", o.each_mx = true; }, "--each-mx"},
    {"both_families", [](Settings&, SendOptions& o) { o.ipv4_only = o.ipv6_only = true; }, "-4 and -6"},
    {"source_of_the_other_family",
     [](Settings&, SendOptions& o) { o.ipv6_only = true, o.source_ip = test::ip("192.0.2.1"); }, "family"},
    {"reply_without_a_receiver", [](Settings&, SendOptions& o) { o.reply = true; }, "--reply needs a receiver"},
    {"mailbox_without_waiting", [](Settings&, SendOptions& o) { o.no_wait = true, o.mailbox = "first"; }, "--no-wait"},
    {"floor_dane_and_via", [](Settings&, SendOptions& o) { o.via = "relay", o.floor = TlsFloor::dane; }, "--via"},
    {"floor_sts_and_via", [](Settings&, SendOptions& o) { o.via = "relay", o.floor = TlsFloor::sts; }, "--via"},
    {"floor_sts_and_server", [](Settings&, SendOptions& o) { o.server = {"mx", 25}, o.floor = TlsFloor::sts; },
     "--server"},
    {"no_helo", [](Settings& s, SendOptions& o) { s.helo.clear(), o.mailbox = "first"; }, "helo"},
};

class PlanningRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(PlanningRefusal, IsAUsageErrorThatNamesWhatThereIs) {
  auto settings = two_of_each();
  auto options = test::options();
  GetParam().change(settings, options);
  const auto plan = probe::plan(settings, options);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, Failure::usage);
  EXPECT_NE(plan.error().message.find(GetParam().words), std::string::npos) << plan.error().message;
}

INSTANTIATE_TEST_SUITE_P(Refusals, PlanningRefusal, testing::ValuesIn(refusals),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace mailprobe::probe
