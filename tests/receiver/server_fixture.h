// A receiver on loopback sockets for a test, and clients of it: our own, which delivers whole messages, and one that
// says line by line what it is told to.
#pragma once

#include <gtest/gtest.h>

#include <map>

#include "base/tasks.h"
#include "receiver/server.h"
#include "smtp/client.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"
#include "tests/support/temporary_folder.h"
#include "tls/authority.h"
#include "tls/buffered_reader.h"
#include "tls/context.h"
#include "tls/network.h"
#include "tls/openssl.h"

namespace mailprobe::receiver {

template <class T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

/// Far enough never to matter in a test that passes.
inline Steady soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(20); }
inline const IpAddress loopback = *IpAddress::parse("127.0.0.1");

/// With another authority, and one that has to vouch for the server: ours never breaks off for a certificate's sake.
inline tls::Handshake rejecting(const std::string& name, int version = TLS1_3_VERSION) {
  const auto elsewhere = need(tls::Authority::make("elsewhere"));
  auto context = need(tls::Context::client({.ca_file = {}, .ca_pem = elsewhere.ca_pem()}));
  auto* ctx = context->impl().ctx.get();
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_min_proto_version(ctx, version);
  SSL_CTX_set_max_proto_version(ctx, version);
  return {.context = std::move(context), .server = false, .server_name = name, .tlsa = {}, .dane_names = {}};
}

class Client {
 public:
  static Task<Client> connect(std::uint16_t port, std::optional<IpAddress> from = {}) {
    auto stream = need(co_await tls::connect(loopback, port, from, soon()));
    stream->deadline(soon());
    co_return Client(std::move(stream));
  }

  Task<void> say(std::string text) {
    text += "\r\n";
    if (const auto sent = co_await stream_->write(text); !sent) throw std::runtime_error(sent.error().message);
  }
  Task<void> say_without_end(std::string text) {
    if (const auto sent = co_await stream_->write(text); !sent) throw std::runtime_error(sent.error().message);
  }
  /// False once the server has closed its end.
  Task<bool> still_takes(std::string text) {
    text += "\r\n";
    const auto sent = co_await stream_->write(text);
    co_return sent.has_value();
  }
  /// The last line of the reply; empty at the end.
  Task<std::string> hear() {
    for (;;) {
      auto line = co_await reader_->line(1000);
      if (!line) co_return std::string();
      if (line->size() < 4 || (*line)[3] != '-') co_return *line;
    }
  }
  Task<std::string> ask(std::string text) {
    co_await say(std::move(text));
    co_return co_await hear();
  }
  /// A message; the reply to its final dot, or the first that refuses.
  Task<std::string> bring(std::string from, std::string to) {
    auto reply = co_await ask("MAIL FROM:<" + from + ">");
    if (reply.starts_with("250 ")) reply = co_await ask("RCPT TO:<" + to + ">");
    if (reply.starts_with("250 ")) reply = co_await ask("DATA");
    if (reply.starts_with("354 "))
      reply = co_await ask("From: " + from + "\r\nSubject: to " + to + "\r\n\r\nHello.\r\n.");
    co_return reply;
  }
  Task<TlsFacts> encrypt(tls::Handshake how) { co_return need(co_await stream_->handshake(std::move(how))); }
  Task<Result<TlsFacts>> try_to_encrypt(tls::Handshake how) { co_return co_await stream_->handshake(std::move(how)); }
  void hang_up() { stream_->close(); }

 private:
  explicit Client(std::unique_ptr<tls::Stream> stream)
      : stream_(std::move(stream)), reader_(std::make_unique<tls::BufferedReader>(*stream_)) {}
  std::unique_ptr<tls::Stream> stream_;
  std::unique_ptr<tls::BufferedReader> reader_;
};

class Receiving : public testing::Test {
 protected:
  Receiving() : authority_(need(tls::Authority::make("test"))), spool_(need(Spool::open(folder_.path() / "spool"))) {
    recipients_.add_domain("probe.test");
    recipients_.answers(*Mailbox::parse("probe@probe.test"),
                        [](const std::string& token) { return token == "token7" || token == "token8"; });
    resolver_.txt("target.test", "v=spf1 ip4:127.0.0.0/8 -all");
    resolver_.ptr("1.0.0.127.in-addr.arpa", "mx.target.test");
    resolver_.a("mx.target.test", "127.0.0.1");
  }

  [[nodiscard]] tls::Handshake server_side(const std::string& name) const {
    auto issued = need(authority_.issue({.subject = name, .names = {name}, .addresses = {}}));
    tls::ServerOptions options;
    options.chain_pem = issued.chain_pem;
    options.key_pem = issued.key_pem;
    return {.context = need(tls::Context::server(options)),
            .server = true,
            .server_name = {},
            .tlsa = {},
            .dane_names = {}};
  }
  [[nodiscard]] tls::Handshake client_side(const std::string& name) const {
    return {.context = need(tls::Context::client({.ca_file = {}, .ca_pem = authority_.ca_pem()})),
            .server = false,
            .server_name = name,
            .tlsa = {},
            .dane_names = {}};
  }

  [[nodiscard]] Door door(std::optional<std::string> trap = {}) const {
    smtp::ServerOptions options;
    options.host = "mx.probe.test";
    options.requiretls = true;
    options.starttls = server_side("mx.probe.test");
    return {.address = loopback, .port = 0, .trap = std::move(trap), .session = [options](const std::string&) {
              return options;
            }};
  }

  [[nodiscard]] Office office() {
    return {.host = "mx.probe.test",
            .recipients = recipients_,
            .spool = spool_,
            .disk = disk_,
            .resolver = resolver_,
            .objection = [](const evidence::Session&, const Path&) { return std::nullopt; },
            .kept = [this](const std::string& name) { kept_.push_back(name); },
            .ended = [this](evidence::Session session) { sessions_.push_back(std::move(session)); }};
  }

  /// One message by our own client; the connection is closed afterwards.
  Task<smtp::Session> deliver(std::uint16_t port, std::string to = "probe+token7@probe.test", std::string header = {}) {
    auto stream = need(co_await tls::connect(loopback, port, std::nullopt, soon()));
    smtp::Delivery delivery;
    delivery.helo = "mx.target.test";
    delivery.reverse_path = Path(*Mailbox::parse("someone@target.test"));
    delivery.recipient = Path(*Mailbox::parse(to));
    delivery.message = header + "From: someone@target.test\r\nSubject: Re: a probe\r\n\r\nHello.\r\n";
    delivery.handshake = client_side("mx.probe.test");
    Transcript transcript;
    co_return co_await smtp::deliver(*stream, std::move(delivery), transcript);
  }

  test::TemporaryFolder folder_;
  tls::Authority authority_;
  Recipients recipients_;
  Spool spool_;
  Disk disk_{2};
  test::FakeResolver resolver_;
  std::vector<std::string> kept_;
  std::vector<evidence::Session> sessions_;
};

}  // namespace mailprobe::receiver
