// Our ClientHello, whatever is put into it: it is refused, or it is records whose lengths are those of what they hold.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "tls/client_hello.h"

namespace {

using namespace mailprobe;

void check(bool holds) {
  if (!holds) std::abort();
}

/// Takes from the front of what is left.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : left_(reinterpret_cast<const char*>(data), size) {}

  std::uint8_t byte() {
    if (left_.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return value;
  }
  std::uint16_t number() {
    const unsigned high = byte();
    return static_cast<std::uint16_t>(high << 8U | byte());
  }
  std::vector<std::uint16_t> numbers() {
    std::vector<std::uint16_t> all(byte());
    for (auto& each : all) each = number();
    return all;
  }
  std::string text(std::size_t length) {
    std::string out(left_.substr(0, length));
    left_.remove_prefix(out.size());
    return out;
  }

 private:
  std::string_view left_;
};

std::size_t length_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8U | static_cast<std::uint8_t>(bytes.at(at + i));
  return value;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  tls::ClientHello hello;
  const auto flags = input.byte();
  hello.version = input.number();
  hello.extensions = (flags & 1U) != 0;
  hello.key_share = (flags & 2U) != 0;
  hello.deflate = (flags & 4U) != 0;
  hello.random = std::string(flags & 8U ? 31 : 32, 'r');
  hello.session_id = input.text((flags & 16U) != 0 ? 32 : 0);
  hello.versions = input.numbers();
  hello.suites = input.numbers();
  hello.groups = input.numbers();
  hello.signature_schemes = input.numbers();
  if ((flags & 32U) != 0) hello.shares.emplace_back(input.number(), input.text(input.number()));
  hello.server_name = input.text(input.number());
  const auto written = tls::write(hello);
  if (!written) return 0;
  check(hello.random.size() == 32);
  std::string handshake;  // RFC 8446 §5.1: records of at most 2^14 bytes
  for (std::string_view rest = *written; !rest.empty();) {
    check(rest.size() >= 5 && rest[0] == 22);
    const auto length = length_at(rest, 3, 2);
    check(length > 0 && length <= 16384 && rest.size() >= 5 + length);
    handshake += rest.substr(5, length);
    rest.remove_prefix(5 + length);
  }
  check(handshake.size() >= 4 && handshake[0] == 1);  // §4: client_hello
  check(length_at(handshake, 1, 3) == handshake.size() - 4);
  check(length_at(handshake, 4, 2) == hello.version && handshake.substr(6, 32) == hello.random);
  return 0;
}
