#include "receiver/disk.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace mailprobe::receiver {

namespace asio = boost::asio;

struct Disk::Impl {
  explicit Impl(std::size_t threads) : pool(threads) {}
  asio::thread_pool pool;
};

namespace {

/// Handed to the pool's thread and back again, never shared: it dies where its context lives.
struct Job {
  explicit Job(const asio::any_io_executor& executor)
      : wake(executor, asio::steady_timer::time_point::max()),
        at_work(asio::prefer(executor, asio::execution::outstanding_work.tracked)) {}
  asio::steady_timer wake;
  asio::any_io_executor at_work;  // keeps the context at work until the job is back
  bool done = false;
};

}  // namespace

Disk::Disk(std::size_t threads) : impl_(std::make_unique<Impl>(threads)) {}

Disk::~Disk() { impl_->pool.join(); }

Task<void> Disk::run(std::function<void()> work) {
  co_await asio::this_coro::throw_if_cancelled(false);
  const auto executor = co_await asio::this_coro::executor;
  const auto job = std::make_shared<Job>(executor);
  asio::post(impl_->pool, [handed = job, work = std::move(work), executor]() mutable {
    work();
    asio::post(executor, [back = std::move(handed)] {
      back->done = true;
      back->wake.cancel();
    });
  });
  while (!job->done) (void)co_await job->wake.async_wait(asio::as_tuple(asio::use_awaitable));
}

}  // namespace mailprobe::receiver
