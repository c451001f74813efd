#include "tests/support/memory_stream.h"

#include <algorithm>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace mailprobe::test {

namespace {

namespace asio = boost::asio;

/// One direction: bytes under way, and who waits for them.
struct Pipe {
  explicit Pipe(const asio::any_io_executor& executor) : arrived(executor, Steady::max()) {}
  std::string bytes;
  bool ended = false;
  asio::steady_timer arrived;
};

class MemoryStream final : public tls::Stream {
 public:
  MemoryStream(std::shared_ptr<Pipe> in, std::shared_ptr<Pipe> out, TlsFacts facts, std::string* clear_text)
      : in_(std::move(in)), out_(std::move(out)), facts_(std::move(facts)), clear_text_(clear_text) {}
  ~MemoryStream() override { close(); }

  Task<Result<std::size_t>> read_some(char* data, std::size_t size) override {
    while (in_->bytes.empty() && !in_->ended) {
      boost::system::error_code woken;
      co_await in_->arrived.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
    const auto count = std::min(size, in_->bytes.size());
    std::copy_n(in_->bytes.begin(), count, data);
    in_->bytes.erase(0, count);
    co_return count;
  }

  Task<Result<void>> write(std::string_view bytes) override {
    if (out_->ended) co_return fail(Failure::connection, "write: connection closed", Cause::unreachable);
    if (clear_text_ && !encrypted_) *clear_text_ += bytes;
    out_->bytes += bytes;
    out_->arrived.cancel();
    co_return Result<void>{};
  }

  Task<Result<TlsFacts>> handshake(tls::Handshake) override {
    if (!in_->bytes.empty()) co_return fail(Failure::protocol, "TLS handshake: wrong version number");
    encrypted_ = true;
    co_return facts_;
  }

  void deadline(Steady) override {}
  void close() override {
    for (auto* pipe : {in_.get(), out_.get()}) {
      pipe->ended = true;
      pipe->arrived.cancel();
    }
  }
  [[nodiscard]] bool encrypted() const override { return encrypted_; }
  [[nodiscard]] std::string local_address() const override { return "127.0.0.1"; }
  [[nodiscard]] std::string peer_address() const override { return "127.0.0.1"; }

 private:
  std::shared_ptr<Pipe> in_, out_;
  TlsFacts facts_;
  std::string* clear_text_;
  bool encrypted_ = false;
};

}  // namespace

MemoryStreams memory_streams(asio::any_io_executor executor, TlsFacts client_facts, std::string* clear_text) {
  auto to_server = std::make_shared<Pipe>(executor);
  auto to_client = std::make_shared<Pipe>(executor);
  auto server_facts = client_facts;
  server_facts.verified.reset();
  return {std::make_unique<MemoryStream>(to_client, to_server, std::move(client_facts), clear_text),
          std::make_unique<MemoryStream>(to_server, to_client, std::move(server_facts), nullptr)};
}

}  // namespace mailprobe::test
