// Where in a body its MIME parts lie: boundaries, contents, transfer encodings (RFC 2045, RFC 2046). A flat list in
// the order of the bytes; decodes nothing. For comparing two bodies, not for reading mail. Pure, linear, bounded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "auth/header_block.h"

namespace mailprobe::auth {

enum class TransferEncoding { identity, quoted_printable, base64 };  // identity: 7bit, 8bit, binary

struct Span {
  std::size_t from = 0, to = 0;  // [from, to)
  [[nodiscard]] std::string_view of(std::string_view text) const { return text.substr(from, to - from); }
};

/// Where a line ends and the next begins. A bare CR or LF ends one too: hosts make CRLF of it.
struct LineEnd {
  std::size_t end = 0, next = 0;
};
LineEnd line_end(std::string_view text, std::size_t at);

struct MimeContent {
  Span bytes;  // in the body; up to the line of the next boundary
  TransferEncoding encoding = TransferEncoding::identity;
  bool nested = false;  // has a header of its own in the body
  std::string charset;  // of text, lower case; "us-ascii" where none is given (RFC 2045 §5.2)
  Span header;          // in the body, without the empty line; of a nested one
  Span encoding_field;  // its Content-Transfer-Encoding, in the body; none: empty
};

struct MimeMap {
  std::vector<MimeContent> contents;
  std::vector<std::string> boundaries;  // in the order of their announcement
  std::vector<Span> encoding_fields;    // the parts' Content-Transfer-Encoding, in the body
  std::vector<Span> type_fields;        // the parts' Content-Type, in the body
  std::vector<std::size_t> delimiters;  // offsets of their lines; what is before the first is the preamble
};

MimeMap map_mime(const Message& message);

/// Of a Content-Type or a Content-Disposition; "" where it has none of that name.
std::string mime_parameter(std::string_view field, std::string_view name);

}  // namespace mailprobe::auth
