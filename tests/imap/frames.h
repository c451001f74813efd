// All responses in a piece of text, framed: what tests and fuzzing share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "imap/framing.h"

namespace mailprobe::test {

/// Lines end with LF or CRLF. An error: framing failed, or the text ends within a response.
inline Result<std::vector<std::string>> frames(std::string_view text) {
  std::vector<std::string> found;
  while (!text.empty()) {
    imap::Framer framer;
    imap::Framer::Need need;
    while (!need.whole) {
      if (!need.bytes && text.empty()) return fail(Failure::connection, "the text ends within a response");
      const auto end = text.find('\n');
      auto piece = need.bytes ? text.substr(0, *need.bytes) : text.substr(0, end);
      if (need.bytes && piece.size() < *need.bytes) return fail(Failure::connection, "the text ends within a literal");
      text.remove_prefix(need.bytes ? piece.size() : std::min(text.size(), piece.size() + 1));
      if (!need.bytes && piece.ends_with('\r')) piece.remove_suffix(1);
      const auto next = need.bytes ? framer.literal(piece) : framer.line(piece);
      if (!next) return std::unexpected(next.error());
      need = *next;
    }
    found.push_back(framer.take());
  }
  return found;
}

}  // namespace mailprobe::test
