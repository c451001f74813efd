// A whole receiving session: whatever a client sends, nothing is handed over but what DATA ended by CRLF.CRLF or BDAT
// ended by LAST, and how its bytes arrive changes nothing.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/text.h"
#include "smtp/dot_stuffing.h"
#include "smtp/server.h"
#include "tests/support/run.h"

using namespace mailprobe;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

/// The client's bytes, in pieces of `step`.
class Stream final : public tls::Stream {
 public:
  Stream(std::string_view bytes, std::size_t step) : bytes_(bytes), step_(step) {}

  Task<Result<std::size_t>> read_some(char* data, std::size_t size) override {
    const auto count = std::min({size, step_, bytes_.size()});
    std::copy_n(bytes_.data(), count, data);
    bytes_.remove_prefix(count);
    co_return count;
  }
  Task<Result<void>> write(std::string_view text) override {
    check(text.ends_with("\r\n"));
    said += text;
    co_return Result<void>{};
  }
  Task<Result<TlsFacts>> handshake(tls::Handshake) override {
    encrypted_ = true;
    co_return TlsFacts{.version = "TLSv1.3", .cipher = "TLS_AES_256_GCM_SHA384"};
  }
  void deadline(Steady) override {}
  void close() override {}
  [[nodiscard]] bool encrypted() const override { return encrypted_; }
  [[nodiscard]] std::string local_address() const override { return "192.0.2.1"; }
  [[nodiscard]] std::string peer_address() const override { return "192.0.2.2"; }

  std::string said;

 private:
  std::string_view bytes_;
  std::size_t step_;
  bool encrypted_ = false;
};

class Keeper final : public smtp::Handler {
 public:
  Task<smtp::Reply> rcpt(const smtp::ServerState& state, const Path& recipient) override {
    check(!state.helo.empty() && !recipient.null());
    co_return smtp::Reply{250, "2.1.5", "ok"};
  }
  Task<smtp::Reply> message(const smtp::ServerState& state, std::string raw) override {
    check(!state.recipients.empty());
    messages.push_back(std::move(raw));
    co_return smtp::Reply{250, "2.0.0", "kept"};
  }
  std::vector<std::string> messages;
};

struct Outcome {
  std::vector<std::string> messages;
  std::string said;
  bool operator==(const Outcome&) const = default;
};

Outcome converse(std::string_view bytes, std::size_t step) {
  Stream stream(bytes, step);
  Keeper keeper;
  Transcript transcript;
  smtp::ServerOptions options;
  options.host = "mx.target.test";
  options.starttls = tls::Handshake{};
  options.requiretls = true;
  options.max_size = 4096;
  (void)test::run(smtp::serve(stream, std::move(options), keeper, transcript));
  return {std::move(keeper.messages), std::move(stream.said)};
}

/// Where `message` ends in `bytes`, sent by DATA: after "DATA", dot-stuffed, ended by CRLF.CRLF; npos: nowhere.
std::size_t end_of_data(std::string_view bytes, const std::string& message) {
  const auto stuffed = smtp::stuff(message);
  if (!stuffed) return std::string_view::npos;
  const auto wanted = "\r\n" + *stuffed + ".\r\n";
  const auto at = bytes.find(wanted);
  if (at == std::string_view::npos || ifind(bytes.substr(0, at + 2), "DATA") == std::string_view::npos)
    return std::string_view::npos;
  return at + wanted.size();
}

/// The same by BDAT: its bytes are there in their order, and a LAST.
std::size_t end_of_chunks(std::string_view bytes, const std::string& message) {
  if (ifind(bytes, "BDAT") == std::string_view::npos || ifind(bytes, "LAST") == std::string_view::npos)
    return std::string_view::npos;
  std::size_t at = 0;
  for (const char c : message) {
    at = bytes.find(c, at);
    if (at == std::string_view::npos) return at;
    ++at;
  }
  return at;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = converse(bytes, size);
  auto rest = bytes;
  for (const auto& message : whole.messages) {
    check(!smtp::has_bare_newline(message) && message.size() <= 4096);
    const auto end = std::min(end_of_data(rest, message), end_of_chunks(rest, message));
    check(end <= rest.size());
    rest.remove_prefix(end);
  }
  // What is pipelined behind STARTTLS is told by its arriving at once: the one thing that may differ.
  if (ifind(bytes, "STARTTLS") == std::string_view::npos) check(converse(bytes, 1) == whole);
  return 0;
}
