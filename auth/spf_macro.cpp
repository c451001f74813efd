#include "auth/spf_macro.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "auth/limits.h"
#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

// macro-expand = ( "%{" macro-letter transformers *delimiter "}" ) / "%%" / "%_" / "%-"
// transformers = *DIGIT [ "r" ] ; delimiter = "." / "-" / "+" / "," / "/" / "_" / "="
struct Macro {
  char letter = 0;
  std::size_t keep = 0;                  // 0: all
  bool reverse = false, escape = false;  // escape: an upper-case letter
  std::string delimiters = ".";
  std::size_t length = 0;  // of the text that it takes
};

std::optional<Macro> macro_at(std::string_view text) {
  if (!text.starts_with("%{") || text.size() < 4) return std::nullopt;
  Macro macro;
  macro.letter = lower(text[2]);
  macro.escape = macro.letter != text[2];
  std::size_t at = 3;
  const auto digits = text.substr(at, text.find_first_not_of("0123456789", at) - at);
  if (!digits.empty()) {
    const auto keep = parse_number(digits);
    if (!keep || *keep == 0) return std::nullopt;  // RFC 7208 §7.3: not zero
    macro.keep = static_cast<std::size_t>(std::min(*keep, 1000ULL));
    at += digits.size();
  }
  if (at < text.size() && lower(text[at]) == 'r') {
    macro.reverse = true;
    ++at;
  }
  const auto end = text.find_first_not_of(".-+,/_=", at);
  if (end == std::string_view::npos || text[end] != '}') return std::nullopt;
  if (end > at) macro.delimiters = text.substr(at, end - at);
  macro.length = end + 1;
  return macro;
}

std::string dotted(const IpAddress& address) {  // RFC 7208 §7.3: IPv6 as nibbles
  if (!address.v6) return address.text();
  std::string out;
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const auto byte : address.bytes) {
    if (!out.empty()) out += '.';
    out += digits[byte >> 4U];
    out += '.';
    out += digits[byte & 15U];
  }
  return out;
}

std::string value_of(char letter, const SpfMacroValues& values) {
  switch (letter) {
    case 's': return values.sender;
    case 'l': return values.sender.substr(0, values.sender.rfind('@'));
    case 'o': return values.sender_domain;
    case 'd': return values.domain;
    case 'i': return dotted(values.client);
    case 'p': return values.validated;
    case 'v': return values.client.v6 ? "ip6" : "in-addr";
    case 'h': return values.helo;
    case 'c': return values.client.text();
    case 'r': return values.receiver;
    default: return values.timestamp;
  }
}

std::string transform(const std::string& value, const Macro& macro) {
  std::vector<std::string_view> parts;
  const std::string_view whole = value;
  for (std::size_t start = 0; start <= whole.size();) {
    const auto end = std::min(whole.find_first_of(macro.delimiters, start), whole.size());
    parts.push_back(whole.substr(start, end - start));
    start = end + 1;
  }
  if (macro.reverse) std::ranges::reverse(parts);
  const auto skip = macro.keep > 0 && macro.keep < parts.size() ? parts.size() - macro.keep : 0;
  std::string out;
  for (auto i = skip; i < parts.size(); ++i) out.append(i == skip ? "" : ".").append(parts[i]);
  return out;
}

std::string url_escaped(std::string_view text) {  // RFC 7208 §7.3, by RFC 3986 §2.3
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_alpha(c) || is_digit(c) || std::string_view("-._~").contains(c))
      out += c;
    else
      out.append({'%', digits[byte >> 4U], digits[byte & 15U]});
  }
  return out;
}

/// One piece of a macro-string: a literal character, an escape ("%%", "%_", "%-") or a macro.
struct Piece {
  std::string_view text;
  std::optional<Macro> macro;
  [[nodiscard]] bool expands() const { return macro || text.size() > 1; }
};

// macro-string = *( macro-expand / macro-literal )
/// The piece at the start of `text`; nothing where "%" starts neither macro nor escape.
std::optional<Piece> piece_at(std::string_view text) {
  if (text.front() != '%') return Piece{text.substr(0, 1), {}};
  if (text.size() > 1 && std::string_view("%_-").contains(text[1])) return Piece{text.substr(0, 2), {}};
  const auto macro = macro_at(text);
  return macro ? std::optional(Piece{text.substr(0, macro->length), macro}) : std::nullopt;
}

std::string expanded(const Piece& piece, const SpfMacroValues& values) {
  if (piece.macro) {
    auto value = transform(value_of(piece.macro->letter, values), *piece.macro);
    return piece.macro->escape ? url_escaped(value) : value;
  }
  if (piece.text == "%%") return "%";
  if (piece.text == "%_") return " ";
  return piece.text == "%-" ? "%20" : std::string(piece.text);
}

}  // namespace

Result<void> check_macros(std::string_view text, bool explanation) {
  const std::string_view letters = explanation ? "slodiphvcrt" : "slodiphv";
  while (!text.empty()) {
    const auto piece = piece_at(text);
    if (!piece || (piece->macro && !letters.contains(piece->macro->letter)))
      return fail(Failure::protocol, "bad macro in '" + safe_text(text.substr(0, 20)) + "'");
    // macro-literal = %x21-24 / %x26-7E
    const char c = text.front();
    const bool visible = c > ' ' && c <= '~';
    if (!visible && !(explanation && c == ' ')) return fail(Failure::protocol, "a character that is not allowed");
    text.remove_prefix(piece->text.size());
  }
  return {};
}

bool ends_in_macro(std::string_view text) {
  bool expands = false;
  while (!text.empty()) {
    const auto piece = piece_at(text);
    if (!piece) return false;
    expands = piece->expands();
    text.remove_prefix(piece->text.size());
  }
  return expands;
}

std::string expand_macros(std::string_view text, const SpfMacroValues& values, bool explanation) {
  std::string out;
  while (!text.empty()) {
    const auto piece = piece_at(text);
    if (!piece) break;
    out += expanded(*piece, values);
    text.remove_prefix(piece->text.size());
    if (out.size() <= limits::spf_expansion) continue;
    if (explanation) break;
    out.erase(0, out.size() - limits::spf_expansion);  // RFC 7208 §7.3: a name is shortened on the left
  }
  out.resize(std::min(out.size(), limits::spf_expansion));
  return out;
}

bool uses_local_part(std::string_view text) {
  return ifind(text, "%{s") != std::string_view::npos || ifind(text, "%{l") != std::string_view::npos;
}

bool uses_domain_alone(std::string_view text) {
  while (!text.empty()) {
    const auto piece = piece_at(text);
    if (!piece || (piece->macro && piece->macro->letter != 'd')) return false;
    text.remove_prefix(piece->text.size());
  }
  return true;
}

bool uses_validated_name(std::string_view text) { return ifind(text, "%{p") != std::string_view::npos; }

}  // namespace mailprobe::auth
