// One SMTP reply, single or multi-line, as data (RFC 5321 §4.2, enhanced status codes RFC 2034 and 3463).
// Pure: lines in, reply or error out. Reading lines off a stream is smtp/client.cpp's business.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace mailprobe::smtp {

constexpr std::size_t max_reply_line = 2048;  // RFC 5321 §4.5.3.1.5 says 512; real servers write more
constexpr std::size_t max_reply_lines = 128;

struct Reply {
  int code = 0;
  std::optional<std::string> enhanced;  // "5.7.1", where every line agrees
  std::string text;  // without the codes (an enhanced one too, where it is above), lines joined by LF; the peer's
                     // words, escape before showing

  [[nodiscard]] bool positive() const { return code >= 200 && code < 400; }
  [[nodiscard]] bool temporary() const { return code >= 400 && code < 500; }
  [[nodiscard]] bool permanent() const { return code >= 500; }
};

/// The lines of one reply, fed one at a time.
class ReplyParser {
 public:
  /// A line without its CRLF. true: the reply is whole; false: more lines follow.
  Result<bool> feed(std::string_view line);
  [[nodiscard]] Reply take();

 private:
  Reply reply_;
  std::vector<std::string> texts_;
};

/// The lines of a reply, each with CRLF.
std::string format(const Reply& reply);

}  // namespace mailprobe::smtp
