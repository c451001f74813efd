#include "lab/middlebox.h"

#include <algorithm>
#include <span>

namespace mailprobe::lab {

namespace {

constexpr std::string_view starttls = "STARTTLS", overwritten = "XXXXXXXA", starttls_line = "STARTTLS\r\n";
constexpr std::string_view injected = "250-mx.injected.test\r\n250 AUTH PLAIN\r\n";

class Middlebox final : public tls::Stream {
 public:
  Middlebox(std::unique_ptr<tls::Stream> stream, Meddling how) : stream_(std::move(stream)), how_(how) {}

  Task<Result<std::size_t>> read_some(char* data, std::size_t size) override {
    if (!held_.empty() && (encrypted() || mends())) co_return take_held(data, size);
    auto count = co_await stream_->read_some(data, size);
    if (mends()) {
      while (count && *count > 0 && !mend({data, *count})) count = co_await stream_->read_some(data, size);
      if (held_.empty()) co_return count;
      co_return take_held(data, size);
    }
    if (count && how_ == Meddling::blanks_ends) blank({data, *count});
    if (count && how_ == Meddling::hides) overwrite({data, *count});
    if (count && !encrypted()) watch({data, *count}, *count);
    co_return count;
  }

  Task<Result<void>> write(std::string_view bytes) override {
    std::string out(bytes);
    if (!encrypted()) change(out);
    co_return co_await stream_->write(out);
  }

  Task<Result<TlsFacts>> handshake(tls::Handshake how) override { return stream_->handshake(std::move(how)); }
  void deadline(Steady when) override { stream_->deadline(when); }
  void close() override { stream_->close(); }
  [[nodiscard]] bool encrypted() const override { return stream_->encrypted(); }
  [[nodiscard]] std::string local_address() const override { return stream_->local_address(); }
  [[nodiscard]] std::string peer_address() const override { return stream_->peer_address(); }

 private:
  [[nodiscard]] bool mends() const { return how_ == Meddling::mends_ends; }

  /// Every CR and LF that stands alone becomes CRLF, and NUL goes, as in gateways that "clean" what they hand on.
  /// False: nothing is left of it.
  bool mend(std::string_view bytes) {
    for (const char c : bytes) {
      if (last_ == '\r' && c != '\n') held_ += '\n';
      if (last_ != '\r' && c == '\n') held_ += '\r';
      if (c != '\0') held_ += c;
      last_ = c;
    }
    return !held_.empty();
  }

  /// One that ends what was read may be the first half of a CRLF: it is kept for later.
  void blank(std::span<char> bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const bool crlf = bytes[i] == '\r' && (i + 1 == bytes.size() || bytes[i + 1] == '\n');
      if (crlf) {
        last_ = '\r';
        continue;
      }
      const bool alone = bytes[i] == '\r' || (bytes[i] == '\n' && last_ != '\r') || bytes[i] == '\0';
      last_ = bytes[i];
      if (alone) bytes[i] = ' ';
    }
  }

  /// What the server is given before TLS; `count` shrinks where the rest is kept for later.
  void watch(std::string_view bytes, std::size_t& count) {
    const auto at = bytes.find(starttls_line);
    asked_ = asked_ || at != std::string_view::npos;
    if (how_ != Meddling::keeps_input || at == std::string_view::npos) return;
    count = at + starttls_line.size();
    held_ = bytes.substr(count);
  }

  static void overwrite(std::span<char> bytes) {
    const auto found = std::ranges::search(bytes, starttls);
    std::ranges::copy(overwritten.substr(0, found.size()), found.begin());
  }

  void change(std::string& reply) const {
    if (how_ == Meddling::strips)
      if (const auto at = reply.find(starttls); at != std::string::npos)
        reply.replace(at, starttls.size(), overwritten);
    if (how_ == Meddling::injects && asked_ && reply.starts_with("220")) reply += injected;
  }

  std::size_t take_held(char* data, std::size_t size) {
    const auto count = std::min(size, held_.size());
    std::ranges::copy_n(held_.begin(), static_cast<std::ptrdiff_t>(count), data);
    held_.erase(0, count);
    return count;
  }

  std::unique_ptr<tls::Stream> stream_;
  Meddling how_;
  bool asked_ = false;  // STARTTLS has gone by
  char last_ = '\0';    // that was read
  std::string held_;    // clear text that is read as if it had come under TLS
};

}  // namespace

std::unique_ptr<tls::Stream> meddled_with(std::unique_ptr<tls::Stream> stream, Meddling how) {
  if (how == Meddling::none) return stream;
  return std::make_unique<Middlebox>(std::move(stream), how);
}

}  // namespace mailprobe::lab
