#include "auth/tlsrpt_record.h"

#include <algorithm>

#include "base/record_fields.h"
#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

constexpr std::string_view version = "v=TLSRPTv1";

bool is_hex(char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f'); }

// URI = scheme ":" hier-part …;  pct-encoded = "%" HEXDIG HEXDIG                          (RFC 3986 §3, §2.1)
// "," "!" and ";" are percent-encoded in it                                                            (RFC 8460 §3)
bool is_uri(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos || colon + 1 == text.size() || !is_alpha(text[0])) return false;
  const auto scheme = text.substr(0, colon);
  if (!std::ranges::all_of(scheme,
                           [](char c) { return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; }))
    return false;
  constexpr std::string_view others = "-._~:/?#[]@$&'()*+=";
  for (std::size_t i = colon + 1; i < text.size(); ++i) {
    const char c = text[i];
    const bool encoded = c == '%' && i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2]);
    if (!is_alpha(c) && !is_digit(c) && !others.contains(c) && !encoded) return false;
  }
  return true;
}

std::unexpected<Error> wrong(std::string what) { return fail(Failure::protocol, std::move(what)); }

// tlsrpt-rua = %s"rua=" tlsrpt-uri *(*WSP "," *WSP tlsrpt-uri)                                         (RFC 8460 §3)
Result<std::vector<std::string>> uris_of(std::string_view value) {
  std::vector<std::string> uris;
  for (const auto part : split(value, ',')) {
    const auto uri = trim(part);
    if (!is_uri(uri)) return wrong("rua= holds \"" + safe_text(uri, 60) + "\", which is no URI");
    uris.emplace_back(uri);
  }
  return uris;
}

}  // namespace

bool is_tlsrpt_record(std::string_view text) { return has_version(text, version); }

Result<TlsrptRecord> parse_tlsrpt_record(std::string_view text) {
  const auto fields = record_fields(text, version);
  if (!fields) return std::unexpected(fields.error());
  TlsrptRecord record;
  for (const auto& [name, value] : *fields) {
    if (name == "rua") {
      auto uris = uris_of(value);
      if (!uris) return std::unexpected(uris.error());
      record.rua.push_back(std::move(*uris));
    } else if (!is_extension_value(value)) {
      return wrong("the value of " + name + "= is not allowed");
    }
  }
  if (record.rua.empty()) return wrong("it has no rua=");
  return record;
}

}  // namespace mailprobe::auth
