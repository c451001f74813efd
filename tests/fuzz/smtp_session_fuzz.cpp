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

constexpr auto nowhere = std::string_view::npos;

/// A message from `at` on to the first CRLF.CRLF, and where that ends.
struct Ended {
  std::string message;
  std::size_t end = nowhere;
};

Ended ended_message(std::string_view bytes, std::size_t at) {
  const auto dot = bytes.find("\r\n.\r\n", at - 2);  // the CRLF of DATA itself begins an empty one
  if (dot == nowhere) return {};
  Ended found{.message = {}, .end = dot + 5};
  for (auto rest = bytes.substr(at, dot + 2 - at); !rest.empty();) {
    const auto line = rest.substr(0, rest.find("\r\n") + 2);
    found.message += line.substr(line.starts_with('.') ? 1 : 0);
    rest.remove_prefix(line.size());
  }
  return found;
}

/// Where `message` ends in `bytes`, sent by DATA.
std::size_t end_of_data(std::string_view bytes, const std::string& message) {
  for (std::size_t at = 0;;) {
    const auto next = ifind(bytes.substr(at), "DATA");
    const auto end_of_line = next == nowhere ? nowhere : bytes.find("\r\n", at + next);
    if (end_of_line == nowhere) return nowhere;
    const auto found = ended_message(bytes, end_of_line + 2);
    if (found.end != nowhere && found.message == message) return found.end;
    at += next + 1;
  }
}

/// The same by BDAT: its bytes are there in their order, and a LAST.
std::size_t end_of_chunks(std::string_view bytes, const std::string& message) {
  if (ifind(bytes, "BDAT") == nowhere || ifind(bytes, "LAST") == nowhere) return nowhere;
  std::size_t at = 0;
  for (const char c : message) {
    at = bytes.find(c, at);
    if (at == nowhere) return nowhere;
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
  if (ifind(bytes, "STARTTLS") == nowhere) check(converse(bytes, 1) == whole);
  return 0;
}
