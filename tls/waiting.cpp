#include "tls/waiting.h"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

namespace mailprobe::tls {

Task<bool> interrupted() {
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  co_return state.cancelled() != boost::asio::cancellation_type::none;
}

Error interruption() { return {Failure::interrupted, "interrupted", Cause::interrupted, {}}; }

Error timeout_of(const std::string& what) { return {Failure::timeout, what + " timed out", Cause::timed_out, {}}; }

}  // namespace mailprobe::tls
