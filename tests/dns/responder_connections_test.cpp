// How many TCP connections the responder has for one client, how many questions over them, and that the others are
// served beside it. RFC 7766 §6.2.2.
#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "dns/responder.h"
#include "tests/support/run.h"

namespace mailprobe::dns {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t per_client = 8;

/// From that address of this machine.
Task<tcp::socket> connect(std::string from, std::uint16_t port) {
  tcp::socket socket(co_await asio::this_coro::executor, tcp::v4());
  socket.bind({asio::ip::make_address(from), 0});
  const tcp::endpoint at(asio::ip::make_address("127.0.0.1"), port);
  co_await socket.async_connect(at, asio::use_awaitable);
  co_return socket;
}

/// Whether a question is answered, and not the connection closed.
Task<bool> is_served(tcp::socket& socket) {
  const std::string query("\0\x1c\x12\x34\1\0\0\1\0\0\0\0\0\0\5probe\4test\0\0\6\0\1", 30);
  auto [error, count] = co_await asio::async_write(socket, asio::buffer(query), asio::as_tuple(asio::use_awaitable));
  std::array<unsigned char, 2> length{};
  if (!error)
    std::tie(error, count) =
        co_await asio::async_read(socket, asio::buffer(length), asio::as_tuple(asio::use_awaitable));
  std::string reply(static_cast<std::size_t>(length[0]) << 8 | length[1], '\0');
  if (!error)
    std::tie(error, count) =
        co_await asio::async_read(socket, asio::buffer(reply), asio::as_tuple(asio::use_awaitable));
  co_return !error && !reply.empty();
}

Task<Result<std::unique_ptr<Responder>>> start(ResponderOptions options) {
  std::vector<ZoneText> zones{{.origin = "probe.test",
                               .records = "@ 300 IN SOA ns h 1 2 3 4 5\n@ IN NS ns\nns IN A 127.0.0.1\n",
                               .sign = false,
                               .key = {},
                               .made = {}}};
  co_return co_await Responder::start(IpAddress::v4({127, 0, 0, 1}), 0, std::move(zones), std::move(options));
}

Task<void> come_from_two(std::size_t idle) {
  ResponderOptions unlimited;
  const auto responder = co_await start(std::move(unlimited));
  if (!responder) throw std::runtime_error(responder.error().message);
  const auto port = (*responder)->port();
  std::vector<tcp::socket> waiting;
  for (std::size_t i = 0; i < idle; ++i) {
    auto socket = co_await connect("127.0.0.77", port);
    waiting.push_back(std::move(socket));
  }
  std::size_t served = 0;
  for (auto& socket : waiting) {
    const bool answered = co_await is_served(socket);
    served += answered ? 1U : 0U;
  }
  EXPECT_EQ(served, std::min(idle, per_client));
  auto other = co_await connect("127.0.0.78", port);
  const bool answered = co_await is_served(other);
  EXPECT_TRUE(answered) << "whatever the first holds open";
  waiting.clear();
  bool again = false;  // as soon as its connections are gone
  for (int i = 0; i < 1000 && !again; ++i) {
    auto late = co_await connect("127.0.0.77", port);
    again = co_await is_served(late);
  }
  EXPECT_TRUE(again);
}

struct Told {
  std::size_t asked = 0, dropped = 0;
};

/// Over connections of its own each.
Task<std::size_t> ask(std::string from, std::uint16_t port, std::size_t number) {
  std::size_t served = 0;
  for (std::size_t i = 0; i < number; ++i) {
    auto socket = co_await connect(from, port);
    const bool answered = co_await is_served(socket);
    served += answered ? 1U : 0U;
  }
  co_return served;
}

Task<void> ask_too_much(Told& told) {
  ResponderOptions options;
  options.asked = [&](const Asked&, const IpAddress&, Transport) { ++told.asked; };
  options.dropped = [&](const Asked&) { ++told.dropped; };
  options.limit = RateLimit{.per_second = 0.001, .burst = 3, .clients = 10};
  const auto responder = co_await start(std::move(options));
  if (!responder) throw std::runtime_error(responder.error().message);
  const auto port = (*responder)->port();
  auto one = co_await connect("127.0.0.77", port);
  std::size_t served = 0;
  bool open = true;
  while (open) {
    open = co_await is_served(one);
    served += open ? 1U : 0U;
  }
  EXPECT_EQ(served, 3U) << "then the connection is closed";
  const auto again = co_await ask("127.0.0.77", port, 2);
  EXPECT_EQ(again, 0U) << "new connections do not help";
  const auto other = co_await ask("127.0.0.78", port, 1);
  EXPECT_EQ(other, 1U);
}

TEST(ResponderConnections, BringOnlySoManyQuestionsOfOneClient) {
  Told told;
  test::run(ask_too_much(told));
  EXPECT_EQ(told.asked, 4U);
  EXPECT_EQ(told.dropped, 3U);
}

TEST(ResponderConnections, AreFewForOneClient) { test::run(come_from_two(3 * per_client)); }
TEST(ResponderConnections, AreEnoughForAResolver) { test::run(come_from_two(2)); }

}  // namespace
}  // namespace mailprobe::dns
