// Streams over real sockets: order, size, deadlines, cancellation, ends. Each in plain and under TLS.
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "tests/support/run.h"
#include "tests/tls/pair.h"
#include "tls/buffered_reader.h"

namespace mailprobe::tls {
namespace {

namespace asio = boost::asio;

IssueOptions for_host() {
  IssueOptions options;
  options.names = {"mx.target.test"};
  return options;
}

Task<Pair> make_pair_with(bool tls) {
  auto pair = co_await make_pair();
  if (!tls) co_return pair;
  const auto client = client_side("mx.target.test"), server = server_side(for_host());
  auto both = co_await shake_hands(pair, client, server);
  need(std::move(both.client));
  need(std::move(both.server));
  co_return pair;
}

class Streams : public testing::TestWithParam<bool> {};

INSTANTIATE_TEST_SUITE_P(All, Streams, testing::Bool(),
                         [](const auto& info) { return std::string(info.param ? "tls" : "plain"); });

Task<std::string> read_late(bool tls) {
  auto pair = co_await make_pair_with(tls);
  std::string said;
  char buffer[64];
  for (int i = 0; i < 3; ++i) {
    pair.client->deadline(in_a_moment());
    const auto early = co_await pair.client->read_some(buffer, sizeof buffer);
    said += early ? "data?" : word(*early.error().cause);
    said += ' ';
    pair.client->deadline(soon());
    need(co_await pair.server->write("* EXISTS"));
    said += co_await read_all(*pair.client, 8);
    need(co_await pair.client->write("DONE"));
    said += co_await read_all(*pair.server, 4) + ' ';
  }
  co_return said;
}

TEST_P(Streams, ReadThatTimedOutLosesNothing) {
  EXPECT_EQ(test::run(read_late(GetParam())), "timed-out * EXISTSDONE timed-out * EXISTSDONE timed-out * EXISTSDONE ");
}

Task<Result<std::size_t>> read_after_the_deadline(bool tls) {
  auto pair = co_await make_pair_with(tls);
  need(co_await pair.server->write("flood"));
  pair.client->deadline(std::chrono::steady_clock::now());
  char buffer[64];
  co_return co_await pair.client->read_some(buffer, sizeof buffer);
}

TEST_P(Streams, DeadlineHoldsAgainstAPeerThatNeverStops) {
  const auto got = test::run(read_after_the_deadline(GetParam()));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Failure::timeout);
}

Task<void> write_and_close(Stream& stream, const std::string& bytes) {
  need(co_await stream.write(bytes));
  stream.close();
}

Task<std::string> transfer(bool tls, std::string bytes) {
  auto pair = co_await make_pair_with(tls);
  const auto executor = co_await asio::this_coro::executor;
  asio::co_spawn(executor, write_and_close(*pair.server, bytes), asio::detached);
  auto got = co_await read_all(*pair.client, bytes.size() + 1);
  co_return got;
}

TEST_P(Streams, CarryManyBytesInOrderAndEndOrderly) {
  std::string bytes(5'000'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31 >> 3);
  EXPECT_TRUE(test::run(transfer(GetParam(), bytes)) == bytes);
}

Task<Result<void>> write_to_nobody(bool tls) {
  auto pair = co_await make_pair_with(tls);
  pair.client->deadline(in_a_moment());
  const std::string bytes(50'000'000, 'x');
  co_return co_await pair.client->write(bytes);
}

TEST_P(Streams, WriteThatNobodyReadsTimesOut) {
  const auto sent = test::run(write_to_nobody(GetParam()));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, Failure::timeout);
  EXPECT_EQ(sent.error().message, "writing timed out");
}

Task<Result<void>> write_to_the_gone(bool tls) {
  auto pair = co_await make_pair_with(tls);
  pair.server->close();
  Result<void> sent;
  const std::string bytes(100'000, 'x');
  while (sent) sent = co_await pair.client->write(bytes);
  co_return sent;
}

TEST_P(Streams, WriteToAPeerThatIsGoneIsAnErrorAndNoSignal) {
  const auto sent = test::run(write_to_the_gone(GetParam()));
  EXPECT_EQ(sent.error().kind, Failure::connection);
  EXPECT_EQ(sent.error().cause, Cause::unreachable);
}

Task<std::string> cancelled_then_asked_again(bool tls, asio::cancellation_signal& signal) {
  auto pair = co_await make_pair_with(tls);
  const auto executor = co_await asio::this_coro::executor;
  asio::post(executor, [&signal] { signal.emit(asio::cancellation_type::terminal); });
  char buffer[64];
  const auto first = co_await pair.client->read_some(buffer, sizeof buffer);
  const auto second = co_await pair.client->write("QUIT\r\n");
  const auto third = co_await connect(here, 1, std::nullopt, soon());
  co_await pause(std::chrono::hours(1));
  co_return first.error().message + ", " + second.error().message + ", " + third.error().message;
}

TEST_P(Streams, CancellationIsAnAnswerAndNoException) {
  asio::io_context context(1);
  asio::cancellation_signal signal;
  std::string said;
  asio::co_spawn(context, cancelled_then_asked_again(GetParam(), signal),
                 asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr error, std::string text) {
                   said = error ? "an exception" : text;
                 }));
  context.run();
  EXPECT_EQ(said, "interrupted, interrupted, interrupted");
}

Task<std::string> close_under_a_read(bool tls) {
  auto pair = co_await make_pair_with(tls);
  asio::post(co_await asio::this_coro::executor, [&pair] { pair.client->close(); });
  char buffer[64];
  const auto got = co_await pair.client->read_some(buffer, sizeof buffer);
  const auto after = co_await pair.client->write("x");
  co_return got.error().message + "; " + after.error().message;
}

TEST_P(Streams, ClosedByUsEndsARead) {
  EXPECT_EQ(test::run(close_under_a_read(GetParam())),
            "the connection has been closed; the connection has been closed");
}

Task<std::vector<std::string>> look(bool tls) {
  auto pair = co_await make_pair_with(tls);
  co_return std::vector<std::string>{pair.client->local_address(), pair.client->peer_address(),
                                     pair.client->encrypted() ? "encrypted" : "plain"};
}

TEST_P(Streams, KnowTheirAddresses) {
  EXPECT_EQ(test::run(look(GetParam())),
            (std::vector<std::string>{"127.0.0.1", "127.0.0.1", GetParam() ? "encrypted" : "plain"}));
}

/// Passes bytes on until either side ends.
Task<void> relay(std::unique_ptr<Stream>& from, std::unique_ptr<Stream>& to) {
  char buffer[4096];
  for (;;) {
    const auto got = co_await from->read_some(buffer, sizeof buffer);
    if (!got || *got == 0) co_return;
    if (!co_await to->write({buffer, *got})) co_return;
  }
}

/// A TLS session through a relay that cuts the connection: TCP ends in order, TLS does not.
Task<Result<std::size_t>> read_truncated() {
  const auto executor = co_await asio::this_coro::executor;
  auto near = co_await make_pair(), far = co_await make_pair();
  asio::co_spawn(executor, relay(near.server, far.client), asio::detached);
  asio::co_spawn(executor, relay(far.client, near.server), asio::detached);
  Pair ends{std::move(near.client), std::move(far.server)};
  const auto client = client_side("mx.target.test"), server = server_side(for_host());
  auto both = co_await shake_hands(ends, client, server);
  need(std::move(both.client));
  near.server->close();
  char buffer[8];
  auto got = co_await ends.client->read_some(buffer, sizeof buffer);
  far.client->close();
  co_await pause(std::chrono::milliseconds(0));  // the relays end before what they refer to
  co_return got;
}

TEST(Stream, UnderTlsAnEndWithoutCloseNotifyIsAnError) {
  const auto got = test::run(read_truncated());
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Failure::connection);
  EXPECT_EQ(got.error().message, "TLS: connection closed without a TLS closure alert");
}

Task<std::string> half_close() {
  const auto executor = co_await asio::this_coro::executor;
  auto listener = need(co_await Listener::open(here, 0));
  asio::ip::tcp::socket peer(executor);
  peer.connect({asio::ip::make_address("127.0.0.1"), listener.port()});
  auto stream = need(co_await listener.accept());
  peer.send(asio::buffer(std::string_view("QUIT")));
  peer.shutdown(asio::ip::tcp::socket::shutdown_send);
  auto said = co_await read_all(*stream, 5);
  need(co_await stream->write("221 bye"));
  stream->close();
  char buffer[16];
  const auto size = peer.receive(asio::buffer(buffer));
  co_return said + " " + std::string(buffer, size);
}

TEST(Stream, GoesOnWritingAfterThePeersEnd) { EXPECT_EQ(test::run(half_close()), "QUIT 221 bye"); }

Task<std::size_t> injected() {
  auto pair = co_await make_pair();
  need(co_await pair.server->write("220 go\r\n250 injected\r\n"));
  BufferedReader reader(*pair.client);
  (void)need(co_await reader.line(512));
  co_return reader.buffered();
}

TEST(Stream, BytesBeforeAHandshakeAreSeen) { EXPECT_EQ(test::run(injected()), 14U); }

}  // namespace
}  // namespace mailprobe::tls
