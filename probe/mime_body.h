// The body of one leaf of a composed message: its text or filler, in its charset, encoded for the way. Bytes only:
// header fields are probe/compose's. RFC 2045 §6 (transfer encodings), RFC 2047 (encoded words in header fields).
#pragma once

#include <string>
#include <string_view>

#include "scenarios/format.h"

namespace mailprobe::probe {

struct MimeBody {
  std::string charset;  // empty: it is no text
  scenarios::TransferEncoding encoding = scenarios::TransferEncoding::seven_bit;
  std::string bytes;  // CRLF line endings
};

/// `text`: UTF-8, where the part has no body of its own. Filled up to the size that is asked for.
MimeBody mime_body(const scenarios::Part& part, const std::string& text);

/// Of a header field: encoded words where it is not ASCII, each within its line.
std::string header_text(std::string_view utf8);

}  // namespace mailprobe::probe
