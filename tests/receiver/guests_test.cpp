// Connections to a service without a 421: who finds no place is closed, and a place that is left is free again.
#include "receiver/guests.h"

#include "tests/receiver/server_fixture.h"

namespace mailprobe::receiver {
namespace {

/// Says one line, and stays until the client goes.
Task<void> greet(std::unique_ptr<tls::Stream> stream) {
  stream->deadline(soon());
  const std::string hello = "220 hello\r\n";
  (void)co_await stream->write(hello);
  std::array<char, 16> more{};
  (void)co_await stream->read_some(more.data(), more.size());
}

Task<void> come_too_many(std::string& first, std::string& second, std::string& other, std::string& again,
                         std::vector<std::string>& turned_away) {
  auto listener = need(co_await tls::Listener::open(loopback, 0));
  const auto port = listener.port();
  const auto places = std::make_shared<Places>(2, 1);
  auto tasks = co_await Tasks::make();
  const auto refused = [&](const std::string& client) { turned_away.push_back(client); };
  tls::Serve serve = at_most(places, refused, greet);
  tasks.spawn(tls::accept_all(std::move(listener), tasks, std::move(serve)));
  auto a = co_await Client::connect(port), b = co_await Client::connect(port);
  auto c = co_await Client::connect(port, IpAddress::parse("127.0.0.2"));
  first = co_await a.hear();
  second = co_await b.hear();
  other = co_await c.hear();
  a.hang_up();
  while (places->taken() > 1) co_await tls::pause(std::chrono::milliseconds(1));
  auto d = co_await Client::connect(port);
  again = co_await d.hear();
  tasks.stop();
}

TEST(Guests, AreSoManyAtOnceOfEachClient) {
  std::string first, second, other, again;
  std::vector<std::string> turned_away;
  test::run(come_too_many(first, second, other, again, turned_away));
  EXPECT_EQ(first, "220 hello");
  EXPECT_EQ(second, "") << "closed";
  EXPECT_EQ(other, "220 hello");
  EXPECT_EQ(again, "220 hello");
  EXPECT_EQ(turned_away, std::vector<std::string>{"127.0.0.1"});
}

}  // namespace
}  // namespace mailprobe::receiver
