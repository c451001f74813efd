#include "tls/datagram.h"

#include <array>

#include <boost/asio/ip/udp.hpp>
#include <boost/asio/this_coro.hpp>

#include "tls/waiting.h"

namespace mailprobe::tls {

namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;

namespace {

udp::endpoint endpoint_of(const IpAddress& address, std::uint16_t port) {
  if (address.v6) return {asio::ip::address_v6(address.bytes), port};
  asio::ip::address_v4::bytes_type bytes{};
  std::copy_n(address.bytes.begin(), bytes.size(), bytes.begin());
  return {asio::ip::address_v4(bytes), port};
}

Error fault(const error_code& error, const std::string& place) {
  if (error == asio::error::connection_refused)
    return {Failure::connection, "nobody listens at " + place, Cause::refused, {}};
  return {Failure::connection, "cannot ask " + place + ": " + error.message(), Cause::unreachable, {}};
}

}  // namespace

Task<Result<std::string>> ask_by_datagram(IpAddress address, std::uint16_t port, std::string question,
                                          Steady deadline) {
  if (co_await interrupted()) co_return std::unexpected(interruption());
  const auto place = address.text() + " port " + std::to_string(port) + " (UDP)";
  const auto to = endpoint_of(address, port);
  auto watch = std::make_shared<Watch<udp::socket>>(udp::socket(co_await asio::this_coro::executor));
  error_code failed;
  watch->io.open(to.protocol(), failed);
  // Connected, only what comes from there is taken, and a port without a listener is told.
  if (!failed) watch->io.connect(to, failed);
  if (!failed) watch->io.send(asio::buffer(question), 0, failed);
  if (failed) co_return std::unexpected(fault(failed, place));
  std::array<char, max_datagram> answer{};
  const auto into = asio::buffer(answer);
  watch->arm(deadline);
  const auto [error, size] = co_await watch->io.async_receive(into, as_result);
  const bool expired = watch->disarm();
  if (co_await interrupted()) co_return std::unexpected(interruption());
  if (error && expired) co_return std::unexpected(timeout_of("asking " + place));
  if (error) co_return std::unexpected(fault(error, place));
  co_return std::string(answer.data(), size);
}

}  // namespace mailprobe::tls
