#include "probe/gate.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probe/beside.h"

namespace mailprobe::probe {

namespace asio = boost::asio;

struct Gate::Impl {
  explicit Impl(const asio::any_io_executor& executor) : opened(executor, asio::steady_timer::time_point::max()) {}
  asio::steady_timer opened;  // cancelled when it is open
  bool open = false;
};

Gate::Gate(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Gate::~Gate() = default;

Task<std::shared_ptr<Gate>> Gate::make() {
  auto impl = std::make_unique<Impl>(co_await asio::this_coro::executor);
  co_return std::shared_ptr<Gate>(new Gate(std::move(impl)));
}

void Gate::open() {
  impl_->open = true;
  impl_->opened.cancel();
}

bool Gate::is_open() const { return impl_->open; }

Task<void> Gate::wait() {
  while (!impl_->open) {
    if (co_await cancelled()) co_return;
    co_await impl_->opened.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

}  // namespace mailprobe::probe
