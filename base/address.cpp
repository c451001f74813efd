#include "base/address.h"

#include <algorithm>
#include <memory>

#include <idn2.h>

#include "base/ip.h"
#include "base/safe_text.h"
#include "base/text.h"
#include "base/utf8.h"

namespace mailprobe {

namespace {

constexpr std::size_t max_name = 253, max_label = 63;  // RFC 1035 §2.3.4
constexpr std::size_t max_local_part = 64;             // RFC 5321 §4.5.3.1.1

std::unexpected<Error> bad(std::string_view what, std::string_view text, std::string_view why) {
  return fail(Failure::usage, "'" + safe_text(text, 320) + "' is not " + std::string(what) + ": " + std::string(why));
}

bool ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// RFC 5891: U-labels to A-labels. nullopt where libidn2 refuses.
std::optional<std::string> to_a_labels(const std::string& name) {
  char* out = nullptr;
  const int status = idn2_to_ascii_8z(name.c_str(), &out, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const std::unique_ptr<char, decltype(&idn2_free)> owner(out, &idn2_free);
  if (status != IDN2_OK) return std::nullopt;
  return std::string(out);
}

/// Letters, digits, hyphen, and the underscore of service names; no hyphen at an end.
bool good_label(std::string_view label) {
  return !label.empty() && label.size() <= max_label && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_'; });
}

bool atext(char c) {  // RFC 5322 §3.2.3, and UTF-8 (RFC 6531 §3.3)
  return is_alpha(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").contains(c);
}

bool utf8(std::string_view text) {
  while (!text.empty()) {
    const auto point = next_code_point(text);
    if (point.length == 0) return false;
    text.remove_prefix(point.length);
  }
  return true;
}

/// Dot-string of RFC 5321 §4.1.2.
bool dot_string(std::string_view text) {
  return std::ranges::all_of(split(text, '.'),
                             [](std::string_view atom) { return !atom.empty() && std::ranges::all_of(atom, atext); });
}

/// Quoted-string of RFC 5321 §4.1.2: qtextSMTP and quoted-pairSMTP, printable ASCII only.
bool quoted_string(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') return false;
    if (text[i] == '\\') ++i;
    if (i == text.size()) return false;
    if (text[i] < ' ' || text[i] > '~') return false;
  }
  return true;
}

/// "[192.0.2.1]" or "[IPv6:2001:db8::1]" (RFC 5321 §4.1.3).
bool address_literal(std::string_view text) {
  if (text.size() < 3 || text.front() != '[' || text.back() != ']') return false;
  text = text.substr(1, text.size() - 2);
  const bool v6 = istarts_with(text, "IPv6:");
  const auto address = IpAddress::parse(v6 ? text.substr(5) : text);
  return address && address->v6 == v6;
}

}  // namespace

Result<DomainName> DomainName::parse(std::string_view text) {
  std::string name(text);
  if (name.ends_with('.')) name.pop_back();
  if (!ascii(name)) {
    auto encoded = utf8(name) ? to_a_labels(name) : std::nullopt;
    if (!encoded) return bad("a domain name", text, "its international form is not valid (IDNA 2008)");
    name = std::move(*encoded);
  }
  if (name.empty() || name.size() > max_name) return bad("a domain name", text, "it has 1 to 253 characters");
  if (!std::ranges::all_of(split(name, '.'), good_label))
    return bad("a domain name", text, "labels are 1 to 63 letters, digits or hyphens, with dots between");
  return DomainName(to_lower(name));
}

Result<Mailbox> Mailbox::parse(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos) return bad("a mail address", text, "there is no @");
  const auto local = text.substr(0, at), domain = text.substr(at + 1);
  if (local.empty() || local.size() > max_local_part)
    return bad("a mail address", text, "the part before the @ has 1 to 64 characters");
  if (!utf8(local) || !(dot_string(local) || quoted_string(local)))
    return bad("a mail address", text, "the part before the @ has a character that needs quotes, or a misplaced dot");
  if (address_literal(domain)) return Mailbox(std::string(local), std::string(domain));
  auto name = DomainName::parse(domain);
  if (!name) return std::unexpected(name.error());
  return Mailbox(std::string(local), name->text());
}

bool Mailbox::needs_smtputf8() const { return !ascii(local_); }

}  // namespace mailprobe
