// Runs a coroutine to its end on an io_context of its own.
#pragma once

#include <exception>
#include <optional>
#include <stdexcept>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "base/task.h"

namespace mailprobe::test {

template <class T>
T run(Task<T> task) {
  boost::asio::io_context context(1);
  std::optional<T> value;
  boost::asio::co_spawn(context, std::move(task), [&](std::exception_ptr error, T result) {
    if (error) std::rethrow_exception(error);
    value = std::move(result);
  });
  context.run();
  if (!value) throw std::runtime_error("the coroutine did not finish");
  return std::move(*value);
}

inline void run(Task<void> task) {
  boost::asio::io_context context(1);
  bool done = false;
  boost::asio::co_spawn(context, std::move(task), [&](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
    done = true;
  });
  context.run();
  if (!done) throw std::runtime_error("the coroutine did not finish");
}

/// No time passes in tests.
inline Task<void> no_pause(std::chrono::milliseconds) { co_return; }

}  // namespace mailprobe::test
