// A lab that stays up in a thread of its own while the program runs in this one.
#pragma once

#include <future>
#include <thread>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "lab/lab.h"
#include "tests/support/run.h"

namespace mailprobe::test {

class LabBeside {
 public:
  LabBeside() : thread_([this] { run(stay(*this)); }) {
    auto started = started_.get_future().get();
    if (started) access_ = std::move(*started);
  }
  LabBeside(const LabBeside&) = delete;
  LabBeside& operator=(const LabBeside&) = delete;
  ~LabBeside() {
    if (end_) boost::asio::post(end_->get_executor(), [this] { end_->cancel(); });
    thread_.join();
  }

  /// Without an address: it did not start.
  [[nodiscard]] const lab::Access& access() const { return access_; }

 private:
  static Task<void> stay(LabBeside& self) {
    auto lab = co_await lab::Lab::start();
    if (!lab) {
      self.started_.set_value(std::unexpected(lab.error()));
      co_return;
    }
    const auto executor = co_await boost::asio::this_coro::executor;
    self.end_.emplace(executor, boost::asio::steady_timer::time_point::max());
    self.started_.set_value((*lab)->access());
    boost::system::error_code cancelled;
    co_await self.end_->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
    self.end_.reset();  // it belongs to this thread's io_context
    (*lab)->stop();
  }

  std::promise<Result<lab::Access>> started_;
  lab::Access access_;
  std::optional<boost::asio::steady_timer> end_;
  std::thread thread_;
};

}  // namespace mailprobe::test
