#include "dns/responder.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <list>

#include "dns/master_file.h"
#include "dns/reply.h"
#include "dns/witness_names.h"

namespace mailprobe::dns {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t max_udp_query = 4096;
constexpr std::size_t max_tcp_query = 4096;          // a query has one question: no honest one comes near
constexpr std::size_t max_connections = 256;         // TCP, at a time
constexpr std::size_t max_per_client = 8;            // of them: a resolver needs one or two (RFC 7766 §6.2.2)
constexpr auto tcp_idle = std::chrono::seconds(10);  // RFC 7766 §6.2.3: of the order of seconds
constexpr int port_tries = 16;                       // a port that is free for UDP may be taken for TCP

asio::ip::address address_of(const IpAddress& address) {
  if (address.v6) return asio::ip::address_v6(address.bytes);
  asio::ip::address_v4::bytes_type bytes{};
  std::copy_n(address.bytes.begin(), bytes.size(), bytes.begin());
  return asio::ip::address_v4(bytes);
}

IpAddress ip_of(const asio::ip::address& address) {
  IpAddress ip;
  ip.v6 = address.is_v6();
  if (ip.v6) {
    ip.bytes = address.to_v6().to_bytes();
  } else {
    const auto bytes = address.to_v4().to_bytes();
    std::ranges::copy(bytes, ip.bytes.begin());
  }
  return ip.unmapped();
}

/// An IPv6 client is its /64 (RFC 4291 §2.5.4).
bool same_client(const IpAddress& a, const IpAddress& b) {
  constexpr std::ptrdiff_t network = 8;
  return a.v6 == b.v6 && (a.v6 ? std::equal(a.bytes.begin(), a.bytes.begin() + network, b.bytes.begin()) : a == b);
}

struct Connection {
  explicit Connection(tcp::socket with) : socket(std::move(with)), idle(socket.get_executor()) {
    error_code gone;
    const auto from = socket.remote_endpoint(gone);
    if (!gone) client = ip_of(from.address());
  }
  tcp::socket socket;
  IpAddress client;
  asio::steady_timer idle;
};

}  // namespace

/// Apart, since the addresses of the one may be forged: what others ask for in a client's name is not held against it
/// where it comes by TCP.
struct Rates {
  explicit Rates(const RateLimit& limit) : udp(limit), tcp(limit) {}
  Allowance ask(const IpAddress& client, Transport transport) {
    const auto at = std::chrono::steady_clock::now();
    if (transport == Transport::udp) return udp.ask(client, at);
    return tcp.ask(client, at) == Allowance::answer ? Allowance::answer : Allowance::drop;
  }
  ClientRate udp, tcp;
};

struct Responder::Impl {
  Impl(const asio::any_io_executor& executor, ResponderOptions with)
      : options(std::move(with)), datagrams(executor), acceptor(executor) {
    if (options.limit) rates.emplace(*options.limit);
  }

  static Result<Zone> make_zone(const ZoneText& text, std::vector<std::string>& made_anchors);
  Result<void> load(const std::vector<ZoneText>& texts);
  std::optional<std::string> reply(std::string_view query, const IpAddress& from, Transport transport);
  Result<void> bind(const asio::ip::address& address, std::uint16_t wanted);
  error_code try_bind(const asio::ip::address& address, std::uint16_t wanted);
  /// Of the places for connections: one is left, and the client has not too many.
  bool has_room_for(const IpAddress& client);
  void stop();

  ResponderOptions options;
  std::optional<Rates> rates;
  std::vector<Zone> zones;
  std::vector<std::string> anchors;
  udp::socket datagrams;
  tcp::acceptor acceptor;
  std::list<std::weak_ptr<Connection>> connections;
  std::uint16_t port = 0;
};

Result<Zone> Responder::Impl::make_zone(const ZoneText& text, std::vector<std::string>& made_anchors) {
  auto origin = labels_from_text(text.origin);
  if (!origin) return fail(Failure::ours, "zone " + text.origin + ": not a name");
  auto records = parse_master_file(text.records, text.origin);
  if (!records) return fail(Failure::ours, "zone " + text.origin + ": " + records.error().message);
  if (text.sign) {
    auto made = sign_zone(*records, text.origin, text.key);
    if (!made) return std::unexpected(made.error());
    records = std::move(made->records);
    made_anchors.push_back(std::move(made->anchor));
  }
  Zone zone(std::move(*origin));
  zone.cut_at_delegations();
  for (const auto& record : *records) zone.add(record);
  if (!zone.has_soa()) return fail(Failure::ours, "zone " + text.origin + " has no SOA record");
  if (text.made) zone.make_up(text.made);
  return zone;
}

Result<void> Responder::Impl::load(const std::vector<ZoneText>& texts) {
  std::vector<Zone> made;
  std::vector<std::string> made_anchors;
  made.reserve(texts.size());
  for (const auto& text : texts) {
    auto zone = make_zone(text, made_anchors);
    if (!zone) return std::unexpected(zone.error());
    made.push_back(std::move(*zone));
  }
  zones = std::move(made);
  anchors = std::move(made_anchors);
  return {};
}

std::optional<std::string> Responder::Impl::reply(std::string_view query, const IpAddress& from, Transport transport) {
  const auto allowance = rates ? rates->ask(from, transport) : Allowance::answer;
  const bool answer = allowance == Allowance::answer;
  if (options.asked || options.dropped)
    if (const auto asked = asked_by(query)) {
      if (!answer && options.dropped) options.dropped(*asked);
      if (answer && options.asked) options.asked(*asked, from, transport);
    }
  if (answer) return reply_to(query, zones, transport);
  if (allowance == Allowance::truncate) return truncated_reply_to(query);
  return std::nullopt;
}

error_code Responder::Impl::try_bind(const asio::ip::address& address, std::uint16_t wanted) {
  error_code error, ignored;
  datagrams.close(ignored);
  acceptor.close(ignored);
  const udp::endpoint at(address, wanted);
  datagrams.open(at.protocol(), error);
  if (!error) datagrams.non_blocking(true, error);
  if (!error) datagrams.bind(at, error);
  if (!error) port = datagrams.local_endpoint(error).port();
  const tcp::endpoint same(address, port);
  if (!error) acceptor.open(same.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(same, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  return error;
}

Result<void> Responder::Impl::bind(const asio::ip::address& address, std::uint16_t wanted) {
  auto error = try_bind(address, wanted);
  for (int i = 1; error == asio::error::address_in_use && wanted == 0 && i < port_tries; ++i)
    error = try_bind(address, wanted);
  if (!error) return {};
  return fail(Failure::ours, "cannot answer DNS on " + address.to_string() + " port " + std::to_string(wanted) + ": " +
                                 error.message());
}

bool Responder::Impl::has_room_for(const IpAddress& client) {
  std::erase_if(connections, [](const auto& weak) { return weak.expired(); });
  const auto own = std::ranges::count_if(connections, [&](const auto& weak) {
    const auto other = weak.lock();
    return other && same_client(other->client, client);
  });
  return connections.size() < max_connections && static_cast<std::size_t>(own) < max_per_client;
}

void Responder::Impl::stop() {
  error_code ignored;
  datagrams.close(ignored);
  acceptor.close(ignored);
  for (const auto& weak : connections)
    if (const auto connection = weak.lock()) {
      connection->socket.close(ignored);
      connection->idle.cancel();
    }
  connections.clear();
}

namespace {

template <class Impl>
Task<void> serve_udp(std::shared_ptr<Impl> impl) {
  std::array<char, max_udp_query> buffer;
  udp::endpoint from;
  while (impl->datagrams.is_open()) {
    const auto [error, size] = co_await impl->datagrams.async_receive_from(asio::buffer(buffer), from, as_result);
    if (error == asio::error::operation_aborted) co_return;
    if (error) continue;  // an ICMP message about an answer of ours
    const auto reply = impl->reply({buffer.data(), size}, ip_of(from.address()), Transport::udp);
    error_code ignored;  // a full queue loses it, as the network may
    if (reply) impl->datagrams.send_to(asio::buffer(*reply), from, 0, ignored);
  }
}

template <class Impl>
Task<bool> serve_query(std::shared_ptr<Impl> impl, std::shared_ptr<Connection> connection) {
  std::array<unsigned char, 2> length{};  // RFC 1035 §4.2.2
  auto [error, got] = co_await asio::async_read(connection->socket, asio::buffer(length), as_result);
  const std::size_t size = static_cast<std::size_t>(length[0]) << 8 | length[1];
  if (error || got != length.size() || size > max_tcp_query) co_return false;
  std::string query(size, '\0');
  std::tie(error, got) = co_await asio::async_read(connection->socket, asio::buffer(query), as_result);
  if (error) co_return false;
  auto reply = impl->reply(query, connection->client, Transport::tcp);
  if (!reply) co_return false;  // RFC 7766 §6.2.3: a server may close; who asks again is a resolver
  std::string out{static_cast<char>(reply->size() >> 8), static_cast<char>(reply->size() & 0xff)};
  out += *reply;
  std::tie(error, got) = co_await asio::async_write(connection->socket, asio::buffer(out), as_result);
  co_return !error;
}

template <class Impl>
Task<void> serve_connection(std::shared_ptr<Impl> impl, std::shared_ptr<Connection> connection) {
  bool more = true;
  while (more) {
    connection->idle.expires_after(tcp_idle);
    connection->idle.async_wait([weak = std::weak_ptr(connection)](const error_code& error) {
      error_code ignored;
      if (const auto alive = weak.lock(); alive && !error) alive->socket.close(ignored);
    });
    more = co_await serve_query(impl, connection);
  }
  connection->idle.cancel();
}

template <class Impl>
Task<void> serve_tcp(std::shared_ptr<Impl> impl) {
  while (impl->acceptor.is_open()) {
    auto [error, socket] = co_await impl->acceptor.async_accept(as_result);
    if (error == asio::error::operation_aborted) co_return;
    if (error) continue;
    auto connection = std::make_shared<Connection>(std::move(socket));
    if (!impl->has_room_for(connection->client)) continue;  // closed at once
    impl->connections.push_back(connection);
    asio::co_spawn(impl->acceptor.get_executor(), serve_connection(impl, std::move(connection)), asio::detached);
  }
}

}  // namespace

Responder::Responder(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Responder::~Responder() { stop(); }

Task<Result<std::unique_ptr<Responder>>> Responder::start(IpAddress address, std::uint16_t port,
                                                          std::vector<ZoneText> zones, ResponderOptions options) {
  const auto executor = co_await asio::this_coro::executor;
  auto impl = std::make_shared<Impl>(executor, std::move(options));
  if (auto ok = impl->load(zones); !ok) co_return std::unexpected(ok.error());
  if (auto ok = impl->bind(address_of(address), port); !ok) co_return std::unexpected(ok.error());
  asio::co_spawn(executor, serve_udp(impl), asio::detached);
  asio::co_spawn(executor, serve_tcp(impl), asio::detached);
  co_return std::unique_ptr<Responder>(new Responder(std::move(impl)));
}

std::uint16_t Responder::port() const { return impl_->port; }
std::vector<std::string> Responder::anchors() const { return impl_->anchors; }
Result<void> Responder::replace(const std::vector<ZoneText>& zones) { return impl_->load(zones); }
void Responder::stop() { impl_->stop(); }

}  // namespace mailprobe::dns
