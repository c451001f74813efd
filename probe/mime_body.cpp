#include "probe/mime_body.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/text.h"

namespace mailprobe::probe {

namespace {

using scenarios::Part;
using scenarios::TransferEncoding;

constexpr std::size_t usual_line = 72, longest_line = 998;  // RFC 5322 §2.1.1
constexpr std::size_t encoded_line = 76;                    // RFC 2045 §6.7
constexpr std::size_t encoded_word_octets = 45;             // 75 characters with "=?utf-8?B?" and "?=" (RFC 2047 §2)

bool ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// Its characters are within (scenarios/checks): each is one octet, or two that begin with C2 or C3.
std::string to_latin1(std::string_view utf8) {
  std::string out;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    if (lead < 0x80 || i + 1 == utf8.size()) {
      out += utf8[i];
      continue;
    }
    out += static_cast<char>((lead & 0x03) << 6 | (static_cast<unsigned char>(utf8[++i]) & 0x3f));
  }
  return out;
}

/// Lines that tell where in the message one is.
void fill(std::string& text, std::size_t size, std::size_t line_length) {
  if (!text.empty() && !text.ends_with("\r\n") && text.size() + 2 <= size) text += "\r\n";
  for (std::size_t number = 1; text.size() < size; ++number) {
    auto line = "mailprobe " + std::to_string(number) + " ";
    while (line.size() < line_length) line += "abcdefghijklmnopqrstuvwxyz0123456789";
    line.resize(line_length);
    const auto left = size - text.size();
    text += line.substr(0, left > 2 ? left - 2 : left);
    if (left > 2) text += "\r\n";
  }
}

bool has_long_lines(std::string_view text) {
  for (std::size_t from = 0; from < text.size();) {
    const auto end = std::min(text.find("\r\n", from), text.size());
    if (end - from > longest_line) return true;
    from = end + 2;
  }
  return false;
}

TransferEncoding usual_encoding(std::string_view bytes, bool text) {
  if (ascii(bytes) && !has_long_lines(bytes)) return TransferEncoding::seven_bit;
  if (!text) return TransferEncoding::base64;
  return has_long_lines(bytes) ? TransferEncoding::quoted_printable : TransferEncoding::eight_bit;
}

/// RFC 2045 §6.7: soft line breaks within 76 characters; white space before a line end is encoded.
std::string in_quoted_printable(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    const auto rest = bytes.substr(i);
    if (rest.starts_with("\r\n")) {
      out += "\r\n";
      column = 0;
      ++i;
      continue;
    }
    const bool space = c == ' ' || c == '\t';
    const bool last = rest.size() == 1 || rest.substr(1).starts_with("\r\n");
    const auto u = static_cast<unsigned char>(c);
    std::string piece(1, c);
    if ((space && last) || (!space && (u <= 0x20 || u >= 0x7f || c == '=')))
      piece = {'=', digits[u >> 4], digits[u & 15]};
    if (column + piece.size() > encoded_line - 1) {
      out += "=\r\n";
      column = 0;
    }
    out += piece;
    column += piece.size();
  }
  return out;
}

std::string encoded(TransferEncoding encoding, std::string bytes) {
  if (encoding == TransferEncoding::base64) return base64_lines(bytes);
  if (encoding == TransferEncoding::quoted_printable) return in_quoted_printable(bytes);
  return bytes;
}

}  // namespace

MimeBody mime_body(const Part& part, const std::string& text) {
  const bool is_text = !part.type || istarts_with(*part.type, "text/");
  auto bytes = to_crlf(part.body.value_or(text));
  if (part.size) {
    const auto line = part.line_length ? static_cast<std::size_t>(*part.line_length) : usual_line;
    fill(bytes, static_cast<std::size_t>(part.size->bytes), line);
  }
  MimeBody made;
  if (is_text) made.charset = part.charset.value_or(ascii(bytes) ? "us-ascii" : "utf-8");
  if (iequals(made.charset, "iso-8859-1")) bytes = to_latin1(bytes);
  made.encoding = part.transfer_encoding.value_or(usual_encoding(bytes, is_text));
  made.bytes = encoded(made.encoding, std::move(bytes));
  return made;
}

std::string header_text(std::string_view utf8) {
  if (ascii(utf8)) return std::string(utf8);
  std::string out;
  while (!utf8.empty()) {
    auto size = std::min(encoded_word_octets, utf8.size());
    while (size < utf8.size() && size > 1 && continues(utf8[size])) --size;  // no character is cut (RFC 2047 §5)
    out += (out.empty() ? "=?utf-8?B?" : "\r\n =?utf-8?B?") + base64(utf8.substr(0, size)) + "?=";
    utf8.remove_prefix(size);
  }
  return out;
}

}  // namespace mailprobe::probe
