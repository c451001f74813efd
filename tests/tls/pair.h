// Two ends of a loopback connection on one io_context: what the socket tests talk over.
#pragma once

#include <stdexcept>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "tls/authority.h"
#include "tls/context.h"
#include "tls/network.h"

namespace mailprobe::tls {

inline const IpAddress here = IpAddress::v4({127, 0, 0, 1});

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
inline Steady in_a_moment() { return std::chrono::steady_clock::now() + std::chrono::milliseconds(2); }

struct Pair {
  std::unique_ptr<Stream> client, server;
};

inline Task<Pair> make_pair() {
  auto listener = need(co_await Listener::open(here, 0));
  Pair pair;
  pair.client = need(co_await connect(here, listener.port(), std::nullopt, soon()));
  pair.server = need(co_await listener.accept());
  pair.server->deadline(soon());
  co_return pair;
}

inline const Authority& authority() {
  static const auto made = need(Authority::make("Test CA"));
  return made;
}

inline Handshake server_side(IssueOptions options, Version min = Version::tls1_2, Version max = Version::tls1_3) {
  const auto issued = need(authority().issue(std::move(options)));
  Handshake how;
  how.context = need(Context::server({issued.chain_pem, issued.key_pem, min, max}));
  how.server = true;
  return how;
}

inline Handshake client_side(std::string name, std::string ca_pem = authority().ca_pem()) {
  Handshake how;
  how.context = need(Context::client({"", std::move(ca_pem)}));
  how.server_name = std::move(name);
  return how;
}

inline Task<std::string> read_all(Stream& stream, std::size_t count) {
  std::string out;
  std::string buffer(16 * 1024, '\0');
  while (out.size() < count) {
    const auto got = need(co_await stream.read_some(buffer.data(), buffer.size()));
    if (got == 0) break;
    out.append(buffer, 0, got);
  }
  co_return out;
}

struct Handshaken {
  Result<TlsFacts> client = fail(Failure::ours, "not run"), server = fail(Failure::ours, "not run");
};

inline Task<void> serve_handshake(Stream& stream, Handshake how, Result<TlsFacts>& facts,
                                  boost::asio::steady_timer& done) {
  facts = co_await stream.handshake(std::move(how));
  if (!facts) stream.close();
  done.expires_at(Steady::min());  // wakes who waits, and who will
}

/// Both handshakes at once.
inline Task<Handshaken> shake_hands(Pair& pair, Handshake client, Handshake server) {
  const auto executor = co_await boost::asio::this_coro::executor;
  Handshaken both;
  boost::asio::steady_timer done(executor, soon());
  boost::asio::co_spawn(executor, serve_handshake(*pair.server, std::move(server), both.server, done),
                        boost::asio::detached);
  both.client = co_await pair.client->handshake(std::move(client));
  if (!both.client) pair.client->close();
  co_await done.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  co_return both;
}

}  // namespace mailprobe::tls
