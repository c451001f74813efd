#include "base/hidden.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "base/text.h"

namespace mailprobe {

namespace {

std::string_view beginning(std::string_view text) { return text.substr(0, 1); }

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// How much of `text` is `form`, or zero. A space is any white space: who quotes a field may have folded it anew.
std::size_t length_of(std::string_view form, std::string_view text) {
  std::size_t at = 0;
  for (const char c : form) {
    const auto white = text.substr(std::min(at, text.size())).find_first_not_of(" \t\r\n");
    if (is_white(c) && white != 0 && at < text.size())
      at = white == std::string_view::npos ? text.size() : at + white;
    else if (at < text.size() && text[at] == c)
      ++at;
    else
      return 0;
  }
  return at;
}

std::string without_padding(std::string encoded) {
  encoded.resize(encoded.find_last_not_of('=') + 1);  // some leave it out
  return encoded;
}

/// What of `value` is the same in the base64 of any text that has it behind `before` bytes modulo three: characters
/// that hold its bits alone.
std::string within_base64(std::string_view value, std::size_t before) {
  const auto encoded = base64(std::string(before, 'x').append(value));
  const auto first = (before * 8 + 5) / 6, last = (before + value.size()) * 8 / 6;
  return first < last ? encoded.substr(first, last - first) : std::string();
}

/// "=3D" and its like (RFC 2045 §6.7); `more` is encoded too.
std::string quoted_printable(std::string_view value, std::string_view more) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : value) {
    const auto octet = static_cast<unsigned char>(c);
    const bool plain = octet >= ' ' && octet < 0x7f && c != '=' && more.find(c) == std::string_view::npos;
    if (plain)
      out += c;
    else
      out.append(1, '=').append(1, digits[octet >> 4U]).append(1, digits[octet & 0xfU]);
  }
  return out;
}

constexpr std::size_t word_octets = 42;   // in whole groups of three, of the 45 that fit into an encoded word
constexpr std::size_t most_pieces = 512;  // octets of a value whose pieces are looked for: what has a subject's length

/// What several encoded words (RFC 2047 §2) have of it: each is encoded by itself, so that one may end within the
/// value, and the next begin there.
std::vector<std::string> pieces_of(std::string_view value) {
  std::vector<std::string> pieces;
  if (value.size() > most_pieces) return pieces;
  pieces.reserve(4 * value.size());
  for (std::size_t at = 1; at < value.size(); ++at) {
    for (std::size_t before = 0; before < 3; ++before) pieces.push_back(within_base64(value.substr(0, at), before));
    pieces.push_back(within_base64(value.substr(at, word_octets), 0));
  }
  return pieces;
}

}  // namespace

void Hidden::add_forms(std::string_view value) {
  auto word = quoted_printable(value, "?_");  // RFC 2047 §4.2
  std::ranges::replace(word, ' ', '_');
  const std::array forms{std::string(value),      without_padding(base64(value)), within_base64(value, 0),
                         within_base64(value, 1), within_base64(value, 2),        quoted_printable(value, {}),
                         std::move(word)};
  for (const auto& form : forms)
    if (form.size() >= least) forms_.emplace_back(form);
  for (const auto& piece : pieces_of(value))
    if (piece.size() >= least_line) forms_.emplace_back(piece);
}

void Hidden::put_in_order() {
  std::ranges::sort(forms_, [](const Secret& one, const Secret& other) {
    const std::string_view a = one.reveal(), b = other.reveal();
    if (beginning(a) != beginning(b)) return beginning(a) < beginning(b);
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  const auto same = [](const Secret& one, const Secret& other) { return one.reveal() == other.reveal(); };
  forms_.erase(std::unique(forms_.begin(), forms_.end(), same), forms_.end());
}

void Hidden::add(std::string_view secret) {
  if (trim(secret).size() < least) return;
  add_forms(trim(secret));
  if (secret.find('\n') != std::string_view::npos)
    for (const auto line : split(secret, '\n'))
      if (trim(line).size() >= least_line) add_forms(trim(line));
  put_in_order();
}

void Hidden::add(const Hidden& others) {
  const bool first = empty();
  forms_.insert(forms_.end(), others.forms_.begin(), others.forms_.end());
  if (!first && !others.empty()) put_in_order();
}

std::string Hidden::masked(std::string_view text) const {
  if (forms_.empty()) return std::string(text);
  const auto begins = [](const Secret& form) { return beginning(form.reveal()); };
  std::string out;
  while (!text.empty()) {
    const auto here = std::ranges::equal_range(forms_, beginning(text), {}, begins);
    std::size_t length = 0;
    for (const auto& form : here)
      if (length == 0) length = length_of(form.reveal(), text);
    out += length == 0 ? text.substr(0, 1) : "***";
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

}  // namespace mailprobe
