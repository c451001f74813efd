#include "tls/socket_stream.h"

#include <boost/asio/post.hpp>

namespace mailprobe::tls {

namespace asio = boost::asio;

namespace {

// A peer that always has more to say must not keep the thread from everybody else, signals included.
constexpr int max_at_once = 64;

std::string address_of(const asio::ip::tcp::endpoint& endpoint) {
  const auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

Error closed_here() { return {Failure::connection, "the connection has been closed", {}, {}}; }

}  // namespace

SocketStream::SocketStream(std::shared_ptr<SocketWatch> watch, Steady deadline)
    : watch_(std::move(watch)), deadline_(deadline) {
  boost::system::error_code ignored;
  watch_->io.native_non_blocking(true, ignored);
  watch_->io.set_option(asio::ip::tcp::no_delay(true), ignored);
  if (const auto local = watch_->io.local_endpoint(ignored); !ignored) local_ = address_of(local);
  if (const auto peer = watch_->io.remote_endpoint(ignored); !ignored) peer_ = address_of(peer);
}

SocketStream::~SocketStream() { close(); }

// Order of events: a closed stream, a cancelled coroutine and a passed deadline end it before anything is tried; then
// try, wait until it may work, try again. A wait that ends early has moved nothing.
template <class Try>
Task<Result<std::size_t>> SocketStream::drive(std::string_view what, Try attempt) {
  if (auto ready = co_await breathe(); !ready) co_return std::unexpected(ready.error());
  for (;;) {
    if (!watch_->io.is_open()) co_return std::unexpected(closed_here());
    if (deadline_ != no_deadline && std::chrono::steady_clock::now() >= deadline_)
      co_return std::unexpected(timeout_of(std::string(what)));
    const Result<Attempt> tried = attempt();
    if (!tried) co_return std::unexpected(tried.error());
    if (tried->next == Next::done) co_return tried->count;
    if (auto waited = co_await wait(what, tried->next); !waited) co_return std::unexpected(waited.error());
  }
}

Task<Result<void>> SocketStream::breathe() {
  if (co_await interrupted()) co_return std::unexpected(interruption());
  if (++at_once_ < max_at_once) co_return Result<void>{};
  at_once_ = 0;
  const auto watch = watch_;
  co_await asio::post(watch->io.get_executor(), asio::use_awaitable);
  if (co_await interrupted()) co_return std::unexpected(interruption());
  co_return Result<void>{};
}

Task<Result<void>> SocketStream::wait(std::string_view what, Next next) {
  const auto watch = watch_;
  at_once_ = 0;
  watch->arm(deadline_);
  const auto direction = next == Next::readable ? Socket::wait_read : Socket::wait_write;
  const auto [error] = co_await watch->io.async_wait(direction, as_result);
  const bool expired = watch->disarm();
  if (co_await interrupted()) co_return std::unexpected(interruption());
  if (!error) co_return Result<void>{};
  if (expired) co_return std::unexpected(timeout_of(std::string(what)));
  if (error == asio::error::operation_aborted) co_return std::unexpected(closed_here());
  co_return fail(Failure::connection, std::string(what) + ": " + error.message(), Cause::unreachable);
}

Task<Result<std::size_t>> SocketStream::read_some(char* data, std::size_t size) {
  const auto attempt = [this, data, size] {
    return session_ ? session_->read(data, size) : plain_read(watch_->io.native_handle(), data, size);
  };
  co_return co_await drive("reading", attempt);
}

Task<Result<void>> SocketStream::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto attempt = [this, bytes] {
      return session_ ? session_->write(bytes) : plain_write(watch_->io.native_handle(), bytes);
    };
    auto sent = co_await drive("writing", attempt);
    if (!sent) co_return std::unexpected(std::move(sent.error()));
    bytes.remove_prefix(*sent);
  }
  co_return Result<void>{};
}

Task<Result<TlsFacts>> SocketStream::handshake(Handshake how) {
  if (session_) co_return fail(Failure::ours, "TLS handshake: the stream is encrypted already");
  if (!watch_->io.is_open()) co_return std::unexpected(closed_here());
  auto session = Session::make(how, watch_->io.native_handle());
  if (!session) co_return std::unexpected(std::move(session.error()));
  session_ = std::move(*session);
  const auto attempt = [this] { return session_->handshake(); };
  auto done = co_await drive("TLS handshake", attempt);
  if (!done) co_return std::unexpected(std::move(done.error()));
  co_return session_->facts();
}

Task<Result<void>> SocketStream::renegotiate() {
  if (!session_) co_return fail(Failure::ours, "renegotiation: there is no TLS yet");
  const auto attempt = [this] { return session_->renegotiate(); };
  const auto done = co_await drive("renegotiation", attempt);
  if (!done) co_return std::unexpected(done.error());
  co_return Result<void>{};
}

void SocketStream::hurry() {
  deadline_ = Steady::min();
  watch_->expire();
}

void SocketStream::close() {
  if (!watch_->io.is_open()) return;
  if (session_) session_->close_notify();
  boost::system::error_code ignored;
  watch_->io.close(ignored);
  watch_->disarm();
}

}  // namespace mailprobe::tls
