// Where one response ends: lines, and literals that lines announce. Bytes only, no meaning; pure.
// Never allocates by an announced size (CVE-2025-43857). RFC 9051 §2.2, §4.3; RFC 7888 for {n+}.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace mailprobe::imap {

/// The literal that a line announces at its end: "{12}", "{12+}", "~{12}". nullopt: none. An error: a size that is over
/// `max_frame`.
Result<std::optional<std::size_t>> announced_literal(std::string_view line);

/// One response, fed piece by piece: a line, then as many bytes as it asks for, then a line …
class Framer {
 public:
  /// What to feed next: whole, a line, or so many bytes (0 too: an empty literal).
  struct Need {
    bool whole = false;
    std::optional<std::size_t> bytes;
  };

  /// A line without its line end. It is kept with CRLF between it and what follows.
  Result<Need> line(std::string_view text);
  /// The bytes of the literal that was asked for.
  Result<Need> literal(std::string_view bytes);
  /// The response without its last CRLF, literals in place.
  [[nodiscard]] std::string take();

 private:
  std::string frame_;
  bool after_literal_ = false;
};

}  // namespace mailprobe::imap
