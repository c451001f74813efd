// Names of addresses: which of them leads back, and what is not known.
#include <gtest/gtest.h>

#include "dns/reverse.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"

namespace mailprobe::dns {
namespace {

class Reverse : public testing::Test {
 protected:
  ReverseName look_up(std::string_view address) {
    return test::run(reverse_name(*IpAddress::parse(address), resolver_));
  }
  test::FakeResolver resolver_;
};

TEST_F(Reverse, IsTheNameThatLeadsBack) {
  resolver_.ptr("1.2.0.192.in-addr.arpa", "other.test");
  resolver_.ptr("1.2.0.192.in-addr.arpa", "mx.test");
  resolver_.a("other.test", "192.0.2.2");
  resolver_.a("mx.test", "192.0.2.1");
  const auto found = look_up("192.0.2.1");
  EXPECT_EQ(found.name, "mx.test");
  EXPECT_EQ(found.confirmed, true);
}

TEST_F(Reverse, IsNotConfirmedWhereItLeadsElsewhere) {
  resolver_.ptr(IpAddress::parse("2001:db8::1")->reverse_name(), "mx.test");
  resolver_.a("mx.test", "2001:db8::2");
  const auto found = look_up("2001:db8::1");
  EXPECT_EQ(found.name, "mx.test");
  EXPECT_EQ(found.confirmed, false);
}

TEST_F(Reverse, IsNoneWhereThereIsNoName) {
  const auto found = look_up("192.0.2.9");
  EXPECT_EQ(found.name, std::nullopt);
  EXPECT_EQ(found.confirmed, false);
}

TEST_F(Reverse, IsUnknownWhereALookUpFails) {
  resolver_.fail("9.2.0.192.in-addr.arpa");
  EXPECT_EQ(look_up("192.0.2.9").confirmed, std::nullopt);
  resolver_.ptr("1.2.0.192.in-addr.arpa", "mx.test");
  resolver_.fail("mx.test");
  const auto found = look_up("192.0.2.1");
  EXPECT_EQ(found.name, "mx.test");
  EXPECT_EQ(found.confirmed, std::nullopt);
}

TEST_F(Reverse, FollowsSoManyNamesAndNoMore) {
  for (int i = 0; i < 50; ++i) resolver_.ptr("1.2.0.192.in-addr.arpa", "n" + std::to_string(i) + ".test");
  EXPECT_EQ(look_up("192.0.2.1").confirmed, false);
  EXPECT_LE(resolver_.asked.size(), 6U);
}

}  // namespace
}  // namespace mailprobe::dns
