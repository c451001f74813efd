#include "auth/charset.h"

#include <algorithm>
#include <array>

namespace mailprobe::auth {

namespace {

/// What windows-1252 has where ISO 8859-1 has controls, 0x80 to 0x9f (WHATWG Encoding, index windows-1252).
constexpr std::array<char16_t, 32> windows_1252{
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
};

/// RFC 3629 §3, up to three octets.
void append_utf8(std::string& out, unsigned code) {
  const auto octet = [&](unsigned bits) { out += static_cast<char>(bits); };
  if (code < 0x80U) return octet(code);
  if (code < 0x800U) {
    octet(0xc0U | code >> 6U);
  } else {
    octet(0xe0U | code >> 12U);
    octet(0x80U | (code >> 6U & 0x3fU));
  }
  octet(0x80U | (code & 0x3fU));
}

}  // namespace

std::string_view as_utf8(std::string_view text, std::string_view charset, TextStore& store) {
  const bool windows = charset == "windows-1252" || charset == "cp1252";
  if (!windows && charset != "iso-8859-1" && charset != "latin1") return text;
  if (std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80U; })) return text;
  std::string out;
  out.reserve(text.size() * 2);
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    const bool special = windows && octet >= 0x80U && octet < 0xa0U;
    append_utf8(out, special ? windows_1252.at(octet - 0x80U) : octet);
  }
  return store.emplace_back(std::move(out));
}

}  // namespace mailprobe::auth
