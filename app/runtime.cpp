#include "app/runtime.h"

#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>

#include "app/exit_status.h"
#include "app/logging.h"
#include "base/safe_text.h"

namespace mailprobe::app {

namespace asio = boost::asio;

namespace {

class Interrupts {
 public:
  Interrupts(asio::io_context& context, std::chrono::milliseconds patience)
      : signals_(context, SIGINT, SIGTERM), timer_(context), patience_(patience) {
    listen();
  }

  [[nodiscard]] asio::cancellation_slot slot() { return cancellation_.slot(); }
  void stop() {
    signals_.cancel();
    timer_.cancel();
  }

 private:
  void listen() {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      if (interrupted_) end();
      interrupted_ = true;
      cancel();
      listen();
    });
  }

  void cancel() {
    log_info("interrupted: ending; a second signal ends at once");
    timer_.expires_after(patience_);
    timer_.async_wait([](const boost::system::error_code& error) {
      if (!error) end();
    });
    cancellation_.emit(asio::cancellation_type::terminal);
  }

  /// What is on disk by now stays; the journal tells the rest.
  [[noreturn]] static void end() {
    log_error("ended at once: what was written by now is on disk");
    ::_exit(exit_inconclusive);
  }

  asio::signal_set signals_;
  asio::steady_timer timer_;
  asio::cancellation_signal cancellation_;
  std::chrono::milliseconds patience_;
  bool interrupted_ = false;
};

int status_of(const std::exception_ptr& error, int status) {
  if (!error) return status;
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& fault) {
    log_error("a fault of mailprobe's own: " + safe_text(fault.what()));
  }
  return exit_inconclusive;
}

}  // namespace

int run_command(const std::function<Task<int>()>& command, std::chrono::milliseconds patience) {
  asio::io_context context(1);
  Interrupts interrupts(context, patience);
  int status = exit_inconclusive;
  auto done = [&](const std::exception_ptr& error, int value) {
    status = status_of(error, value);
    interrupts.stop();
    context.stop();
  };
  asio::co_spawn(context, command(), asio::bind_cancellation_slot(interrupts.slot(), std::move(done)));
  context.run();
  return status;
}

Task<void> until_cancelled() {
  co_await asio::this_coro::throw_if_cancelled(false);
  asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
  (void)co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

}  // namespace mailprobe::app
