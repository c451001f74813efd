// A question by UDP on loopback: answered, answered by nobody, and by one who keeps silent.
#include "tls/datagram.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "tests/support/run.h"

namespace mailprobe::tls {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;

const IpAddress loopback = *IpAddress::parse("127.0.0.1");
Steady soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(20); }

std::shared_ptr<udp::socket> server_on(const asio::any_io_executor& executor) {
  return std::make_shared<udp::socket>(executor, udp::endpoint(asio::ip::address_v4::loopback(), 0));
}

Task<void> echo_once(std::shared_ptr<udp::socket> socket) {
  std::array<char, 100> buffer{};
  udp::endpoint from;
  const auto into = asio::buffer(buffer);
  const auto size = co_await socket->async_receive_from(into, from, asio::use_awaitable);
  const std::string answer = "heard " + std::string(buffer.data(), size);
  const auto what = asio::buffer(answer);
  (void)co_await socket->async_send_to(what, from, asio::use_awaitable);
}

Task<void> ask_who_answers() {
  const auto executor = co_await asio::this_coro::executor;
  auto socket = server_on(executor);
  const auto port = socket->local_endpoint().port();
  asio::co_spawn(executor, echo_once(socket), asio::detached);
  const auto answer = co_await ask_by_datagram(loopback, port, "hello", soon());
  EXPECT_TRUE(answer);
  if (answer) EXPECT_EQ(*answer, "heard hello");
}

TEST(Datagram, IsAnswered) { test::run(ask_who_answers()); }

Task<void> ask_nobody() {
  auto socket = server_on(co_await asio::this_coro::executor);
  const auto port = socket->local_endpoint().port();
  socket->close();
  const auto answer = co_await ask_by_datagram(loopback, port, "hello", soon());
  EXPECT_FALSE(answer);
  if (!answer) EXPECT_EQ(answer.error().cause, Cause::refused);
}

TEST(Datagram, ToAPortWithoutAListenerIsToldAtOnce) { test::run(ask_nobody()); }

Task<void> ask_who_is_silent() {
  const auto socket = server_on(co_await asio::this_coro::executor);
  const auto deadline = std::chrono::steady_clock::now();
  const auto answer = co_await ask_by_datagram(loopback, socket->local_endpoint().port(), "hello", deadline);
  EXPECT_FALSE(answer);
  if (!answer) EXPECT_EQ(answer.error().kind, Failure::timeout);
}

TEST(Datagram, EndsAtItsDeadline) { test::run(ask_who_is_silent()); }

}  // namespace
}  // namespace mailprobe::tls
