#include "auth/encoded_word.h"

#include <optional>

#include "auth/header_block.h"
#include "base/encoding.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

/// RFC 2047 §4.2: quoted-printable's little sister, with "_" for a space.
std::string decode_q(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octet = text[i] == '=' ? from_hex(text.substr(i + 1, 2)) : std::nullopt;
    if (octet && octet->size() == 1) {
      out += *octet;
      i += 2;
    } else {
      out += text[i] == '_' ? ' ' : text[i];
    }
  }
  return out;
}

struct Decoded {
  std::string octets;
  std::size_t length = 0;  // of the encoded word
};

// encoded-word = "=?" charset "?" encoding "?" encoded-text "?="
std::optional<Decoded> decode_word(std::string_view text) {
  const auto charset_end = text.find('?', 2);
  if (!text.starts_with("=?") || charset_end == std::string_view::npos || charset_end + 2 >= text.size() ||
      text[charset_end + 2] != '?')
    return std::nullopt;
  const auto end = text.find("?=", charset_end + 3);
  if (end == std::string_view::npos) return std::nullopt;
  const auto encoded = text.substr(charset_end + 3, end - charset_end - 3);
  if (encoded.find(' ') != std::string_view::npos) return std::nullopt;
  const char encoding = lower(text[charset_end + 1]);
  if (encoding == 'q') return Decoded{decode_q(encoded), end + 2};
  if (encoding != 'b') return std::nullopt;
  auto octets = from_base64(encoded);
  if (!octets) return std::nullopt;
  return Decoded{std::move(*octets), end + 2};
}

}  // namespace

std::string decode_words(std::string_view value) {
  const auto text = unfold(value);
  std::string out;
  std::size_t after_word = std::string::npos;  // where in `out` the last encoded word ended, if only spaces follow
  for (std::size_t at = 0; at < text.size();) {
    if (const auto word = decode_word(std::string_view(text).substr(at))) {
      if (after_word != std::string::npos) out.resize(after_word);
      out += word->octets;
      after_word = out.size();
      at += word->length;
      continue;
    }
    if (!is_space(text[at])) after_word = std::string::npos;
    out += text[at++];
  }
  return out;
}

}  // namespace mailprobe::auth
