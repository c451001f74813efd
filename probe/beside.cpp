#include "probe/beside.h"

#include <exception>
#include <list>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace mailprobe::probe {

namespace asio = boost::asio;

Task<bool> cancelled() {
  co_await asio::this_coro::throw_if_cancelled(false);
  const auto state = co_await asio::this_coro::cancellation_state;
  co_return state.cancelled() != asio::cancellation_type::none;
}

Task<void> heed_cancellation() {
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() == asio::cancellation_type::none)
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
  co_await asio::this_coro::throw_if_cancelled(false);
}

struct Beside::Impl {
  explicit Impl(asio::any_io_executor on) : executor(std::move(on)), ended(executor, Never::max()) {}
  using Never = asio::steady_timer::time_point;

  asio::any_io_executor executor;
  asio::steady_timer ended;  // cancelled when a task has ended
  std::list<asio::cancellation_signal> running;
  std::exception_ptr failure;
};

namespace {

/// Cancelled tasks end by their own results: an exception would skip what they still have to write down.
Task<void> quiet(Task<void> task) {
  co_await heed_cancellation();
  co_await std::move(task);
}

}  // namespace

Beside::Beside(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Beside::Beside(Beside&&) noexcept = default;
Beside& Beside::operator=(Beside&&) noexcept = default;
Beside::~Beside() {
  if (impl_) cancel();
}

Task<Beside> Beside::make() {
  auto impl = std::make_shared<Impl>(co_await asio::this_coro::executor);
  co_return Beside(std::move(impl));
}

void Beside::start(Task<void> task) {
  const auto place = impl_->running.emplace(impl_->running.end());
  asio::co_spawn(impl_->executor, quiet(std::move(task)),
                 asio::bind_cancellation_slot(place->slot(), [impl = impl_, place](std::exception_ptr failure) {
                   impl->running.erase(place);
                   if (failure) impl->failure = std::move(failure);
                   impl->ended.cancel();
                 }));
}

void Beside::cancel() {
  for (auto& signal : impl_->running) signal.emit(asio::cancellation_type::all);
}

bool Beside::idle() const { return impl_->running.empty(); }

Task<void> Beside::join() {
  const auto impl = impl_;
  bool passed_on = false;
  while (!impl->running.empty()) {
    if (!passed_on && co_await cancelled()) {
      passed_on = true;
      for (auto& signal : impl->running) signal.emit(asio::cancellation_type::all);
    }
    co_await impl->ended.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  if (impl->failure) std::rethrow_exception(std::exchange(impl->failure, nullptr));
}

namespace {

Task<void> held(Task<void> task, std::exception_ptr& failure) {
  try {
    co_await std::move(task);
  } catch (...) {
    failure = std::current_exception();
  }
}

}  // namespace

Task<void> at_once(std::vector<Task<void>> tasks) {
  if (tasks.empty()) co_return;
  auto last = std::move(tasks.back());
  tasks.pop_back();
  if (tasks.empty()) {
    co_await std::move(last);
    co_return;
  }
  auto others = co_await Beside::make();
  for (auto& task : tasks) others.start(std::move(task));
  std::exception_ptr failure;
  co_await held(std::move(last), failure);
  co_await others.join();
  if (failure) std::rethrow_exception(failure);
}

Task<void> cancel_after(std::chrono::milliseconds grace, Beside& tasks) {
  asio::steady_timer timer(co_await asio::this_coro::executor, grace);
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  if (!co_await cancelled()) tasks.cancel();
}

Task<void> join_within(std::chrono::milliseconds grace, Beside& tasks) {
  auto clock = co_await Beside::make();
  clock.start(cancel_after(grace, tasks));
  co_await tasks.join();
  clock.cancel();
  co_await clock.join();
}

}  // namespace mailprobe::probe
