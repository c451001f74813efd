// So many connections in all, and so many of each client.
#include <gtest/gtest.h>

#include "receiver/places.h"

namespace mailprobe::receiver {
namespace {

TEST(Places, AreSoMany) {
  Places places(2, 10);
  EXPECT_EQ(places.enter("192.0.2.1"), Room::free);
  EXPECT_EQ(places.enter("192.0.2.2"), Room::free);
  EXPECT_EQ(places.enter("192.0.2.3"), Room::full);
  places.leave("192.0.2.1");
  EXPECT_EQ(places.enter("192.0.2.3"), Room::free);
  EXPECT_EQ(places.taken(), 2U);
}

TEST(Places, AreSoManyOfOneClient) {
  Places places(10, 1);
  EXPECT_EQ(places.enter("192.0.2.1"), Room::free);
  EXPECT_EQ(places.enter("192.0.2.1"), Room::full_for_client);
  EXPECT_EQ(places.enter("192.0.2.2"), Room::free);
  places.leave("192.0.2.1");
  EXPECT_EQ(places.enter("192.0.2.1"), Room::free);
}

TEST(Places, OfIpv6AreThoseOfTheNetwork) {
  Places places(10, 1);
  EXPECT_EQ(places.enter("2001:db8:1:2::1"), Room::free);
  EXPECT_EQ(places.enter("2001:db8:1:2:ffff::9"), Room::full_for_client);
  EXPECT_EQ(places.enter("2001:db8:1:3::1"), Room::free);
  places.leave("2001:db8:1:2:7::7");
  EXPECT_EQ(places.enter("2001:db8:1:2::1"), Room::free);
}

}  // namespace
}  // namespace mailprobe::receiver
