// A whole lab for a test: started, used by one coroutine, stopped. And the few steps that a test takes with it: a
// delivery by the real client, a message read over IMAP.
#pragma once

#include <gtest/gtest.h>

#include "lab/faults.h"
#include "lab/lab.h"
#include "lab/zones.h"
#include "smtp/client.h"
#include "tests/support/run.h"
#include "tls/buffered_reader.h"
#include "tls/context.h"
#include "tls/network.h"

namespace mailprobe::lab {

template <class T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}
inline void need(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().message);
}

/// Far enough never to matter in a test that passes.
inline Steady soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(20); }

using Body = Task<void> (*)(const Access& access);

inline Task<void> start_and_use(Body body) {
  auto lab = need(co_await Lab::start());
  co_await body(lab->access());
  lab->stop();
}

/// Everything that the lab runs has ended when this returns.
inline void with_lab(Body body) { test::run(start_and_use(body)); }

inline tls::Handshake client_side(const Access& access, std::string name) {
  return {.context = need(tls::Context::client({.ca_file = {}, .ca_pem = access.ca_pem})),
          .server = false,
          .server_name = std::move(name)};
}

inline const Host& host_named(std::string_view name) {
  for (const auto& host : hosts())
    if (host.name == name) return host;
  throw std::invalid_argument("no such host: " + std::string(name));
}

inline Path path(std::string_view text) { return Path(*Mailbox::parse(text)); }

struct Sent {
  std::string host, to;
  TlsFloor floor = TlsFloor::encrypt;
  std::string message = "From: probe@probe.test\r\nSubject: a probe\r\n\r\nHello.\r\n";
};

/// One delivery to one host, as the probe's own address would make it.
inline Task<smtp::Session> deliver(const Access& access, Sent what) {
  auto stream = need(co_await tls::connect(address_of(host_named(what.host)), access.smtp_port, probe_address, soon()));
  smtp::Delivery delivery;
  delivery.helo = access.helo;
  delivery.reverse_path = path(access.address);
  delivery.recipient = path(what.to);
  delivery.message = what.message;
  delivery.floor = what.floor;
  delivery.handshake = client_side(access, what.host);
  Transcript transcript;
  co_return co_await smtp::deliver(*stream, std::move(delivery), transcript);
}

/// A connection to the mailbox, logged in.
class MailboxClient {
 public:
  static Task<std::unique_ptr<MailboxClient>> open(const Access& access) {
    auto stream = need(co_await tls::connect(imap_address, access.imaps_port, std::nullopt, soon()));
    stream->deadline(soon());
    auto handshake = client_side(access, access.imap_host);
    const auto facts = need(co_await stream->handshake(std::move(handshake)));
    EXPECT_EQ(facts.verified->result, "pass");
    auto client = std::make_unique<MailboxClient>(std::move(stream));
    need(co_await client->reader_.line(max_line));
    co_await client->ask("LOGIN " + access.imap_user + " " + access.imap_password);
    co_return client;
  }

  explicit MailboxClient(std::unique_ptr<tls::Stream> stream) : stream_(std::move(stream)), reader_(*stream_) {}

  Task<void> say(std::string line) {
    const auto bytes = line + "\r\n";
    need(co_await stream_->write(bytes));
  }
  Task<std::string> line() { co_return need(co_await reader_.line(max_line)); }

  /// All lines of the answer, the tagged one included.
  Task<std::string> ask(std::string command) {
    const auto tag = "t" + std::to_string(++count_);
    co_await say(tag + " " + command);
    std::string all;
    for (;;) {
      const auto one = co_await line();
      all += one + "\n";
      if (one.starts_with(tag + " ")) break;
    }
    EXPECT_NE(all.find(tag + " OK"), std::string::npos) << command << ": " << all;
    co_return all;
  }

  /// Waits in IDLE for the folder's next message.
  Task<void> await_message(std::string folder) {
    const auto selected = co_await ask("SELECT " + folder);
    if (selected.find("* 0 EXISTS") == std::string::npos) co_return;
    co_await say("i IDLE");
    for (auto said = co_await line(); said.find("EXISTS") == std::string::npos;) said = co_await line();
    co_await say("DONE");
    for (auto said = co_await line(); !said.starts_with("i OK");) said = co_await line();
  }

 private:
  static constexpr std::size_t max_line = 65'536;
  std::unique_ptr<tls::Stream> stream_;
  tls::BufferedReader reader_;
  int count_ = 0;
};

}  // namespace mailprobe::lab
