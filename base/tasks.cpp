#include "base/tasks.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <list>

namespace mailprobe {

namespace asio = boost::asio;

struct Tasks::Impl {
  explicit Impl(asio::any_io_executor on) : executor(std::move(on)) {}

  asio::any_io_executor executor;
  std::list<asio::cancellation_signal> running;
  bool stopped = false;
};

Task<Tasks> Tasks::make() {
  auto impl = std::make_shared<Impl>(co_await asio::this_coro::executor);
  co_return Tasks(std::move(impl));
}

void Tasks::spawn(Task<void> task) {
  if (impl_->stopped) return;
  const auto own = impl_->running.emplace(impl_->running.end());
  const auto ended = [impl = impl_, own](std::exception_ptr fault) {
    impl->running.erase(own);
    if (fault && !impl->stopped) std::rethrow_exception(fault);  // a task that was cancelled may end by an exception
  };
  asio::co_spawn(impl_->executor, std::move(task), asio::bind_cancellation_slot(own->slot(), ended));
}

void Tasks::stop() {
  impl_->stopped = true;
  for (auto next = impl_->running.begin(); next != impl_->running.end();) {
    auto& signal = *next++;  // a task may end at once
    signal.emit(asio::cancellation_type::all);
  }
}

bool Tasks::stopped() const { return impl_->stopped; }

}  // namespace mailprobe
