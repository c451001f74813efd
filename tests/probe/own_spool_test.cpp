// Whether our receiver's spool has room: by what lies in its folder, against what is configured.
#include <gtest/gtest.h>

#include "probe/own_spool.h"
#include "receiver/spool.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::probe {
namespace {

class OwnSpool : public testing::Test {
 protected:
  OwnSpool() {
    settings_.receiver_folder = folder_.path();
    settings_.receiver.listen = {{*IpAddress::parse("192.0.2.1"), 25}};
    settings_.receiver.host = "mx.probe.test";
    settings_.receiver.keep.size = 1000;
  }
  void keep(std::size_t octets) const {
    const auto spool = receiver::Spool::open(folder_.path() / "spool");
    ASSERT_TRUE(spool && spool->keep("", std::string(octets - 1, 'x')));  // a line's end for the head
  }
  [[nodiscard]] evidence::OwnRecord record() const { return check_spool(settings_).value(); }

  test::TemporaryFolder folder_;
  Settings settings_;
};

TEST_F(OwnSpool, HasRoomUntilThreeQuarters) {
  EXPECT_TRUE(record().holds) << "nothing received yet";
  keep(749);
  EXPECT_TRUE(record().holds);
  EXPECT_EQ(record().found, std::vector<std::string>{"749 of 1000 octets"});
  EXPECT_EQ(record().name, "mx.probe.test");
}

TEST_F(OwnSpool, IsNearlyFullForWhatNobodyWaitsFor) {
  keep(750);
  EXPECT_FALSE(record().holds);
  EXPECT_EQ(record().cause, std::nullopt);
  EXPECT_EQ(record().problem, "is nearly full: mail that nobody waits for, reports too, is put off (452)");
}

TEST_F(OwnSpool, IsFullForAnswersToo) {
  keep(400);
  keep(600);
  EXPECT_FALSE(record().holds);
  EXPECT_EQ(record().cause, Cause::own_limit);
  EXPECT_EQ(record().problem, "is full: answers are put off (452)");
  EXPECT_NE(record().wanted.find("keep_size"), std::string::npos);
}

TEST_F(OwnSpool, IsNotAskedForWhereNothingIsReceived) {
  settings_.receiver.listen.clear();
  EXPECT_FALSE(check_spool(settings_));
}

}  // namespace
}  // namespace mailprobe::probe
