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

struct MimeContent {
  Span bytes;  // in the body; up to the line of the next boundary
  TransferEncoding encoding = TransferEncoding::identity;
  bool nested = false;  // has a header of its own in the body
};

struct MimeMap {
  std::vector<MimeContent> contents;
  std::vector<std::string> boundaries;  // in the order of their announcement
  std::vector<Span> encoding_fields;    // the parts' Content-Transfer-Encoding, in the body
};

MimeMap map_mime(const Message& message);

}  // namespace mailprobe::auth
