// What is looked up beside the route: PTR, CAA, name servers, BIMI, and what is told where that fails.
#include "probe/published.h"

#include <gtest/gtest.h>

#include "dns/caa.h"
#include "tests/probe/fixture.h"
#include "tests/support/run.h"

namespace mailprobe::probe {
namespace {

using test::FakeResolver;

std::string caa(const std::string& tag, const std::string& value) { return dns::caa_to_wire({false, tag, value, {}}); }

TEST(Published, CaaClimbsToTheNearestSet) {
  FakeResolver resolver;
  resolver.empty("mx.target.test");
  resolver.add("target.test", dns::Type::caa, caa("issue", "ca.example"));
  resolver.add("test", dns::Type::caa, caa("issue", ";"));
  FailedLookUps failed;
  const auto records = test::run(look_up_caa("mx.target.test", resolver, failed));
  EXPECT_TRUE(failed.empty());
  ASSERT_TRUE(records);
  ASSERT_EQ(records->size(), 1U);
  EXPECT_EQ(records->front().owner, "target.test");
  EXPECT_EQ(records->front().value, "ca.example");
}

TEST(Published, CaaThatFailsOnTheWayIsNotNone) {
  FakeResolver resolver;
  resolver.empty("mx.target.test");
  resolver.fail("target.test");
  FailedLookUps failed;
  EXPECT_FALSE(test::run(look_up_caa("mx.target.test", resolver, failed)));
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed.front().what, "caa mx.target.test");
  EXPECT_EQ(failed.front().cause, Cause::dns_failure);
  FakeResolver empty;
  EXPECT_EQ(test::run(look_up_caa("mx.target.test", empty, failed))->size(), 0U);
}

evidence::MxAddress with_ptr(FakeResolver& resolver) {
  evidence::MxAddress address;
  address.ip = "192.0.2.1";
  FailedLookUps failed;
  test::run(look_up_ptr(address, resolver, failed));
  return address;
}

TEST(Published, PtrIsConfirmedByAnyOfItsNames) {
  FakeResolver resolver;
  resolver.ptr("1.2.0.192.in-addr.arpa", "elsewhere.test");
  resolver.ptr("1.2.0.192.in-addr.arpa", "mx.target.test");
  resolver.a("elsewhere.test", "192.0.2.9");
  resolver.a("mx.target.test", "192.0.2.1");
  const auto address = with_ptr(resolver);
  EXPECT_EQ(address.ptr, "mx.target.test");
  EXPECT_EQ(address.ptr_confirmed, true);
}

TEST(Published, PtrThatLeadsElsewhereOrNowhere) {
  FakeResolver elsewhere;
  elsewhere.ptr("1.2.0.192.in-addr.arpa", "elsewhere.test");
  elsewhere.a("elsewhere.test", "192.0.2.9");
  EXPECT_EQ(with_ptr(elsewhere).ptr_confirmed, false);
  FakeResolver none;
  EXPECT_EQ(with_ptr(none).ptr_confirmed, false);
  EXPECT_FALSE(with_ptr(none).ptr);
  FakeResolver broken;
  broken.fail("1.2.0.192.in-addr.arpa");
  EXPECT_FALSE(with_ptr(broken).ptr_confirmed) << "unknown";
}

TEST(Published, NameServersMayBeThoseOfTheZoneAbove) {
  FakeResolver resolver;
  resolver.empty("mail.target.test");
  resolver.add("target.test", dns::Type::ns, dns::name_to_wire("ns.target.test"));
  resolver.a("ns.target.test", "2001:db8::53");
  const auto servers = test::run(look_up_name_servers("mail.target.test", resolver));
  ASSERT_TRUE(servers);
  ASSERT_EQ(servers->size(), 1U);
  EXPECT_EQ(servers->front().addresses, std::vector<std::string>{"2001:db8::53"});
}

TEST(Published, BimiOfTheOrganisationalDomain) {
  FakeResolver resolver;
  resolver.txt("default._bimi.target.test", "v=BIMI1; l=https://target.test/logo.svg");
  resolver.txt("default._bimi.target.test", "something else");
  evidence::Target target;
  target.domain = "news.target.test";
  test::run(look_up_bimi(target, resolver));
  EXPECT_EQ(target.policies.at("bimi"), "v=BIMI1; l=https://target.test/logo.svg");
}

}  // namespace
}  // namespace mailprobe::probe
