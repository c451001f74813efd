// A pause in which no time passes, but what runs beside goes on, and may cancel the caller: for what waits again and
// again. Where nothing waits twice, no_pause (run.h) will do.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/task.h"

namespace mailprobe::test {

inline Task<void> give_way() {
  co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
}

}  // namespace mailprobe::test
