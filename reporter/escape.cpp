#include "reporter/escape.h"

#include <algorithm>

#include "base/safe_text.h"

namespace mailprobe::reporter {

namespace {

/// U+FFFE and U+FFFF are UTF-8 but no Char of XML 1.0 §2.2.
bool noncharacter_at(std::string_view text, std::size_t at) {
  const auto three = text.substr(at, 3);
  return three == "\xef\xbf\xbe" || three == "\xef\xbf\xbf";
}

void escape_markup(std::string& out, std::string_view safe) {
  for (std::size_t i = 0; i < safe.size(); ++i) {
    switch (safe[i]) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default:
        if (noncharacter_at(safe, i)) {
          out += safe[i + 2] == '\xbe' ? "\\xef\\xbf\\xbe" : "\\xef\\xbf\\xbf";
          i += 2;
        } else {
          out += safe[i];
        }
    }
  }
}

/// Stays as it is everywhere: most text is nothing else.
constexpr bool plain(char c) {
  return c >= ' ' && c <= '~' && c != '&' && c != '<' && c != '>' && c != '"' && c != '\'';
}

std::string behind_backslash(std::string_view text, std::string_view special) {
  std::string out;
  for (const char c : text) {
    if (special.contains(c)) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string markup_text(std::string_view text) {
  if (std::ranges::all_of(text, plain)) return std::string(text);
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("\n\t"), text.size());
    escape_markup(out, safe_text(text.substr(0, end), text.size()));
    if (end < text.size()) out += text[end];
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string one_line(std::string_view text, std::size_t max) {
  std::string flat;
  bool space = false;
  for (const char c : text.substr(0, max + 1)) {
    const bool blank = c == '\n' || c == '\r' || c == '\t' || c == ' ';
    if (blank && !space) flat += ' ';
    if (!blank) flat += c;
    space = blank;
  }
  return safe_text(flat, max);
}

std::string shown_lines(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i)
    if (bytes[i] != '\r' || i + 1 >= bytes.size() || bytes[i + 1] != '\n') out += bytes[i];
  return out;
}

std::string yaml_text(std::string_view text) { return '"' + behind_backslash(one_line(text), "\"\\") + '"'; }

std::string tap_text(std::string_view text) { return behind_backslash(one_line(text), "#\\"); }

}  // namespace mailprobe::reporter
