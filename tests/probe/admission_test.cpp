// Our manners towards strangers, kept by waiting.
#include "probe/admission.h"

#include <gtest/gtest.h>

#include "tests/probe/fixture.h"
#include "tests/support/conformance.h"
#include "tests/support/run.h"

namespace mailprobe::probe {
namespace {

using namespace std::chrono_literals;

constexpr int burst = 10;

Task<void> come_more_often_than_the_rate(const SendingLimits& limits) {
  const auto network = real_network();
  const Progress progress;
  for (int i = 0; i <= burst; ++i) {
    File held;
    const WaitUntil until{.place = network.steady() + 1ms, .turn = Steady::max()};
    const auto refused = co_await admit("mx.example.net", until, limits, network, progress, held);
    EXPECT_FALSE(refused) << (refused ? refused->message : "");
  }
}

TEST(Admission, TheRateIsKeptByWaitingHoweverShortTheTimeForTheCopy) {
  const test::TemporaryFolder folder;
  const SendingLimits limits(folder.path(), {.per_minute_per_mx = 3000});  // 20 ms each
  test::run(come_more_often_than_the_rate(limits));
}

Task<void> ask_for_a_place_that_is_taken(const SendingLimits& limits) {
  const auto network = real_network();
  const Progress progress;
  File held, another;
  const WaitUntil soon{.place = network.steady() + 1s, .turn = network.steady() + 1s};
  EXPECT_FALSE(co_await admit("mx.example.net", soon, limits, network, progress, held));
  const WaitUntil over{.place = network.steady(), .turn = Steady::max()};
  const auto refused = co_await admit("mx.example.net", over, limits, network, progress, another);
  EXPECT_TRUE(refused && refused->cause == Cause::own_limit);
}

TEST(Admission, APlaceIsWaitedForAsLongAsThereIsTime) {
  const test::TemporaryFolder folder;
  const SendingLimits limits(folder.path(), {});
  test::run(ask_for_a_place_that_is_taken(limits));
}

Task<void> have_no_time_for_a_turn(const SendingLimits& limits) {
  const auto network = real_network();
  const Progress progress;
  std::optional<Error> refused;
  for (int i = 0; i <= burst; ++i) {
    File held;
    const WaitUntil until{.place = network.steady() + 1s, .turn = network.steady() + 1s};
    refused = co_await admit("mx.example.net", until, limits, network, progress, held);
  }
  EXPECT_TRUE(refused && refused->cause == Cause::own_limit) << "two a minute";
}

TEST(Admission, ATurnIsWaitedForAsLongAsThereIsTime) {
  const test::TemporaryFolder folder;
  const SendingLimits limits(folder.path(), {});
  test::run(have_no_time_for_a_turn(limits));
}

}  // namespace
}  // namespace mailprobe::probe
