// A body, or a part of it, as lines, each with the raw bytes that it came from: what two bodies are compared by.
// Undoes transfer encodings (RFC 2045 §6.7, §6.8); what is not valid in one is kept as it stands. Pure, linear.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/mime_map.h"
#include "auth/results.h"

namespace mailprobe::auth {

struct TextLine {
  std::string_view text;      // without its CRLF, decoded
  std::size_t from = 0;       // raw bytes, offset in the body
  std::size_t to = 0;         // with the CRLF
  std::uint32_t content = 0;  // 1 is the first content; 0: MIME structure
  bool decoded = false;       // `text` is not the raw bytes
  std::string_view ending;    // CRLF, or a CR or LF alone; none at the end of the body, or of what is decoded
};

/// Owns what decoding makes; lines point into it or into the body.
using TextStore = std::deque<std::string>;

void append_plain(std::vector<TextLine>& lines, std::string_view body, Span bytes, std::uint32_t content);
void append_decoded(std::vector<TextLine>& lines, TextStore& store, std::string_view body, const MimeContent& part,
                    std::uint32_t content);

inline ByteRange byte_range(std::size_t from, std::size_t to) {
  return {static_cast<std::int64_t>(from), static_cast<std::int64_t>(to)};
}

/// The first few lines that differ, for a mutation's diff.
std::string first_difference(std::span<const TextLine> before, std::span<const TextLine> now);

/// As relaxed canonicalization sees a line (RFC 6376 §3.4.4); a copy is made only where it differs.
std::string_view reduced(std::string_view line, TextStore& store);

}  // namespace mailprobe::auth
