#include "dns/caa.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace mailprobe::dns {

namespace {

constexpr std::size_t max_value = 4096;  // bytes kept; an issuer with an account's address has some 200
constexpr unsigned critical_bit = 0x80;  // RFC 8659 §4.1.1

bool letter_or_digit(char c) { return is_alpha(c) || is_digit(c); }

void skip_white_space(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

// RFC 8659 §4.2:
//   issue-value = *WSP [issuer-domain-name *WSP] [";" *WSP [parameters *WSP]]
//   parameters  = (parameter *WSP ";" *WSP parameters) / parameter
//   parameter   = tag *WSP "=" *WSP value
//   label, tag  = (ALPHA / DIGIT) *( *("-") (ALPHA / DIGIT))
//   value       = *(%x21-3A / %x3C-7E)

/// A label, or the tag of a parameter; empty where there is none.
std::string_view take_word(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && (letter_or_digit(text[length]) || text[length] == '-')) ++length;
  const auto word = text.substr(0, length);
  if (word.empty() || word.front() == '-' || word.back() == '-') return {};
  text.remove_prefix(length);
  return word;
}

std::optional<std::string> take_issuer(std::string_view& text) {
  std::string name;
  if (text.empty() || text.front() == ';') return name;
  for (;;) {
    const auto label = take_word(text);
    if (label.empty()) return std::nullopt;
    name += to_lower(label);
    if (text.empty() || text.front() != '.') return name;
    name += '.';
    text.remove_prefix(1);
  }
}

bool take_parameter(std::string_view& text) {
  if (take_word(text).empty()) return false;
  skip_white_space(text);
  if (text.empty() || text.front() != '=') return false;
  text.remove_prefix(1);
  skip_white_space(text);
  while (!text.empty() && text.front() != ';' && text.front() >= 0x21 && text.front() <= 0x7e) text.remove_prefix(1);
  skip_white_space(text);
  return true;
}

bool parameters_hold(std::string_view text) {
  skip_white_space(text);
  if (text.empty()) return true;
  while (take_parameter(text)) {
    if (text.empty()) return true;
    if (text.front() != ';') return false;
    text.remove_prefix(1);
    skip_white_space(text);
  }
  return false;
}

bool names_an_issuer(std::string_view tag) {
  constexpr std::array<std::string_view, 4> tags{"issue", "issuewild", "issuemail", "issuevmc"};
  return std::ranges::find(tags, tag) != tags.end();
}

bool known(std::string_view tag) {
  constexpr std::array<std::string_view, 3> others{"iodef", "contactemail", "contactphone"};  // IANA's registry
  return names_an_issuer(tag) || std::ranges::find(others, tag) != others.end();
}

std::optional<std::string> problem_of(const Caa& record) {
  if (!std::ranges::all_of(record.tag, letter_or_digit)) return "its tag has other characters than letters and digits";
  if (names_an_issuer(record.tag) && !caa_issuer(record.value)) return "its value names no issuer in the right form";
  if (record.tag == "iodef" && !istarts_with(record.value, "mailto:") && !istarts_with(record.value, "https:") &&
      !istarts_with(record.value, "http:"))  // RFC 8659 §4.4
    return "its value is neither a mailto: nor an http(s): URL";
  if (!known(record.tag) && record.critical) return "it is critical and of an unknown kind: no CA may issue";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> caa_issuer(std::string_view value) {
  skip_white_space(value);
  auto issuer = take_issuer(value);
  if (!issuer) return std::nullopt;
  skip_white_space(value);
  if (value.empty()) return issuer;
  if (value.front() != ';') return std::nullopt;
  value.remove_prefix(1);
  return parameters_hold(value) ? issuer : std::nullopt;
}

/// RFC 8659 §4.1: flags, the tag's length, the tag, and the value, which is all of the rest.
Caa caa_from_wire(std::string_view wire) {
  Caa record;
  const auto octet = [&](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(wire[at])); };
  if (wire.size() < 3 || octet(1) == 0 || octet(1) > wire.size() - 2) {
    record.problem = "it is malformed";
    return record;
  }
  record.critical = (octet(0) & critical_bit) != 0;
  record.tag = to_lower(wire.substr(2, octet(1)));
  record.value = wire.substr(2 + octet(1)).substr(0, max_value);
  record.problem = problem_of(record);
  return record;
}

std::vector<Caa> caa(const Answer& answer) {
  std::vector<Caa> all;
  all.reserve(answer.rdata.size());
  for (const auto& rdata : answer.rdata) all.push_back(caa_from_wire(rdata));
  return all;
}

std::string caa_to_wire(const Caa& record) {
  std::string wire(1, static_cast<char>(record.critical ? critical_bit : 0));
  wire += static_cast<char>(record.tag.size());
  return wire + record.tag + record.value;
}

}  // namespace mailprobe::dns
