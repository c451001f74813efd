#include "tls/network.h"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include "tests/support/run.h"
#include "tests/tls/pair.h"

namespace mailprobe::tls {
namespace {

Task<std::uint16_t> closed_port() {
  auto listener = need(co_await Listener::open(here, 0));
  const auto port = listener.port();
  listener.close();
  co_return port;
}

Task<Error> refused() {
  const auto port = co_await closed_port();
  auto got = co_await connect(here, port, std::nullopt, soon());
  if (got) throw std::runtime_error("connected");
  got.error().peer = std::to_string(port);
  co_return got.error();
}

TEST(Connect, RefusedNamesThePlace) {
  const auto error = test::run(refused());
  EXPECT_EQ(error.kind, Failure::connection);
  EXPECT_EQ(error.cause, Cause::refused);
  EXPECT_EQ(error.message, "connection refused by 127.0.0.1 port " + error.peer);
}

Task<Error> connect_error(std::string to, std::optional<IpAddress> source, Steady deadline) {
  auto got = co_await connect(*IpAddress::parse(to), 25, source, deadline);
  if (got) throw std::runtime_error("connected");
  co_return got.error();
}

/// A listener whose queue is full lets nobody else in and says nothing.
Task<Error> black_hole() {
  using boost::asio::ip::tcp;
  tcp::acceptor acceptor(co_await boost::asio::this_coro::executor);
  acceptor.open(tcp::v4());
  acceptor.bind({boost::asio::ip::make_address("127.0.0.1"), 0});
  acceptor.listen(0);
  std::vector<std::unique_ptr<Stream>> queue;
  for (int i = 0; i < 10; ++i) {
    auto got = co_await connect(here, acceptor.local_endpoint().port(), std::nullopt, in_a_moment());
    if (!got) co_return got.error();
    queue.push_back(std::move(*got));
  }
  throw std::runtime_error("the queue does not fill");
}

TEST(Connect, EndsAtItsDeadline) {
  const auto error = test::run(black_hole());
  EXPECT_EQ(error.kind, Failure::timeout);
  EXPECT_EQ(error.cause, Cause::timed_out);
  EXPECT_TRUE(error.message.starts_with("connecting to 127.0.0.1 port ")) << error.message;
}

TEST(Connect, FromAnAddressThatIsNotOurs) {
  const auto error = test::run(connect_error("127.0.0.1", IpAddress::parse("192.0.2.77"), soon()));
  EXPECT_EQ(error.kind, Failure::ours);
  EXPECT_TRUE(error.message.starts_with("cannot send from 192.0.2.77: ")) << error.message;
}

TEST(Connect, FromAnAddressOfTheOtherFamily) {
  const auto error = test::run(connect_error("127.0.0.1", IpAddress::parse("::1"), soon()));
  EXPECT_EQ(error.message, "cannot send from ::1 to 127.0.0.1");
}

Task<std::string> from_source() {
  auto listener = need(co_await Listener::open(here, 0));
  auto client = need(co_await connect(here, listener.port(), IpAddress::v4({127, 0, 0, 77}), soon()));
  auto server = need(co_await listener.accept());
  co_return server->peer_address();
}

TEST(Connect, FromTheAddressAskedFor) { EXPECT_EQ(test::run(from_source()), "127.0.0.77"); }

Task<std::string> port_taken() {
  auto first = need(co_await Listener::open(here, 0));
  auto second = co_await Listener::open(here, first.port());
  co_return second ? "" : second.error().message;
}

TEST(Listener, SaysWhereItCannotListen) {
  EXPECT_TRUE(test::run(port_taken()).starts_with("cannot listen on 127.0.0.1 port "));
}

Task<Error> accept_closed() {
  auto listener = need(co_await Listener::open(here, 0));
  boost::asio::post(co_await boost::asio::this_coro::executor, [&listener] { listener.close(); });
  co_return (co_await listener.accept()).error();
}

TEST(Listener, ClosedEndsAnAccept) { EXPECT_EQ(test::run(accept_closed()).message, "the listener has been closed"); }

Task<std::chrono::steady_clock::duration> wait_a_little() {
  const auto start = std::chrono::steady_clock::now();
  co_await pause(std::chrono::milliseconds(2));
  co_return std::chrono::steady_clock::now() - start;
}

TEST(Pause, Waits) { EXPECT_GE(test::run(wait_a_little()), std::chrono::milliseconds(2)); }

}  // namespace
}  // namespace mailprobe::tls
