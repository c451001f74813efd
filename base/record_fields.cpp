#include "base/record_fields.h"

#include <algorithm>

#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe {

namespace {

constexpr std::size_t max_record = 8UL * 1024;  // a TXT record that is longer does not get over UDP
constexpr std::size_t max_name = 32;

// sts-ext-name = (ALPHA / DIGIT) *31(ALPHA / DIGIT / "_" / "-" / ".")                                (RFC 8461 §3.1)
bool is_name(std::string_view name) {
  if (name.empty() || name.size() > max_name || !(is_alpha(name[0]) || is_digit(name[0]))) return false;
  return std::ranges::all_of(name,
                             [](char c) { return is_alpha(c) || is_digit(c) || c == '_' || c == '-' || c == '.'; });
}

std::string_view without_wsp(std::string_view text) {
  const auto wsp = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && wsp(text.front())) text.remove_prefix(1);
  while (!text.empty() && wsp(text.back())) text.remove_suffix(1);
  return text;
}

std::unexpected<Error> wrong(std::string what) { return fail(Failure::protocol, std::move(what)); }

}  // namespace

bool has_version(std::string_view text, std::string_view version) {
  if (!text.starts_with(version)) return false;
  const auto rest = text.substr(version.size());
  return rest.empty() || rest[0] == ';' || rest[0] == ' ' || rest[0] == '\t';
}

// record = version 1*(field-delim field) [field-delim];  field-delim = *WSP ";" *WSP      (RFC 8461 §3.1, RFC 8460 §3)
Result<std::vector<RecordField>> record_fields(std::string_view text, std::string_view version) {
  if (text.size() > max_record) return wrong("it has over " + std::to_string(max_record) + " characters");
  if (!has_version(text, version)) return wrong("it does not begin with " + std::string(version));
  auto parts = split(text, ';');
  if (without_wsp(parts.front()) != version) return wrong("no \";\" follows " + std::string(version));
  if (parts.size() > 1 && without_wsp(parts.back()).empty()) parts.pop_back();  // the last ";" may be there
  std::vector<RecordField> fields;
  fields.reserve(parts.size());
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto part = without_wsp(parts[i]);
    if (part.empty()) return wrong("there is an empty field between two \";\"");
    const auto equals = part.find('=');
    const auto name = part.substr(0, equals);
    if (equals == std::string_view::npos || !is_name(name)) return wrong("\"" + safe_text(part, 60) + "\" is no field");
    fields.push_back({std::string(name), std::string(part.substr(equals + 1))});
  }
  return fields;
}

// sts-ext-value = 1*(%x21-3A / %x3C / %x3E-7E)                                                       (RFC 8461 §3.1)
bool is_extension_value(std::string_view value) {
  return !value.empty() &&
         std::ranges::all_of(value, [](char c) { return c > 0x20 && c < 0x7f && c != '=' && c != ';'; });
}

}  // namespace mailprobe
