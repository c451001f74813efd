// A dialogue as text: what the peer sends, what we must write, and where TLS starts; seen from the end under test.
// Not a protocol: lines and bytes only.
//
//   # a comment; empty lines are nothing
//   < 220 mx.example.org        the peer sends this line and CRLF; adjoining "<" lines arrive in one read
//   ---                         … but not across this
//   > EHLO probe.example.org    we must write this line and CRLF
//   >* AUTH PLAIN               we must write some line that begins so
//   >>                          we must write once, anything
//   <= 250 ok\r\n\x00           raw bytes, no CRLF added: \r \n \t \0 \\ \xNN     (">=" likewise)
//   tls                         a handshake that succeeds; "tls expired": the certificate does not verify, and why
//   tls fail alert 40           a handshake that fails, with these words
//   close                       the peer ends the stream;  reset, timeout: the next read fails so
//   quiet                       one read times out, and the dialogue goes on
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cause.h"

namespace mailprobe::test {

struct Step {
  enum class Kind { peer, ours, ours_prefix, ours_any, tls, tls_fail, close, reset, timeout, quiet };
  Kind kind = Kind::peer;
  std::string bytes;  // the peer's, ours, the prefix, or the failed handshake's words
  std::optional<Cause> cause;
};

struct Dialogue {
  std::vector<Step> steps;

  /// Throws std::invalid_argument, naming the line: a wrong dialogue is a fault of the test.
  static Dialogue parse(std::string_view text);
  static Dialogue load(const std::filesystem::path& file);
  /// Everything that the peer sends, in bytes.
  [[nodiscard]] std::size_t peer_bytes() const;
};

/// "\r\n\x00" spelt out.
std::string unescape(std::string_view text);

}  // namespace mailprobe::test
