// Text from outside, made fit for a terminal or a log: one escaping for all of it.
#pragma once

#include <string>
#include <string_view>

namespace mailprobe {

/// Valid UTF-8 stays; control characters (C0, C1, DEL), bidi overrides, line and paragraph separators and bytes that
/// are not UTF-8 become \xNN of each byte. A backslash stays. Cut after `max` bytes of input, with "…".
std::string safe_text(std::string_view text, std::size_t max = 4096);

/// Each byte that is not UTF-8 becomes U+FFFD: for JSON, which cannot hold it otherwise.
std::string valid_utf8(std::string_view text);

}  // namespace mailprobe
