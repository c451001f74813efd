// Tasks beside others: all end before join() does, cancellation reaches them, failures come out.
#include <gtest/gtest.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probe/beside.h"
#include "tests/support/run.h"

namespace mailprobe::probe {
namespace {

namespace asio = boost::asio;

/// Waits for a cancellation and for nothing else.
Task<void> forever(bool& interrupted) {
  asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  interrupted = co_await cancelled();
}

Task<void> count(int& counter) {
  ++counter;
  co_return;
}

Task<void> throws() {
  throw std::runtime_error("out of luck");
  co_return;
}

Task<void> run_three(int& counter) {
  auto beside = co_await Beside::make();
  for (int i = 0; i < 3; ++i) beside.start(count(counter));
  EXPECT_FALSE(beside.idle());
  co_await beside.join();
  EXPECT_TRUE(beside.idle());
  EXPECT_EQ(counter, 3);
}

TEST(Beside, JoinsAll) {
  int counter = 0;
  test::run(run_three(counter));
  EXPECT_EQ(counter, 3);
}

Task<void> cancel_two(bool& first, bool& second) {
  auto beside = co_await Beside::make();
  beside.start(forever(first));
  beside.start(forever(second));
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  beside.cancel();
  co_await beside.join();
}

TEST(Beside, CancelsAll) {
  bool first = false, second = false;
  test::run(cancel_two(first, second));
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
}

Task<void> cancel_before_begin(bool& interrupted) {
  auto beside = co_await Beside::make();
  beside.start(forever(interrupted));
  beside.cancel();
  co_await beside.join();
}

TEST(Beside, CancelsWhatHasNotBegun) {
  bool interrupted = false;
  test::run(cancel_before_begin(interrupted));
  EXPECT_TRUE(interrupted);
}

Task<void> join_with_failure(bool& caught) {
  auto beside = co_await Beside::make();
  beside.start(throws());
  try {
    co_await beside.join();
  } catch (const std::runtime_error&) {
    caught = true;
  }
}

TEST(Beside, PassesAnExceptionOn) {
  bool caught = false;
  test::run(join_with_failure(caught));
  EXPECT_TRUE(caught);
}

Task<void> join_forever(bool& child, bool& parent) {
  co_await heed_cancellation();
  auto beside = co_await Beside::make();
  beside.start(forever(child));
  co_await beside.join();
  parent = co_await cancelled();
}

class BesideCancellation : public testing::TestWithParam<asio::cancellation_type> {};

TEST_P(BesideCancellation, ReachesTheTasksOfACancelledCoroutine) {
  asio::io_context context(1);
  asio::cancellation_signal signal;
  bool child = false, parent = false, done = false;
  asio::co_spawn(context, join_forever(child, parent),
                 asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr error) { done = !error; }));
  context.poll();
  EXPECT_FALSE(done);
  signal.emit(GetParam());
  context.restart();
  context.poll();
  EXPECT_TRUE(done);
  EXPECT_TRUE(child);
  EXPECT_TRUE(parent);
}

INSTANTIATE_TEST_SUITE_P(Kinds, BesideCancellation,
                         testing::Values(asio::cancellation_type::terminal, asio::cancellation_type::partial,
                                         asio::cancellation_type::total, asio::cancellation_type::all));

Task<void> leave_soon(bool& interrupted) {
  auto beside = co_await Beside::make();
  beside.start(forever(interrupted));
  co_await join_within(std::chrono::milliseconds(1), beside);
}

TEST(Beside, WaitsNoLongerThanTheGrace) {
  bool interrupted = false;
  test::run(leave_soon(interrupted));
  EXPECT_TRUE(interrupted);
}

Task<void> leave_at_once(int& counter) {
  auto beside = co_await Beside::make();
  beside.start(count(counter));
  co_await join_within(std::chrono::hours(1), beside);
}

TEST(Beside, TheGraceIsNotWaitedOut) {
  int counter = 0;
  test::run(leave_at_once(counter));
  EXPECT_EQ(counter, 1);
}

Task<void> count_at_once(int number, int& counter) {
  std::vector<Task<void>> all;
  all.reserve(static_cast<std::size_t>(number));
  for (int i = 0; i < number; ++i) all.push_back(count(counter));
  co_await at_once(std::move(all));
}

TEST(AtOnce, RunsAllOfNoneOneAndMany) {
  for (const int number : {0, 1, 2, 7}) {
    int counter = 0;
    test::run(count_at_once(number, counter));
    EXPECT_EQ(counter, number);
  }
}

/// One of three fails, `place` says which; the others are run to their end.
Task<void> fail_at_once(std::size_t place, int& counter, bool& caught) {
  std::vector<Task<void>> all;
  all.reserve(3);
  for (std::size_t i = 0; i < 3; ++i) all.push_back(i == place ? throws() : count(counter));
  try {
    co_await at_once(std::move(all));
  } catch (const std::runtime_error&) {
    caught = true;
  }
}

TEST(AtOnce, PassesAnExceptionOnWhenAllHaveEnded) {
  for (const std::size_t place : {0U, 1U, 2U}) {
    int counter = 0;
    bool caught = false;
    test::run(fail_at_once(place, counter, caught));
    EXPECT_TRUE(caught) << place;
    EXPECT_EQ(counter, 2) << place;
  }
}

Task<void> wait_at_once(bool& first, bool& second) {
  std::vector<Task<void>> both;
  both.push_back(forever(first));
  both.push_back(forever(second));
  co_await at_once(std::move(both));
}

Task<void> cancel_at_once(bool& first, bool& second) {
  auto beside = co_await Beside::make();
  beside.start(wait_at_once(first, second));
  for (int turn = 0; turn < 3; ++turn) co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  beside.cancel();
  co_await beside.join();
}

TEST(AtOnce, PassesACancellationOnToAll) {
  bool first = false, second = false;
  test::run(cancel_at_once(first, second));
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
}

}  // namespace
}  // namespace mailprobe::probe
