#include "tls/listeners.h"

namespace mailprobe::tls {

namespace {

constexpr int port_tries = 16;  // a port that is free on the first address may be taken on another
constexpr auto until_there_is_room = std::chrono::milliseconds(100);

Task<Result<std::vector<Listener>>> try_port(std::vector<IpAddress> addresses) {
  std::vector<Listener> open;
  for (const auto& address : addresses) {
    const std::uint16_t port = open.empty() ? 0 : open.front().port();
    auto listener = co_await Listener::open(address, port);
    if (!listener) co_return std::unexpected(listener.error());
    open.push_back(std::move(*listener));
  }
  co_return open;
}

}  // namespace

Task<Result<std::vector<Listener>>> listen_on_all(std::vector<IpAddress> addresses) {
  auto listeners = co_await try_port(addresses);
  for (int i = 1; !listeners && i < port_tries; ++i) listeners = co_await try_port(addresses);
  co_return listeners;
}

Task<void> accept_all(Listener listener, Tasks tasks, Serve serve) {
  for (;;) {
    auto stream = co_await listener.accept();
    if (stream)
      tasks.spawn(serve(std::move(*stream)));
    else if (stream.error().kind == Failure::ours)
      co_await pause(until_there_is_room);
    else
      co_return;
  }
}

}  // namespace mailprobe::tls
