#include "imap/mailbox_name.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/utf8.h"

namespace mailprobe::imap {

namespace {

bool printable(char32_t c) { return c >= 0x20 && c <= 0x7e; }

void add_unit(std::string& utf16, char32_t unit) {
  utf16 += static_cast<char>((unit >> 8U) & 0xffU);
  utf16 += static_cast<char>(unit & 0xffU);
}

void add_utf16(std::string& utf16, char32_t c) {
  if (c < 0x10000) return add_unit(utf16, c);
  add_unit(utf16, 0xd800U + ((c - 0x10000) >> 10U));
  add_unit(utf16, 0xdc00U + ((c - 0x10000) & 0x3ffU));
}

void add_utf8(std::string& out, char32_t c) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | ((c >> shift) & 0x3fU)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0U | (c >> 6U));
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0U | (c >> 12U));
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xf0U | (c >> 18U));
    tail(12), tail(6), tail(0);
  }
}

/// Modified BASE64: "," for "/", no padding (RFC 3501 §5.1.3).
void flush(std::string& out, std::string& utf16) {
  if (utf16.empty()) return;
  auto text = base64(utf16);
  text.resize(text.find_last_not_of('=') + 1);
  std::ranges::replace(text, '/', ',');
  out += "&" + text + "-";
  utf16.clear();
}

/// The code points of a shift sequence as UTF-8; nullopt: malformed, or of what needs no shift.
std::optional<std::string> shifted(std::string_view text) {
  if (text.find_first_of("/= \t\r\n") != std::string_view::npos) return std::nullopt;
  std::string plain(text);
  std::ranges::replace(plain, ',', '/');
  const auto utf16 = from_base64(plain);
  if (!utf16 || utf16->size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < utf16->size(); i += 2) {
    const auto unit = [&](std::size_t at) {
      return static_cast<char32_t>(static_cast<unsigned char>((*utf16)[at]) * 256U +
                                   static_cast<unsigned char>((*utf16)[at + 1]));
    };
    char32_t c = unit(i);
    if (c >= 0xd800 && c < 0xdc00 && i + 3 < utf16->size()) {
      const char32_t low = unit(i += 2);
      if (low < 0xdc00 || low > 0xdfff) return std::nullopt;
      c = 0x10000 + ((c - 0xd800) << 10U) + (low - 0xdc00);
    }
    if (printable(c) || (c >= 0xd800 && c < 0xe000)) return std::nullopt;
    add_utf8(out, c);
  }
  return out;
}

}  // namespace

std::optional<std::string> to_modified_utf7(std::string_view utf8) {
  std::string out, utf16;
  while (!utf8.empty()) {
    const auto point = next_code_point(utf8);
    if (point.length == 0) return std::nullopt;
    utf8.remove_prefix(point.length);
    if (!printable(point.value)) {
      add_utf16(utf16, point.value);
      continue;
    }
    flush(out, utf16);
    out += static_cast<char>(point.value);
    if (point.value == U'&') out += '-';  // RFC 3501 §5.1.3: "&-" stands for "&"
  }
  flush(out, utf16);
  return out;
}

std::optional<std::string> from_modified_utf7(std::string_view name) {
  std::string out;
  const auto whole = name;
  while (!name.empty()) {
    const char c = name[0];
    name.remove_prefix(1);
    if (!printable(static_cast<unsigned char>(c))) return std::nullopt;
    if (c != '&') {
      out += c;
      continue;
    }
    const auto end = name.find('-');
    if (end == std::string_view::npos) return std::nullopt;
    const auto text = end == 0 ? std::optional<std::string>("&") : shifted(name.substr(0, end));
    if (!text) return std::nullopt;
    out += *text;
    name.remove_prefix(end + 1);
  }
  // One spelling a name: no bits left over, no shift next to a shift.
  if (to_modified_utf7(out) != whole) return std::nullopt;
  return out;
}

}  // namespace mailprobe::imap
