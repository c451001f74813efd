// Our client against our own server, in memory: what one end says, the other understands.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "smtp/client.h"
#include "smtp/server.h"
#include "tests/support/memory_stream.h"

namespace mailprobe::smtp {
namespace {

using namespace std::string_literals;

class Receiver final : public Handler {
 public:
  Task<Reply> rcpt(const ServerState& state, const Path& recipient) override {
    seen = state;
    Reply reply{250, "2.1.5", "Recipient ok"};
    if (recipient.text().starts_with("nobody")) reply = {550, "5.1.1", "No such user"};
    co_return reply;
  }
  Task<Reply> message(const ServerState& state, std::string raw) override {
    seen = state;
    messages.push_back(std::move(raw));
    Reply reply{250, "2.0.0", "Stored"};
    co_return reply;
  }
  std::optional<Secret> password(std::string_view user) override {
    if (user != "user") return std::nullopt;
    return Secret("pencil");
  }
  ServerState seen;
  std::vector<std::string> messages;
};

struct Exchange {
  Delivery delivery;
  ServerOptions options;
  Receiver receiver;
  Session session;
  ServerEnd end = ServerEnd::closed;
  Transcript client_transcript, server_transcript;
  std::string clear_text;

  Exchange() {
    delivery.helo = "probe.test";
    delivery.reverse_path = Path(*Mailbox::parse("probe@probe.test"));
    delivery.recipient = Path(*Mailbox::parse("to@target.test"));
    delivery.message = "Subject: a\r\n\r\nhello\r\n.dotted\r\n..\r\n";
    options.host = "mx.target.test";
    options.starttls = tls::Handshake{};
    options.auth = true;
  }
};

Task<void> client(tls::Stream& stream, Exchange& exchange) {
  exchange.session = co_await deliver(stream, exchange.delivery, exchange.client_transcript);
}
Task<void> server(tls::Stream& stream, Exchange& exchange) {
  exchange.end = co_await serve(stream, exchange.options, exchange.receiver, exchange.server_transcript);
}

void run(Exchange& exchange) {
  boost::asio::io_context context(1);
  auto streams = test::memory_streams(context.get_executor(), test::fake_facts(), &exchange.clear_text);
  boost::asio::co_spawn(context, server(*streams.server, exchange), boost::asio::detached);
  boost::asio::co_spawn(context, client(*streams.client, exchange), boost::asio::detached);
  context.run();
}

void expect_delivered(const Exchange& exchange) {
  EXPECT_EQ(word(exchange.session.outcome), "accepted")
      << (exchange.session.error ? exchange.session.error->message : "");
  EXPECT_EQ(exchange.end, ServerEnd::quit);
  EXPECT_EQ(exchange.receiver.messages, std::vector<std::string>{exchange.delivery.message});  // byte for byte
}

TEST(ClientAndServer, DeliverUnderTls) {
  Exchange exchange;
  run(exchange);
  expect_delivered(exchange);
  EXPECT_TRUE(exchange.session.tls);
  EXPECT_TRUE(exchange.receiver.seen.tls);
  EXPECT_EQ(exchange.receiver.seen.helo, "probe.test");
  EXPECT_EQ(exchange.receiver.seen.mail_from.text(), "probe@probe.test");
  EXPECT_EQ(exchange.clear_text, "EHLO probe.test\r\nSTARTTLS\r\n");
}

TEST(ClientAndServer, DeliverInPlainTextWhereThatIsPermitted) {
  Exchange exchange;
  exchange.options.starttls.reset();
  exchange.delivery.floor = TlsFloor::may;
  run(exchange);
  expect_delivered(exchange);
}

TEST(ClientAndServer, DoNotDeliverInPlainTextElse) {
  Exchange exchange;
  exchange.options.starttls.reset();
  run(exchange);
  EXPECT_EQ(word(exchange.session.outcome), "not-sent");
  EXPECT_TRUE(exchange.receiver.messages.empty());
}

TEST(ClientAndServer, LogInByScram) {
  Exchange exchange;
  exchange.delivery.credentials = {"user", Secret("pencil"), sasl::Proof::password};
  run(exchange);
  expect_delivered(exchange);
  EXPECT_EQ(exchange.receiver.seen.user, "user");
  for (const auto* transcript : {&exchange.client_transcript, &exchange.server_transcript})
    for (const auto& event : transcript->events()) {
      EXPECT_EQ(event.text.find("pencil"), std::string::npos);
      EXPECT_TRUE(!event.text.starts_with("334") || event.text == "334 ***") << event.text;  // the challenges neither
    }
}

TEST(ClientAndServer, RefuseAWrongPassword) {
  Exchange exchange;
  exchange.delivery.credentials = {"user", Secret("wrong"), sasl::Proof::password};
  run(exchange);
  ASSERT_TRUE(exchange.session.error);
  EXPECT_EQ(exchange.session.error->kind, Failure::refused);
  EXPECT_EQ(exchange.session.phase, Phase::auth);
}

TEST(ClientAndServer, RefuseARecipient) {
  Exchange exchange;
  exchange.delivery.recipient = Path(*Mailbox::parse("nobody@target.test"));
  run(exchange);
  EXPECT_EQ(word(exchange.session.outcome), "rejected");
  EXPECT_EQ(exchange.session.reply->enhanced, "5.1.1");
  EXPECT_TRUE(exchange.receiver.messages.empty());
}

TEST(ClientAndServer, KeepEightBitAndUtf8) {
  Exchange exchange;
  exchange.delivery.recipient = Path(*Mailbox::parse("dörte@target.test"));
  exchange.delivery.message = "Subject: grün\r\n\r\nblau\r\n";
  run(exchange);
  expect_delivered(exchange);
}

TEST(ClientAndServer, TakeLongLinesByBdat) {
  Exchange exchange;
  exchange.delivery.message = "Subject: a\r\n\r\n" + std::string(5000, 'x') + "\r\n.\r\n";
  run(exchange);
  expect_delivered(exchange);
}

TEST(ClientAndServer, StopAtTheLimit) {
  Exchange exchange;
  exchange.options.max_size = 10;
  run(exchange);
  EXPECT_EQ(word(exchange.session.outcome), "not-sent");
  EXPECT_NE(exchange.session.error->message.find("SIZE"), std::string::npos);
}

TEST(ClientAndServer, TakeALargeMessage) {
  Exchange exchange;
  for (int i = 0; i < 20'000; ++i) exchange.delivery.message += ".a line of some length, with a dot before it\r\n";
  run(exchange);
  expect_delivered(exchange);
}

}  // namespace
}  // namespace mailprobe::smtp
