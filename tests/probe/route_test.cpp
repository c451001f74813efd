// Where mail goes, for every shape that DNS can give it. A failure is never absence.
#include <gtest/gtest.h>

#include "auth/spf_record.h"
#include "base/text.h"
#include "probe/policies.h"
#include "probe/route.h"
#include "tests/probe/fixture.h"
#include "tests/support/run.h"

namespace mailprobe::probe {
namespace {

using evidence::MxShape;
using test::FakeResolver;

/// "10 mx1.target.test 192.0.2.1 2001:db8::1" a host.
std::vector<std::string> hosts_of(const evidence::Target& target) {
  std::vector<std::string> lines;
  for (const auto& host : target.mx) {
    auto line = std::to_string(host.preference) + " " + host.host;
    for (const auto& address : host.addresses) line += " " + address.ip;
    lines.push_back(std::move(line));
  }
  return lines;
}

using Lines = std::vector<std::string>;

struct Row {
  std::string_view name;
  void (*zone)(FakeResolver&);
  MxShape shape;
  Lines hosts = {};
  std::optional<Cause> cause = {};
  std::string_view problem = {};       // in the target's
  std::string_view host_problem = {};  // in the first host's
};

const Row rows[] = {
    {"by_preference",
     [](FakeResolver& r) {
       r.mx("target.test", 20, "b.target.test");
       r.mx("target.test", 10, "a.target.test");
       r.a("a.target.test", "192.0.2.1");
       r.a("a.target.test", "192.0.2.2");
       r.a("a.target.test", "2001:db8::1");
       r.a("b.target.test", "192.0.2.3");
     },
     MxShape::mx,
     {"10 a.target.test 192.0.2.1 192.0.2.2 2001:db8::1", "20 b.target.test 192.0.2.3"}},
    {"mx_is_localhost",
     [](FakeResolver& r) { r.mx("target.test", 10, "LocalHost"), r.a("localhost", "127.0.0.1"); },
     MxShape::mx,
     {"10 localhost 127.0.0.1"},
     {},
     {},
     "RFC 6761"},
    {"null_mx", [](FakeResolver& r) { r.mx("target.test", 0, "."); }, MxShape::null_mx, {}, {}, "takes no mail"},
    {"null_mx_beside_others",
     [](FakeResolver& r) {
       r.mx("target.test", 0, ".");
       r.mx("target.test", 10, "a.target.test");
       r.a("a.target.test", "192.0.2.1");
     },
     MxShape::mx,
     {"10 a.target.test 192.0.2.1"},
     {},
     "null MX"},
    {"implicit",
     [](FakeResolver& r) { r.a("target.test", "192.0.2.1"); },
     MxShape::implicit,
     {"0 target.test 192.0.2.1"}},
    {"implicit_by_ipv6",
     [](FakeResolver& r) { r.a("target.test", "2001:db8::1"); },
     MxShape::implicit,
     {"0 target.test 2001:db8::1"}},
    {"neither_mx_nor_address", [](FakeResolver& r) { r.empty("target.test"); }, MxShape::none, {}, {}, "neither"},
    {"no_domain", [](FakeResolver&) {}, MxShape::nxdomain, {}, {}, "NXDOMAIN"},
    {"servfail",
     [](FakeResolver& r) { r.a("target.test", "192.0.2.1"), r.fail("target.test"); },
     MxShape::failed,
     {},
     Cause::dns_failure,
     "SERVFAIL"},
    {"timeout",
     [](FakeResolver& r) { r.fail("target.test", dns::Status::timeout); },
     MxShape::failed,
     {},
     Cause::timed_out,
     "no answer in time"},
    {"bogus_is_not_absent",
     [](FakeResolver& r) { r.a("target.test", "192.0.2.1"), r.bogus("target.test"); },
     MxShape::failed,
     {},
     Cause::bogus,
     "bogus"},
    {"alias",
     [](FakeResolver& r) {
       r.mx("target.test", 10, "a.target.test");
       r.cname("a.target.test", "real.target.test");
       r.a("real.target.test", "192.0.2.1");
     },
     MxShape::mx,
     {"10 a.target.test 192.0.2.1"},
     {},
     {},
     "alias (CNAME) of real.target.test"},
    {"dangling",
     [](FakeResolver& r) { r.mx("target.test", 10, "gone.target.test"); },
     MxShape::mx,
     {"10 gone.target.test"},
     {},
     {},
     "does not exist"},
    {"host_without_address",
     [](FakeResolver& r) { r.mx("target.test", 10, "a.target.test"), r.empty("a.target.test"); },
     MxShape::mx,
     {"10 a.target.test"},
     {},
     {},
     "has no address"},
    {"host_bogus",
     [](FakeResolver& r) {
       r.mx("target.test", 10, "a.target.test");
       r.a("a.target.test", "192.0.2.1");
       r.bogus("a.target.test");
     },
     MxShape::mx,
     {"10 a.target.test"},
     {},
     {},
     "A: bogus (DNSSEC): the signature does not verify; AAAA: bogus"},
    {"host_servfail",
     [](FakeResolver& r) { r.mx("target.test", 10, "a.target.test"), r.fail("a.target.test"); },
     MxShape::mx,
     {"10 a.target.test"},
     {},
     {},
     "SERVFAIL"},
    {"mx_names_an_address",
     [](FakeResolver& r) { r.mx("target.test", 10, "192.0.2.1"); },
     MxShape::mx,
     {"10 192.0.2.1 192.0.2.1"},
     {},
     {},
     "names a host"},
    {"malformed",
     [](FakeResolver& r) { r.add("target.test", dns::Type::mx, "x"); },
     MxShape::failed,
     {},
     Cause::dns_failure,
     "malformed"},
};

class Route : public testing::TestWithParam<Row> {};

TEST_P(Route, IsFound) {
  const auto& row = GetParam();
  FakeResolver resolver;
  row.zone(resolver);
  const auto target = test::run(find_route("target.test", resolver));
  EXPECT_EQ(target.domain, "target.test");
  EXPECT_EQ(word(target.shape), word(row.shape));
  EXPECT_EQ(hosts_of(target), row.hosts);
  EXPECT_EQ(target.cause, row.cause);
  EXPECT_EQ(target.problem.has_value(), !row.problem.empty()) << target.problem.value_or("");
  EXPECT_NE(target.problem.value_or("").find(row.problem), std::string::npos) << *target.problem;
  if (target.mx.empty()) return;
  const auto problem = target.mx.front().problem;
  EXPECT_EQ(problem.has_value(), !row.host_problem.empty()) << problem.value_or("");
  EXPECT_NE(problem.value_or("").find(row.host_problem), std::string::npos) << *problem;
}

INSTANTIATE_TEST_SUITE_P(Shapes, Route, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RouteDnssec, IsRecordedOfEachAnswer) {
  FakeResolver resolver;
  resolver.mx("target.test", 10, "a.target.test");
  resolver.mx("target.test", 20, "b.target.test");
  resolver.a("a.target.test", "192.0.2.1");
  resolver.a("b.target.test", "192.0.2.2");
  resolver.secure("target.test");
  resolver.secure("a.target.test");
  const auto target = test::run(find_route("target.test", resolver));
  EXPECT_EQ(word(target.dnssec), "secure");
  EXPECT_EQ(word(target.mx[0].dnssec), "secure");
  EXPECT_EQ(word(target.mx[0].addresses[0].dnssec), "secure");
  EXPECT_EQ(word(target.mx[1].dnssec), "insecure");
  EXPECT_EQ(word(target.mx[1].addresses[0].dnssec), "insecure");
}

TEST(RouteDnssec, ABogusMxAsksForNoAddress) {
  FakeResolver resolver;
  resolver.bogus("target.test");
  (void)test::run(find_route("target.test", resolver));
  EXPECT_EQ(resolver.asked, std::vector<std::string>{"target.test/15"});
}

TEST(RouteLimits, ManyHostsAreNotAllLookedUp) {
  FakeResolver resolver;
  for (unsigned i = 0; i < 200; ++i) resolver.mx("target.test", i, "h" + std::to_string(i) + ".target.test");
  const auto target = test::run(find_route("target.test", resolver));
  EXPECT_EQ(target.mx.size(), 20U);
  EXPECT_LE(resolver.asked.size(), 41U);
  ASSERT_EQ(target.failed.size(), 1U);
  EXPECT_EQ(target.failed[0].what, "mx");
  EXPECT_EQ(target.failed[0].cause, Cause::own_limit);
  EXPECT_EQ(target.failed[0].problem.find("180 of 200 MX records (h20.target.test, h21.target.test, "), 0U);
  EXPECT_NE(target.failed[0].problem.find("h29.target.test, …) are left out"), std::string::npos);
}

TEST(RouteLimits, WhichHostsAreLeftOutIsNoChance) {
  FakeResolver resolver;
  for (int i = 30; i > 10; --i) resolver.mx("target.test", 10, "h" + std::to_string(i) + ".target.test");
  EXPECT_TRUE(test::run(find_route("target.test", resolver)).failed.empty()) << "20 are looked up";
  resolver.mx("target.test", 10, "H10.target.test");
  const auto target = test::run(find_route("target.test", resolver));
  ASSERT_EQ(target.failed.size(), 1U);
  EXPECT_EQ(target.failed[0].problem, "1 of 21 MX records (h30.target.test) are left out: 20 are looked at at most");
  EXPECT_EQ(to_lower(target.mx.front().host), "h10.target.test");
}

TEST(RouteLimits, OfManyAddressesTheFirstOfEachFamilyStay) {
  FakeResolver resolver;
  for (const unsigned preference : {10U, 20U}) resolver.mx("target.test", preference, "mx.target.test");
  for (int i = 1; i <= 25; ++i) resolver.a("mx.target.test", "192.0.2." + std::to_string(i));
  for (int i = 1; i <= 21; ++i) resolver.a("mx.target.test", "2001:db8::" + std::to_string(i));
  const auto target = test::run(find_route("target.test", resolver));
  EXPECT_EQ(target.mx.at(0).addresses.size(), 40U);
  ASSERT_EQ(target.failed.size(), 1U) << "once, whatever stands in the MX";
  EXPECT_EQ(target.failed[0].what, "addresses mx.target.test");
  EXPECT_EQ(target.failed[0].cause, Cause::own_limit);
  EXPECT_EQ(target.failed[0].problem,
            "5 of 25 IPv4 addresses and 1 of 21 IPv6 addresses are left out: 20 are looked at at most");
  EXPECT_EQ(test::run(route_to_server("mx.target.test", resolver)).failed.size(), 1U);
}

TEST(RouteToServer, TakesNamesAndAddresses) {
  FakeResolver resolver;
  resolver.a("mx.target.test", "192.0.2.1");
  const auto named = test::run(route_to_server("mx.target.test", resolver));
  EXPECT_EQ(word(named.shape), "server");
  EXPECT_EQ(hosts_of(named), Lines{"0 mx.target.test 192.0.2.1"});
  EXPECT_EQ(hosts_of(test::run(route_to_server("192.0.2.7", resolver))), Lines{"0 192.0.2.7 192.0.2.7"});
  EXPECT_EQ(hosts_of(test::run(find_route("[IPv6:2001:db8::7]", resolver))), Lines{"0 [IPv6:2001:db8::7] 2001:db8::7"});
  const auto gone = test::run(route_to_server("gone.test", resolver));
  EXPECT_TRUE(gone.problem);
}

evidence::Target published(const std::string& domain, FakeResolver& resolver) {
  evidence::Target target;
  target.domain = domain;
  test::run(look_up_policies(target, resolver));
  return target;
}

TEST(Policies, AreTakenAsFound) {
  FakeResolver resolver;
  resolver.txt("target.test", "google-site-verification=x");
  resolver.txt("target.test", "v=spf1 mx -all");
  resolver.txt("_dmarc.target.test", "v=DMARC1; p=reject");
  const auto target = published("target.test", resolver);
  EXPECT_EQ(target.policies.at("spf"), "v=spf1 mx -all");
  EXPECT_EQ(target.policies.at("dmarc"), "v=DMARC1; p=reject");
  EXPECT_EQ(target.dmarc_domain, "target.test");
  ASSERT_TRUE(target.spf_survey);
  EXPECT_EQ(target.spf_survey->lookups, 1);
}

TEST(Policies, AreLookedForAboveTheDomain) {
  FakeResolver resolver;
  resolver.empty("mail.target.test");
  resolver.txt("_dmarc.target.test", "v=DMARC1; p=none");
  const auto target = published("mail.target.test", resolver);
  EXPECT_EQ(target.policies.at("spf"), std::nullopt);
  EXPECT_FALSE(target.spf_survey);
  EXPECT_EQ(target.policies.at("dmarc"), "v=DMARC1; p=none");
  EXPECT_EQ(target.dmarc_domain, "target.test");
}

// RFC 9989 §4.10.1: between the domain and its organisational domain nothing counts
TEST(Policies, AreNotTakenFromHalfWayUp) {
  FakeResolver resolver;
  resolver.empty("a.b.target.test");
  resolver.txt("_dmarc.b.target.test", "v=DMARC1; p=none");
  resolver.txt("_dmarc.target.test", "v=DMARC1; p=reject");
  const auto target = published("a.b.target.test", resolver);
  EXPECT_EQ(target.policies.at("dmarc"), "v=DMARC1; p=reject");
  EXPECT_EQ(target.dmarc_domain, "target.test");
}

TEST(Policies, HoldWhetherReportsAreAgreedTo) {
  FakeResolver resolver;
  resolver.txt("_dmarc.target.test",
               "v=DMARC1; p=none; rua=mailto:a@target.test,mailto:a@yes.test,mailto:a@no.test; ruf=mailto:a@lost.test");
  resolver.txt("target.test._report._dmarc.yes.test", "v=DMARC1");
  resolver.fail("target.test._report._dmarc.lost.test");
  const auto policies = published("target.test", resolver).policies;
  EXPECT_EQ(policies.size(), 5U);
  EXPECT_EQ(policies.at("tlsrpt"), std::nullopt);
  EXPECT_EQ(policies.at("target.test._report._dmarc.yes.test"), "v=DMARC1");
  EXPECT_EQ(policies.at("target.test._report._dmarc.no.test"), std::nullopt);
}

TEST(Policies, AFailureIsNotAbsence) {
  FakeResolver resolver;
  resolver.fail("target.test");
  resolver.bogus("_dmarc.target.test");
  resolver.fail("_smtp._tls.target.test");
  EXPECT_TRUE(published("target.test", resolver).policies.empty());
}

TEST(Policies, SpfIsTheVersionAlone) {
  EXPECT_TRUE(auth::is_spf("v=spf1"));
  EXPECT_TRUE(auth::is_spf("V=SPF1 -all"));
  EXPECT_FALSE(auth::is_spf("v=spf10 -all"));
  EXPECT_FALSE(auth::is_spf("spf1 -all"));
}

}  // namespace
}  // namespace mailprobe::probe
