#include "base/safe_text.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/utf8.h"

namespace mailprobe {

namespace {

/// Moves the cursor, changes direction or breaks lines where nothing should.
bool dangerous(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0)                              // C0, DEL, C1
         || c == 0x61c || c == 0x200e || c == 0x200f                      // direction marks
         || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)  // separators, embeddings, isolates
         || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb);
}

void escape(std::string& out, std::string_view bytes) {
  for (const char c : bytes) out += "\\x" + hex({&c, 1});
}

/// How many characters of printable ASCII it begins with: none of them means anything to anybody.
std::size_t printable_run(std::string_view text) {
  const auto* end = std::ranges::find_if(text, [](char c) { return c < 0x20 || c == 0x7f; });
  return static_cast<std::size_t>(end - text.begin());
}

}  // namespace

CodePoint next_code_point(std::string_view text) {
  if (text.empty()) return {};
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = at(0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xf0 && first < 0xf5   ? 4
                             : first >= 0xe0 && first < 0xf0 ? 3
                             : first >= 0xc2 && first < 0xe0 ? 2
                                                             : 0;
  if (length == 0 || text.size() < length) return {};
  char32_t value = first & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xc0U) != 0x80U) return {};
    value = (value << 6U) | (at(i) & 0x3fU);
  }
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xd800 && value < 0xe000;
  if (value < least[length] || surrogate || value > 0x10ffff) return {};
  return {value, length};
}

std::string safe_text(std::string_view text, std::size_t max) {
  const bool cut = text.size() > max;
  if (cut) text = text.substr(0, max);
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto plain = text.substr(0, printable_run(text));  // most of all there is
    out += plain;
    text.remove_prefix(plain.size());
    if (text.empty()) break;
    const auto point = next_code_point(text);
    const auto taken = point.length == 0 ? 1 : point.length;
    if (point.length == 0 || dangerous(point.value))
      escape(out, text.substr(0, taken));
    else
      out += text.substr(0, taken);
    text.remove_prefix(taken);
  }
  if (cut) out += "…";
  return out;
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto plain = text.substr(0, printable_run(text));
    out += plain;
    text.remove_prefix(plain.size());
    if (text.empty()) break;
    const auto point = next_code_point(text);
    out += point.length == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(0, point.length);
    text.remove_prefix(point.length == 0 ? 1 : point.length);
  }
  return out;
}

}  // namespace mailprobe
