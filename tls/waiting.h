// Waiting with a deadline and a cancellation slot, once for every kind of operation on a socket. One operation at a
// time; one thread. Names Asio: for the sources of this room only.
#pragma once

#include <memory>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/error.h"
#include "base/task.h"
#include "base/time.h"

namespace mailprobe::tls {

constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);
constexpr Steady no_deadline = Steady::max();

/// From here on the coroutine is told of a cancellation by Failure::interrupted, not by an exception; true where it has
/// been cancelled already.
Task<bool> interrupted();

Error interruption();
Error timeout_of(const std::string& what);

/// Cancels `Io`'s operation when its time is up. The timer is armed for one operation and disarmed by the end of it; an
/// expiry that is already queued then finds another round and does nothing.
template <class Io>
class Watch : public std::enable_shared_from_this<Watch<Io>> {
 public:
  explicit Watch(Io socket) : io(std::move(socket)), timer_(io.get_executor()) {}

  void arm(Steady deadline) {
    expired_ = false;
    if (deadline == no_deadline) return;
    timer_.expires_at(deadline);
    timer_.async_wait([self = this->shared_from_this(), round = ++round_](const boost::system::error_code& error) {
      if (error || round != self->round_) return;
      self->expire();
    });
  }
  /// Ends the operation as the passing of its time would.
  void expire() {
    expired_ = true;
    boost::system::error_code ignored;
    io.cancel(ignored);
  }
  /// True where it was the time that ended the operation.
  bool disarm() {
    ++round_;
    timer_.cancel();
    return expired_;
  }

  Io io;

 private:
  boost::asio::steady_timer timer_;
  std::uint64_t round_ = 0;
  bool expired_ = false;
};

using Socket = boost::asio::ip::tcp::socket;
using SocketWatch = Watch<Socket>;

}  // namespace mailprobe::tls
