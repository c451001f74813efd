#include "tls/network.h"

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/this_coro.hpp>

#include "tls/socket_stream.h"
#include "tls/waiting.h"

namespace mailprobe::tls {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
namespace errc = boost::system::errc;

namespace {

tcp::endpoint endpoint_of(const IpAddress& address, std::uint16_t port) {
  if (!address.v6) {
    asio::ip::address_v4::bytes_type bytes{};
    std::copy_n(address.bytes.begin(), bytes.size(), bytes.begin());
    return {asio::ip::address_v4(bytes), port};
  }
  return {asio::ip::address_v6(address.bytes), port};
}

std::string place(const IpAddress& address, std::uint16_t port) {
  return address.text() + " port " + std::to_string(port);
}

Error cannot_connect(const error_code& error, const IpAddress& address, std::uint16_t port) {
  const auto where = place(address, port);
  if (error == asio::error::connection_refused)
    return {Failure::connection, "connection refused by " + where, Cause::refused, {}};
  if (error == asio::error::timed_out) return timeout_of("connecting to " + where);
  if (error == errc::too_many_files_open || error == errc::too_many_files_open_in_system)
    return {Failure::ours, "connecting to " + where + ": " + error.message(), Cause::own_limit, {}};
  const bool no_route = error == asio::error::network_unreachable || error == errc::address_not_available ||
                        error == asio::error::address_family_not_supported;
  return {Failure::connection,
          "cannot connect to " + where + ": " + error.message(),
          no_route && address.v6 ? Cause::no_ipv6 : Cause::unreachable,
          {}};
}

Result<void> prepare(tcp::socket& socket, const tcp::endpoint& to, const std::optional<IpAddress>& source) {
  error_code error;
  socket.open(to.protocol(), error);
  if (!error && source) {
    if (socket.set_option(asio::socket_base::reuse_address(true), error); !error)
      socket.bind(endpoint_of(*source, 0), error);
    if (error) return fail(Failure::ours, "cannot send from " + source->text() + ": " + error.message());
  }
  if (error == asio::error::address_family_not_supported)
    return fail(Failure::connection, "no IPv6 on this machine", Cause::no_ipv6);
  if (error) return fail(Failure::ours, "cannot make a socket: " + error.message(), Cause::own_limit);
  return {};
}

/// What can be done about it, where something can.
std::string cannot_listen(const error_code& error, const IpAddress& address, std::uint16_t port) {
  const auto text = "cannot listen on " + place(address, port) + ": ";
  if (error == asio::error::address_in_use) return text + "another program does";
  if (error == errc::address_not_available) return text + "this machine has no such address";
  if (error == asio::error::access_denied)
    return text + "ports below 1024 need a privilege: AmbientCapabilities=CAP_NET_BIND_SERVICE in a systemd unit, or " +
           "\"setcap cap_net_bind_service=+ep\" on the program";
  return text + error.message();
}

}  // namespace

Task<Result<std::unique_ptr<Stream>>> connect(IpAddress address, std::uint16_t port, std::optional<IpAddress> source,
                                              Steady deadline) {
  if (co_await interrupted()) co_return std::unexpected(interruption());
  if (source && source->v6 != address.v6)
    co_return fail(Failure::ours, "cannot send from " + source->text() + " to " + address.text());
  const auto to = endpoint_of(address, port);
  auto watch = std::make_shared<SocketWatch>(tcp::socket(co_await asio::this_coro::executor));
  if (auto ready = prepare(watch->io, to, source); !ready) co_return std::unexpected(ready.error());
  watch->arm(deadline);
  const auto [error] = co_await watch->io.async_connect(to, as_result);
  const bool expired = watch->disarm();
  if (co_await interrupted()) co_return std::unexpected(interruption());
  if (error && expired) co_return std::unexpected(timeout_of("connecting to " + place(address, port)));
  if (error) co_return std::unexpected(cannot_connect(error, address, port));
  std::unique_ptr<Stream> stream = std::make_unique<SocketStream>(std::move(watch), deadline);
  co_return stream;
}

struct Listener::Impl {
  explicit Impl(const asio::any_io_executor& executor) : acceptor(executor) {}
  tcp::acceptor acceptor;
  std::uint16_t port = 0;
};

Listener::Listener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Listener::Listener(Listener&&) noexcept = default;
Listener& Listener::operator=(Listener&&) noexcept = default;
Listener::~Listener() = default;

Task<Result<Listener>> Listener::open(IpAddress address, std::uint16_t port) {
  auto impl = std::make_unique<Impl>(co_await asio::this_coro::executor);
  const auto at = endpoint_of(address, port);
  error_code error;
  impl->acceptor.open(at.protocol(), error);
  if (!error) impl->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && address.v6) impl->acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) impl->acceptor.bind(at, error);
  if (!error) impl->acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) impl->port = impl->acceptor.local_endpoint(error).port();
  if (error) co_return fail(Failure::ours, cannot_listen(error, address, port));
  co_return Listener(std::move(impl));
}

std::uint16_t Listener::port() const { return impl_->port; }

Task<Result<std::unique_ptr<Stream>>> Listener::accept() {
  for (;;) {
    if (co_await interrupted()) co_return std::unexpected(interruption());
    if (!impl_->acceptor.is_open()) co_return fail(Failure::connection, "the listener has been closed");
    auto [error, socket] = co_await impl_->acceptor.async_accept(as_result);
    if (co_await interrupted()) co_return std::unexpected(interruption());
    if (error == asio::error::operation_aborted) co_return fail(Failure::connection, "the listener has been closed");
    if (error == asio::error::connection_aborted) continue;  // gone before its turn
    if (error) co_return fail(Failure::ours, "accepting a connection: " + error.message(), Cause::own_limit);
    auto watch = std::make_shared<SocketWatch>(std::move(socket));
    std::unique_ptr<Stream> stream = std::make_unique<SocketStream>(std::move(watch), no_deadline);
    co_return stream;
  }
}

void Listener::close() {
  error_code ignored;
  impl_->acceptor.close(ignored);
}

Task<void> pause(std::chrono::milliseconds duration) {
  if (co_await interrupted()) co_return;
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(as_result);
}

}  // namespace mailprobe::tls
