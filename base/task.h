// The coroutine type of every session: asio::awaitable, run on one single-threaded io_context.
//
// GCC 12 rules: name an argument before `co_await f(arg)` rather than building an aggregate or an initializer list
// inside the call; no `co_await` inside `?:`; no capturing lambda as a coroutine; take parameters that outlive a
// suspension by value.
#pragma once

#include <chrono>
#include <functional>

#include <boost/asio/awaitable.hpp>

namespace mailprobe {

template <class T = void>
using Task = boost::asio::awaitable<T>;

/// How a session waits (back-off, polling): tls::pause in the program, a fake in tests, so that no test waits.
using Pause = std::function<Task<void>(std::chrono::milliseconds)>;

}  // namespace mailprobe
