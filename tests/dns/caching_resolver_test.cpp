// Each question once: while it is under way, and afterwards for as long as its TTL.
#include "dns/caching_resolver.h"

#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "tests/support/run.h"

namespace mailprobe::dns {
namespace {

namespace asio = boost::asio;

/// Answers one turn of the event loop later.
class Slow final : public Resolver {
 public:
  Task<Answer> query(std::string name, Type) override {
    ++asked;
    asio::steady_timer later(co_await asio::this_coro::executor, std::chrono::milliseconds(0));
    co_await later.async_wait(asio::use_awaitable);
    answer.canonical = name;
    co_return answer;
  }
  int asked = 0;
  Answer answer{.status = Status::ok, .canonical = {}, .rdata = {"x"}, .ttl = 300, .why = {}};
};

Task<void> ask(Resolver& resolver, std::string name, Type type, std::vector<Answer>& into) {
  auto answer = co_await resolver.query(std::move(name), type);
  into.push_back(std::move(answer));
}

std::vector<Answer> ask_at_once(Resolver& resolver, int times) {
  asio::io_context context(1);
  std::vector<Answer> answers;
  for (int i = 0; i < times; ++i) asio::co_spawn(context, ask(resolver, "Name.test", Type::a, answers), asio::detached);
  context.run();
  return answers;
}

TEST(CachingResolver, AsksOnceForAllWhoAskAtOnce) {
  Slow behind;
  const auto cache = caching_resolver(behind);
  const auto answers = ask_at_once(*cache, 5);
  ASSERT_EQ(answers.size(), 5U);
  EXPECT_EQ(behind.asked, 1);
  for (const auto& answer : answers) EXPECT_EQ(answer.rdata, std::vector<std::string>{"x"});
}

TEST(CachingResolver, KnowsLettersApartFromTypes) {
  Slow behind;
  const auto cache = caching_resolver(behind);
  std::vector<Answer> answers;
  test::run(ask(*cache, "name.test", Type::a, answers));
  test::run(ask(*cache, "NAME.test", Type::a, answers));
  EXPECT_EQ(behind.asked, 1) << "a name has no case (RFC 4343)";
  test::run(ask(*cache, "name.test", Type::aaaa, answers));
  test::run(ask(*cache, "other.test", Type::a, answers));
  EXPECT_EQ(behind.asked, 3);
}

TEST(CachingResolver, ForgetsByTtl) {
  Slow behind;
  behind.answer.ttl = 0;
  const auto cache = caching_resolver(behind);
  std::vector<Answer> answers;
  test::run(ask(*cache, "name.test", Type::a, answers));
  test::run(ask(*cache, "name.test", Type::a, answers));
  EXPECT_EQ(behind.asked, 2);
}

TEST(CachingResolver, KeepsAbsenceAndNoFailure) {
  Slow behind;
  const auto cache = caching_resolver(behind);
  std::vector<Answer> answers;
  behind.answer = Answer{.status = Status::nxdomain, .canonical = {}, .rdata = {}, .why = {}};
  test::run(ask(*cache, "gone.test", Type::a, answers));
  test::run(ask(*cache, "gone.test", Type::a, answers));
  EXPECT_EQ(behind.asked, 1);
  behind.answer = Answer{.status = Status::servfail, .canonical = {}, .rdata = {}, .why = "no"};
  test::run(ask(*cache, "broken.test", Type::a, answers));
  test::run(ask(*cache, "broken.test", Type::a, answers));
  EXPECT_EQ(behind.asked, 3);
}

TEST(CachingResolver, AFailureIsThatOfAllWhoWaitedForIt) {
  Slow behind;
  behind.answer = Answer{.status = Status::servfail, .canonical = {}, .rdata = {}, .why = "no"};
  const auto cache = caching_resolver(behind);
  const auto answers = ask_at_once(*cache, 3);
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(behind.asked, 1);
  for (const auto& answer : answers) EXPECT_EQ(answer.status, Status::servfail);
}

/// Never answers: only a cancellation ends it.
class Hanging final : public Resolver {
 public:
  Task<Answer> query(std::string name, Type) override {
    ++asked;
    co_await asio::this_coro::throw_if_cancelled(false);
    asio::steady_timer never(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    boost::system::error_code ignored;
    if (asked == 1) co_await never.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    co_return Answer{.status = asked == 1 ? Status::timeout : Status::ok, .canonical = name, .rdata = {"x"}, .why = {}};
  }
  int asked = 0;
};

Task<void> ask_quietly(Resolver& resolver, std::vector<Answer>& into) {
  co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await ask(resolver, "name.test", Type::a, into);
}

TEST(CachingResolver, WhoWaitsForOneThatIsCancelledAsksItself) {
  Hanging behind;
  const auto cache = caching_resolver(behind);
  asio::io_context context(1);
  asio::cancellation_signal signal;
  std::vector<Answer> first, second;
  asio::co_spawn(context, ask_quietly(*cache, first), asio::bind_cancellation_slot(signal.slot(), asio::detached));
  asio::co_spawn(context, ask_quietly(*cache, second), asio::detached);
  asio::post(context, [&] { asio::post(context, [&] { signal.emit(asio::cancellation_type::total); }); });
  context.run();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].status, Status::timeout);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].status, Status::ok);
  EXPECT_EQ(behind.asked, 2);
}

}  // namespace
}  // namespace mailprobe::dns
