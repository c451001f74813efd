// The same over IPv6, where this machine has it.
#include "tests/receiver/server_fixture.h"

namespace mailprobe::receiver {
namespace {

class Ipv6 : public Receiving {
 public:
  Task<void> listen_and_look(bool& possible) {
    auto at = door();
    at.address = *IpAddress::parse("::1");
    const auto all = office();
    std::vector<Door> doors{door(), at};
    auto server = co_await Server::start(std::move(doors), all);
    possible = server.has_value();
    if (!possible) co_return;
    auto stream = need(co_await tls::connect(at.address, (*server)->port(1), std::nullopt, soon()));
    stream->deadline(soon());
    smtp::Delivery look;
    look.helo = "mx.target.test";
    look.handshake = client_side("mx.probe.test");
    Transcript transcript;
    const auto session = co_await smtp::look(*stream, std::move(look), transcript);
    EXPECT_TRUE(session.tls);
    for (const auto* keyword : {"PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "CHUNKING", "REQUIRETLS", "LIMITS"})
      EXPECT_TRUE(std::ranges::any_of(session.capabilities, [&](const auto& one) { return one.starts_with(keyword); }))
          << keyword;
    co_await (*server)->stop();
  }
};

TEST_F(Ipv6, IsListenedOnBesideIpv4) {
  bool possible = false;
  test::run(listen_and_look(possible));
  if (!possible) GTEST_SKIP() << "no IPv6 on this machine";
  ASSERT_EQ(sessions_.size(), 1U);
  EXPECT_EQ(sessions_[0].address, "::1");
  EXPECT_EQ(sessions_[0].helo, "mx.target.test");
}

}  // namespace
}  // namespace mailprobe::receiver
