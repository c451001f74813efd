// Our clock against an NTP server out of thin air.
#include "probe/own_clock.h"

#include <gtest/gtest.h>

#include <deque>

#include "base/sntp.h"
#include "tests/probe/fixture.h"
#include "tests/support/run.h"

namespace mailprobe::probe {
namespace {

using test::FakeResolver;

const Time at_noon = *parse_rfc3339("2026-01-31T12:00:00Z");
constexpr std::uint32_t noon = 3'978'849'600;  // of NTP

/// The question's nonce, and noon.
std::string told_noon(const std::string& question, char stratum = 2, const std::string& reference = "GPS ") {
  std::string packet(48, '\0');
  packet[0] = 0x24;
  packet[1] = stratum;
  packet.replace(12, 4, reference);
  packet.replace(24, 8, question.substr(40, 8));
  for (const std::size_t at : {32U, 40U})
    for (int i = 0; i < 4; ++i) packet[at + static_cast<std::size_t>(i)] = static_cast<char>(noon >> (24 - 8 * i));
  return packet;
}

class Clock : public testing::Test {
 protected:
  Clock() { resolver_.a("ntp.test", "192.0.2.123"); }

  ClockFound check(Time ours, const std::string& server = "ntp.test") {
    ClockMeans means{.ask = [this](IpAddress address, std::uint16_t port, std::string question,
                                   Steady) { return answer(address, port, std::move(question)); },
                     .now = [ours] { return ours; },
                     .steady = [] { return Steady{}; }};
    return test::run(check_clock(server, std::move(means), resolver_));
  }

  Task<Result<std::string>> answer(IpAddress address, std::uint16_t port, std::string question) {
    asked_.push_back(address.text() + ":" + std::to_string(port));
    if (!failures_.empty()) {
      auto error = failures_.front();
      failures_.pop_front();
      co_return std::unexpected(std::move(error));
    }
    co_return told_noon(question, stratum_, reference_);
  }

  FakeResolver resolver_;
  std::vector<std::string> asked_;
  std::deque<Error> failures_;
  char stratum_ = 2;
  std::string reference_ = "GPS ";
};

TEST_F(Clock, ThatIsRightHolds) {
  const auto found = check(at_noon + std::chrono::milliseconds(2'400));
  EXPECT_TRUE(found.record.holds);
  EXPECT_EQ(found.skew, 2);
  EXPECT_EQ(found.record.what, "clock");
  EXPECT_EQ(found.record.name, "ntp.test");
  EXPECT_EQ(found.record.found, std::vector<std::string>{"2026-01-31T12:00:00Z, ours is 2.400 s ahead, ± 0.000 s"});
  EXPECT_EQ(asked_, std::vector<std::string>{"192.0.2.123:123"});
}

TEST_F(Clock, ThatIsBehindIsToldBySeconds) {
  const auto found = check(at_noon - std::chrono::seconds(900));
  EXPECT_FALSE(found.record.holds);
  EXPECT_EQ(found.skew, -900);
  EXPECT_EQ(found.record.cause, std::nullopt);
  EXPECT_NE(found.record.problem->find("900.000 s behind"), std::string::npos) << *found.record.problem;
}

TEST_F(Clock, ALostDatagramIsAskedForOnceMore) {
  failures_ = {{Failure::timeout, "lost", Cause::timed_out, {}}};
  EXPECT_EQ(check(at_noon, "ntp.test:1123").skew, 0);
  EXPECT_EQ(asked_, (std::vector<std::string>{"192.0.2.123:1123", "192.0.2.123:1123"}));
}

TEST_F(Clock, TheNextAddressIsAskedWhereNobodyListens) {
  resolver_.a("ntp.test", "192.0.2.124");
  failures_ = {{Failure::connection, "nobody listens", Cause::refused, {}}};
  EXPECT_EQ(check(at_noon).skew, 0);
  EXPECT_EQ(asked_, (std::vector<std::string>{"192.0.2.123:123", "192.0.2.124:123"}));
}

TEST_F(Clock, ThatCannotBeComparedIsNotSaidToBeWrong) {
  failures_ = {2, {Failure::timeout, "asking timed out", Cause::timed_out, {}}};
  const auto silent = check(at_noon);
  EXPECT_EQ(silent.record.cause, Cause::timed_out);
  EXPECT_EQ(silent.skew, std::nullopt);
  EXPECT_FALSE(silent.record.holds);

  asked_.clear();
  stratum_ = 0;
  reference_ = "RATE";
  EXPECT_EQ(check(at_noon).record.cause, Cause::rate_limited);
  EXPECT_EQ(asked_.size(), 1U) << "who refuses is not asked again";

  EXPECT_EQ(check(at_noon, "none.test").record.cause, Cause::dns_failure);
}

}  // namespace
}  // namespace mailprobe::probe
