// Bounded lines and counted bytes out of a Stream. Knows what lies unread, which is how bytes injected before a TLS
// handshake are seen (RFC 3207 §6; CVE-2021-22947).
#pragma once

#include <string>

#include "tls/stream.h"

namespace mailprobe::tls {

/// Of a line: all of it, its end, or what has come of it so far.
struct LinePiece {
  std::string text;  // without CRLF
  bool ends = false;
};

class BufferedReader {
 public:
  explicit BufferedReader(Stream& stream) : stream_(stream) {}

  /// One line without its CRLF (a bare LF ends one too; `bare_lf()` then says so). A line of over `max` bytes is
  /// Failure::protocol; the end of the stream is Failure::connection.
  Task<Result<std::string>> line(std::size_t max);
  /// The same of a line of any length, some `size` bytes of it at a time; no piece ends between CR and LF.
  Task<Result<LinePiece>> piece(std::size_t size);
  /// Exactly `count` bytes; memory grows with what arrives, never with what was announced.
  Task<Result<std::string>> bytes(std::size_t count);
  /// Whatever comes next, at least one byte; empty at the end of the stream.
  Task<Result<std::string>> some();

  [[nodiscard]] std::size_t buffered() const { return buffer_.size() - start_; }
  [[nodiscard]] bool bare_lf() const { return bare_lf_; }
  void discard() { buffer_.clear(), start_ = 0; }

 private:
  Task<Result<std::size_t>> fill();
  std::string take_line(std::size_t length);

  Stream& stream_;
  std::string buffer_;
  std::size_t start_ = 0;
  bool bare_lf_ = false;
  bool filled_ = false;  // the last read took all the room there was
};

}  // namespace mailprobe::tls
