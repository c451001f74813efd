// Manners: how often whom, over all processes. The clock is the test's.
#include <gtest/gtest.h>

#include "probe/sending_limits.h"
#include "tests/probe/fixture.h"
#include "tests/support/conformance.h"

namespace mailprobe::probe {
namespace {

using namespace std::chrono_literals;
using test::TemporaryFolder;

const Time start = *parse_rfc3339("2026-01-31T12:00:00Z");

Permit value(const Result<Permit>& permit) {
  EXPECT_TRUE(permit) << permit.error().message;
  return permit.value_or(Permit{});
}

TEST(SendingLimits, ABurstOfTenAProviderThenTheRate) {
  const TemporaryFolder folder;
  const SendingLimits limits(folder.path(), {});
  for (int i = 0; i < 10; ++i)
    EXPECT_TRUE(value(limits.connection("mx" + std::to_string(i) + ".example.net", start)).granted);
  const auto refused = value(limits.connection("mx.example.net", start));
  EXPECT_FALSE(refused.granted);
  EXPECT_EQ(refused.wait, 30s);  // two a minute
  EXPECT_NE(refused.why.find("2 connections a minute to example.net"), std::string::npos) << refused.why;
  EXPECT_TRUE(value(limits.connection("mx.example.org", start)).granted);  // another provider
  EXPECT_FALSE(value(limits.connection("mx.example.net", start + 29s)).granted);
  EXPECT_TRUE(value(limits.connection("mx.example.net", start + 30s)).granted);
  EXPECT_FALSE(value(limits.connection("mx.example.net", start + 31s)).granted);
  EXPECT_TRUE(value(limits.connection("mx.example.net", start + 10min)).granted);
}

TEST(SendingLimits, OtherProcessesCountToo) {
  const TemporaryFolder folder;
  const Limits two_a_day{.per_day_per_recipient = 2};
  EXPECT_TRUE(value(SendingLimits(folder.path(), two_a_day).message("To@Target.test", start)).granted);
  EXPECT_TRUE(value(SendingLimits(folder.path(), two_a_day).message("to@target.test", start)).granted);
  const auto third = value(SendingLimits(folder.path(), two_a_day).message("to@target.test", start + 23h));
  EXPECT_FALSE(third.granted);
  EXPECT_EQ(third.wait, 0ms);
  EXPECT_NE(third.why.find("2 messages a day"), std::string::npos);
  EXPECT_TRUE(value(SendingLimits(folder.path(), two_a_day).message("to@target.test", start + 25h)).granted);
}

TEST(SendingLimits, ThreeRefusalsInARowAreEnough) {
  const TemporaryFolder folder;
  const SendingLimits limits(folder.path(), {});
  const auto answered = [&](bool refused) { EXPECT_TRUE(limits.recipient_answered("to@target.test", refused, start)); };
  answered(true), answered(true), answered(false);  // not in a row
  answered(true), answered(true);
  EXPECT_TRUE(value(limits.message("to@target.test", start)).granted);
  answered(true);
  const auto refused = value(limits.message("to@target.test", start));
  EXPECT_FALSE(refused.granted);
  EXPECT_NE(refused.why.find("mailprobe suppress remove"), std::string::npos);  // how to lift it
  EXPECT_TRUE(value(limits.message("other@target.test", start)).granted);
}

TEST(SendingLimits, OneConnectionAProviderAtATime) {
  const TemporaryFolder folder;
  const SendingLimits limits(folder.path(), {});
  {
    const auto held = limits.place("mx1.example.net");
    ASSERT_TRUE(held);
    EXPECT_GE(held->descriptor(), 0);
    EXPECT_LT(limits.place("mx2.example.net")->descriptor(), 0);
    EXPECT_GE(limits.place("mx.example.org")->descriptor(), 0);
  }
  EXPECT_GE(limits.place("mx2.example.net")->descriptor(), 0);
}

TEST(SendingLimits, ADamagedStateIsNotOverwritten) {
  const TemporaryFolder folder;
  test::write_file(folder.path() / "limits.json", "{\"recipients\": ");
  const auto permit = SendingLimits(folder.path(), {}).message("to@target.test", start);
  ASSERT_FALSE(permit);
  EXPECT_NE(permit.error().message.find("limits.json"), std::string::npos);
  EXPECT_EQ(test::read_file(folder.path() / "limits.json"), "{\"recipients\": ");
}

TEST(SendingLimits, StateOfAnotherShapeIsNoCrash) {
  const TemporaryFolder folder;
  test::write_file(folder.path() / "limits.json",
                   R"({"recipients": [], "providers": {"example.net": 3, "x": {"at": "y"}}, "refusals": null})");
  const SendingLimits limits(folder.path(), {});
  EXPECT_TRUE(value(limits.message("to@target.test", start)).granted);
  EXPECT_TRUE(value(limits.connection("mx.example.net", start)).granted);
}

TEST(SendingLimits, WhatIsLongAgoIsForgotten) {
  const TemporaryFolder folder;
  const SendingLimits limits(folder.path(), {});
  for (int i = 0; i < 50; ++i)
    EXPECT_TRUE(value(limits.message("a" + std::to_string(i) + "@target.test", start)).granted);
  EXPECT_TRUE(value(limits.message("b@target.test", start + 48h)).granted);
  EXPECT_EQ(test::read_file(folder.path() / "limits.json").find("a1@target.test"), std::string::npos);
}

TEST(SendingLimits, ProvidersAreRegistrableDomains) {
  EXPECT_EQ(provider_of("alt1.gmail-smtp-in.L.google.com"), "google.com");
  EXPECT_EQ(provider_of("mx.example.co.uk"), "example.co.uk");
  EXPECT_EQ(provider_of("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(provider_of("localhost"), "localhost");
}

}  // namespace
}  // namespace mailprobe::probe
