#include "lab/listeners.h"

namespace mailprobe::lab {

namespace {

constexpr int port_tries = 16;  // a port that is free on the first address may be taken on another

Task<Result<std::vector<tls::Listener>>> try_port(std::vector<IpAddress> addresses) {
  std::vector<tls::Listener> open;
  for (const auto& address : addresses) {
    const std::uint16_t port = open.empty() ? 0 : open.front().port();
    auto listener = co_await tls::Listener::open(address, port);
    if (!listener) co_return std::unexpected(listener.error());
    open.push_back(std::move(*listener));
  }
  co_return open;
}

}  // namespace

Task<Result<std::vector<tls::Listener>>> listen_on_all(std::vector<IpAddress> addresses) {
  auto listeners = co_await try_port(addresses);
  for (int i = 1; !listeners && i < port_tries; ++i) listeners = co_await try_port(addresses);
  co_return listeners;
}

Task<void> accept_all(tls::Listener listener, Tasks tasks, Session session) {
  for (;;) {
    auto stream = co_await listener.accept();
    if (!stream) co_return;
    tasks.spawn(session(std::move(*stream)));
  }
}

}  // namespace mailprobe::lab
