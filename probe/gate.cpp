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

Gate::Gate(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Gate::~Gate() = default;

Task<std::shared_ptr<Gate>> Gate::make() {
  auto impl = std::make_shared<Impl>(co_await asio::this_coro::executor);
  co_return std::shared_ptr<Gate>(new Gate(std::move(impl)));
}

void Gate::open() {
  impl_->open = true;
  impl_->opened.cancel();
}

bool Gate::is_open() const { return impl_->open; }

namespace {

/// By value: the gate may go while it is waited for.
template <class Impl>
Task<void> wait_at(std::shared_ptr<Impl> gate) {
  while (!gate->open) {
    const bool over = co_await cancelled();
    if (over) co_return;
    co_await gate->opened.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

}  // namespace

Task<void> Gate::wait() { return wait_at(impl_); }

}  // namespace mailprobe::probe
