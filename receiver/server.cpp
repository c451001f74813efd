#include "receiver/server.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>

#include "base/tasks.h"
#include "base/text.h"
#include "receiver/budgets.h"
#include "receiver/places.h"
#include "tls/listeners.h"

namespace mailprobe::receiver {

namespace asio = boost::asio;
using smtp::Reply;

namespace {

/// A session that is open.
struct Open {
  std::shared_ptr<smtp::Leaving> leaving;
  tls::Stream* stream;
};

}  // namespace

struct Server::Impl {
  Impl(std::vector<Door> all, const Office& of, ServerLimits these, Tasks accept, Tasks serve,
       const asio::any_io_executor& executor)
      : doors(std::move(all)),
        office(of),
        limits(these),
        places(limits.connections, limits.per_client),
        budgets(limits.in_flight, limits.in_flight_per_client),
        accepting(std::move(accept)),
        serving(std::move(serve)),
        empty(executor) {}

  [[nodiscard]] std::size_t connections() const { return open.size(); }

  const std::vector<Door> doors;
  const Office& office;
  const ServerLimits limits;
  Places places;
  Budgets budgets;
  Tasks accepting, serving;
  std::list<Open> open;
  std::size_t refusing = 0;
  std::vector<std::uint16_t> ports;
  asio::steady_timer empty;  // cancelled when the last session has ended
};

namespace {

constexpr std::chrono::milliseconds farewell{1000};  // a line fits into the socket's buffer

Reply refusal(Room room) {
  if (room == Room::full) return {421, "4.3.2", "Too many connections, please try again later"};
  return {421, "4.3.2", "Too many connections from your address, please try again later"};
}

/// Counts one session for as long as it lives.
template <class Impl>
class Stay {
 public:
  Stay(std::shared_ptr<Impl> impl, tls::Stream& stream)
      : impl_(std::move(impl)), client_(stream.peer_address()), room_(impl_->places.enter(client_)) {
    if (room_ != Room::free) ++impl_->refusing;
    open_ = impl_->open.insert(impl_->open.end(), Open{std::make_shared<smtp::Leaving>(), &stream});
  }
  Stay(const Stay&) = delete;
  Stay& operator=(const Stay&) = delete;
  ~Stay() {
    impl_->open.erase(open_);
    if (room_ == Room::free)
      impl_->places.leave(client_);
    else
      --impl_->refusing;
    if (impl_->open.empty()) impl_->empty.cancel();
  }

  [[nodiscard]] const std::string& client() const { return client_; }
  [[nodiscard]] std::shared_ptr<smtp::Leaving> leaving() const { return open_->leaving; }
  [[nodiscard]] std::optional<Reply> refused() const {
    return room_ == Room::free ? std::nullopt : std::optional(refusal(room_));
  }

 private:
  std::shared_ptr<Impl> impl_;
  std::string client_;
  Room room_;
  std::list<Open>::iterator open_;
};

/// Too many are being refused to hear each out: what there is to say is said, once, and recorded, for it may have been
/// the mail that somebody waits for.
template <class Impl>
Task<void> send_away(std::shared_ptr<Impl> impl, std::size_t which, tls::Stream& stream, Reply reply) {
  const auto line = format(reply);
  evidence::Session session;
  session.started = now();
  session.trap = impl->doors[which].trap;
  session.address = stream.peer_address();
  session.end = word(smtp::ServerEnd::refused);
  session.events = {{0, Direction::out, std::string(trim(line))}};
  stream.deadline(std::chrono::steady_clock::now() + farewell);
  (void)co_await stream.write(line);
  impl->office.ended(std::move(session));
}

/// Order of events: a place, or the 421 that there is none; the session; its records, with the client's name.
template <class Impl>
Task<void> serve_one(std::shared_ptr<Impl> impl, std::size_t which, std::unique_ptr<tls::Stream> stream) {
  const Stay<Impl> stay(impl, *stream);
  const auto refused = stay.refused();
  if (refused && impl->refusing > impl->limits.refusals) {
    auto reply = *refused;
    co_await send_away(impl, which, *stream, std::move(reply));
    co_return;
  }
  auto options = impl->doors[which].session(stay.client());
  options.leaving = stay.leaving();
  options.max_size = impl->limits.max_size;
  options.in_flight = impl->budgets.of(stay.client());
  Transcript transcript;
  Reception reception(impl->office, transcript, impl->doors[which].trap, refused);
  (void)co_await smtp::serve(*stream, std::move(options), reception, transcript);
  auto records = co_await reception.records();
  for (auto& record : records) impl->office.ended(std::move(record));
}

Error cannot_open(Error error) {
  error.kind = Failure::usage;
  return error;
}

}  // namespace

Task<Result<std::unique_ptr<Server>>> Server::start(std::vector<Door> doors, const Office& office,
                                                    ServerLimits limits) {
  std::vector<tls::Listener> listeners;
  for (const auto& door : doors) {
    auto listener = co_await tls::Listener::open(door.address, door.port);
    if (!listener) co_return std::unexpected(cannot_open(std::move(listener.error())));
    listeners.push_back(std::move(*listener));
  }
  auto accepting = co_await Tasks::make();
  auto serving = co_await Tasks::make();
  const auto executor = co_await asio::this_coro::executor;
  auto impl = std::make_shared<Impl>(std::move(doors), office, limits, accepting, serving, executor);
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    impl->ports.push_back(listeners[i].port());
    // The tasks hold the sessions, and the sessions the server: it goes when the last of them does.
    tls::Serve serve = [impl, i](std::unique_ptr<tls::Stream> stream) { return serve_one(impl, i, std::move(stream)); };
    accepting.spawn(tls::accept_all(std::move(listeners[i]), serving, std::move(serve)));
  }
  co_return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::~Server() {
  impl_->accepting.stop();
  impl_->serving.stop();
}

std::uint16_t Server::port(std::size_t door) const { return impl_->ports.at(door); }
std::size_t Server::connections() const { return impl_->connections(); }

namespace {

template <class Impl>
Task<void> until_empty(std::shared_ptr<Impl> impl, std::chrono::steady_clock::time_point deadline) {
  co_await asio::this_coro::throw_if_cancelled(false);
  while (!impl->open.empty() && std::chrono::steady_clock::now() < deadline) {
    impl->empty.expires_at(deadline);
    (void)co_await impl->empty.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

}  // namespace

Task<void> Server::stop(std::optional<std::chrono::milliseconds> grace) {
  const auto impl = impl_;
  impl->accepting.stop();
  for (auto& one : impl->open) {
    one.leaving->asked = true;
    if (one.leaving->at_rest) one.stream->hurry();
  }
  const auto now = std::chrono::steady_clock::now();
  co_await until_empty(impl, now + grace.value_or(impl->limits.grace));
  impl->serving.stop();
  co_await until_empty(impl, std::chrono::steady_clock::time_point::max());
}

}  // namespace mailprobe::receiver
