// Block lists: a list that works is believed, one that refuses or is no more is not.
#include "probe/own_blocklists.h"

#include <gtest/gtest.h>

#include "tests/probe/fixture.h"
#include "tests/support/run.h"

namespace mailprobe::probe {
namespace {

using test::FakeResolver;
using test::ip;

const std::string v6_test =
    "2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.bl.test";  // ::FFFF:7F00:2 (RFC 5782 §5)

class Blocklist : public testing::Test {
 protected:
  Blocklist() { resolver_.a("2.0.0.127.bl.test", "127.0.0.2"); }

  evidence::OwnRecord check(const std::string& source = "192.0.2.10") {
    return test::run(check_blocklist("bl.test", ip(source), resolver_));
  }
  void unclear(Cause cause, const std::string& says) {
    const auto record = check();
    EXPECT_FALSE(record.holds);
    EXPECT_EQ(record.cause, cause);
    EXPECT_NE(record.problem.value_or("").find(says), std::string::npos) << record.problem.value_or("");
  }

  FakeResolver resolver_;
};

TEST_F(Blocklist, ThatWorksAndHasNoEntryHolds) {
  const auto record = check();
  EXPECT_TRUE(record.holds) << record.problem.value_or("");
  EXPECT_EQ(record.what, "blocklist");
  EXPECT_EQ(record.name, "10.2.0.192.bl.test");
  EXPECT_EQ(record.cause, std::nullopt);
}

TEST_F(Blocklist, WhatItListsIsToldWithItsReason) {
  resolver_.a("10.2.0.192.bl.test", "127.0.0.4");
  resolver_.txt("10.2.0.192.bl.test", "see https://bl.test/192.0.2.10");
  const auto record = check();
  EXPECT_FALSE(record.holds);
  EXPECT_EQ(record.cause, std::nullopt);
  EXPECT_EQ(record.problem, "lists 192.0.2.10 (127.0.0.4): see https://bl.test/192.0.2.10");
  EXPECT_EQ(record.found, (std::vector<std::string>{"127.0.0.4", "see https://bl.test/192.0.2.10"}));
}

TEST_F(Blocklist, ThatRefusesIsNotSaidToListUs) {
  FakeResolver fresh;
  for (const auto& [code, cause] : {std::pair{"127.255.255.252", Cause::refused},
                                    {"127.255.255.254", Cause::refused},
                                    {"127.255.255.255", Cause::rate_limited},
                                    {"127.255.255.7", Cause::refused}}) {
    resolver_ = fresh;
    resolver_.a("2.0.0.127.bl.test", code);
    unclear(cause, code);
    resolver_ = fresh;
    resolver_.a("2.0.0.127.bl.test", "127.0.0.2");
    resolver_.a("10.2.0.192.bl.test", code);
    unclear(cause, "refused to answer");
  }
}

TEST_F(Blocklist, ThatIsNoMoreIsNotBelieved) {
  resolver_ = {};
  unclear(Cause::protocol_error, "no test entry 2.0.0.127.bl.test");
  resolver_.a("2.0.0.127.bl.test", "127.0.0.2");
  resolver_.a("1.0.0.127.bl.test", "127.0.0.2");
  unclear(Cause::protocol_error, "lists everybody");
  resolver_ = {};
  resolver_.a("2.0.0.127.bl.test", "203.0.113.1");  // a parked domain
  unclear(Cause::protocol_error, "203.0.113.1, which is no code");
}

TEST_F(Blocklist, ThatCannotBeAskedIsNoFaultOfOurs) {
  resolver_.fail("10.2.0.192.bl.test");
  unclear(Cause::dns_failure, "could not be asked");
  resolver_.heal("10.2.0.192.bl.test");
  resolver_.fail("1.0.0.127.bl.test");
  unclear(Cause::dns_failure, "could not be asked");
  resolver_.fail("2.0.0.127.bl.test");
  unclear(Cause::dns_failure, "could not be asked");
}

TEST_F(Blocklist, OfIpv6HasTestEntriesOfItsOwn) {
  const auto without = check("2001:db8::10");
  EXPECT_EQ(without.cause, Cause::unsupported) << "it lists IPv4 only";
  resolver_.a(v6_test, "127.0.0.2");
  const auto record = check("2001:db8::10");
  EXPECT_TRUE(record.holds) << record.problem.value_or("");
  EXPECT_EQ(record.name, "0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.bl.test");
}

TEST_F(Blocklist, IsNotAskedAboutAnAddressThatOthersDoNotSee) {
  EXPECT_EQ(check("10.0.0.5").cause, Cause::own_limit);
  EXPECT_TRUE(resolver_.asked.empty());
  const auto unasked = unasked_blocklist("bl.test");
  EXPECT_EQ(unasked.cause, Cause::own_limit);
  EXPECT_FALSE(unasked.holds);
}

}  // namespace
}  // namespace mailprobe::probe
