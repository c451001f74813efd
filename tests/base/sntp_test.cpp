// SNTP packets: what an answer says of our clock, and what is no answer.
#include "base/sntp.h"

#include <gtest/gtest.h>

namespace mailprobe {
namespace {

using std::chrono::milliseconds;

/// An NTP time stamp (RFC 5905 §6), written out octet by octet.
std::string stamp(std::uint32_t seconds, std::uint32_t fraction) {
  std::string out;
  for (const auto word : {seconds, fraction})
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(word >> shift & 0xff);
  return out;
}

constexpr std::uint32_t noon = 3'978'849'600;  // 2026-01-31T12:00:00Z
constexpr std::uint32_t half = 0x80000000;
const Time at_noon = *parse_rfc3339("2026-01-31T12:00:00Z");

struct Packet {
  char head = 0x24;  // version 4, server
  char stratum = 2;
  std::string reference = std::string("GPS\0", 4);
  std::string originate = "12345678";
  std::string receive = stamp(noon, 0), transmit = stamp(noon, half);

  [[nodiscard]] std::string text() const {
    return std::string{head, stratum, 0, 0} + std::string(8, '\0') + reference + std::string(8, '\0') + originate +
           receive + transmit;
  }
};

Result<SntpAnswer> read(const Packet& packet, milliseconds sent, milliseconds received) {
  return read_sntp(packet.text(), sntp_question("12345678"), at_noon + sent, at_noon + received);
}

TEST(Sntp, AsksWithoutTellingOurTime) {
  const auto question = sntp_question("12345678");
  EXPECT_EQ(question.size(), 48U);
  EXPECT_EQ(question[0], 0x23);
  EXPECT_EQ(question.substr(40), "12345678");
  EXPECT_EQ(question.substr(1, 39), std::string(39, '\0'));
}

TEST(Sntp, TheWayThereAndBackIsTakenOff) {
  // 100 ms there, half a second at the server, 100 ms back.
  const auto right = read({}, milliseconds(-100), milliseconds(600));
  ASSERT_TRUE(right) << right.error().message;
  EXPECT_EQ(right->offset.count(), 0);
  EXPECT_EQ(right->error.count(), 100);
  EXPECT_EQ(rfc3339(right->time), "2026-01-31T12:00:00.500Z");
  EXPECT_EQ(read({}, milliseconds(59'900), milliseconds(60'600))->offset.count(), 60'000) << "ours is ahead";
  EXPECT_EQ(read({}, milliseconds(-7'100), milliseconds(-6'400))->offset.count(), -7'000) << "ours is behind";
}

TEST(Sntp, TheEraThatBeginsIn2036) {
  const Packet packet{.receive = stamp(1, 0), .transmit = stamp(1, 0)};
  EXPECT_EQ(rfc3339(read(packet, milliseconds(0), milliseconds(0))->time), "2036-02-07T06:28:17Z");
}

TEST(Sntp, AServerThatTellsNoTimeSaysWhy) {
  const auto kissed = [](const char* code) {
    return read({.stratum = 0, .reference = code}, milliseconds(0), milliseconds(1)).error();
  };
  EXPECT_EQ(kissed("RATE").cause, Cause::rate_limited);
  EXPECT_EQ(kissed("DENY").cause, Cause::refused);
  EXPECT_EQ(kissed("RSTR").kind, Failure::refused);
  EXPECT_EQ(kissed("XXXX").cause, Cause::protocol_error);
  EXPECT_NE(kissed("DENY").message.find("DENY"), std::string::npos);
}

struct Wrong {
  const char* name;
  Packet packet;
  const char* says;
};
void PrintTo(const Wrong& wrong, std::ostream* os) { *os << wrong.name; }

const Wrong wrongs[] = {
    {"OfAClient", {.head = 0x23}, "not of a server"},
    {"ToAnotherQuestion", {.originate = "12345679"}, "another question"},
    {"ClockNotSet", {.head = static_cast<char>(0xe4)}, "own clock is not set"},
    {"StratumTooHigh", {.stratum = 16}, "own clock is not set"},
    {"NoTime", {.transmit = std::string(8, '\0')}, "no time in it"},
    {"Backwards", {.receive = stamp(noon, half), .transmit = stamp(noon, 0)}, "backwards"},
    {"CutOff", {.transmit = "1234567"}, "cut off"},
};

class NoSntpAnswer : public testing::TestWithParam<Wrong> {};

TEST_P(NoSntpAnswer, IsTold) {
  const auto answer = read(GetParam().packet, milliseconds(0), milliseconds(600));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().cause, Cause::protocol_error);
  EXPECT_NE(answer.error().message.find(GetParam().says), std::string::npos) << answer.error().message;
}

INSTANTIATE_TEST_SUITE_P(Rows, NoSntpAnswer, testing::ValuesIn(wrongs),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace mailprobe
