#include "lab/bell.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/time.h"

namespace mailprobe::lab {

namespace asio = boost::asio;

/// A timer that never expires until the bell rings, and has expired ever since.
struct Bell::Impl {
  explicit Impl(const asio::any_io_executor& executor) : timer(executor, Steady::max()) {}
  asio::steady_timer timer;
};

Bell::Bell(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Bell::~Bell() = default;

Task<std::shared_ptr<Bell>> Bell::make() {
  auto impl = std::make_unique<Impl>(co_await asio::this_coro::executor);
  co_return std::shared_ptr<Bell>(new Bell(std::move(impl)));
}

void Bell::ring() { impl_->timer.expires_at(Steady::min()); }
bool Bell::rung() const { return impl_->timer.expiry() == Steady::min(); }
void Bell::reset() { impl_->timer.expires_at(Steady::max()); }
Task<void> Bell::heard() { co_await impl_->timer.async_wait(asio::as_tuple(asio::use_awaitable)); }

}  // namespace mailprobe::lab
