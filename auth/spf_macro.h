// SPF macros (RFC 7208 §7): syntax check and expansion. Pure, but for %{p}, whose name the caller validates beforehand.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/ip.h"

namespace mailprobe::auth {

struct SpfMacroValues {
  std::string sender, domain, helo;  // local-part@domain; the current domain; the HELO name
  std::string sender_domain;         // %{o}: the domain of the sender, not of an include
  IpAddress client;
  std::string validated = "unknown";  // %{p}
  std::string receiver = "unknown";   // %{r}, in exp= only
  std::string timestamp;              // %{t}, in exp= only
};

/// A domain-spec's or an explanation's macro-string. In a domain-spec c, r and t are not allowed.
Result<void> check_macros(std::string_view text, bool explanation);
/// Whether a checked macro-string ends in a macro-expand, as a domain-spec may (RFC 7208 §7.1, domain-end).
bool ends_in_macro(std::string_view text);
/// What it says; never over limits::spf_expansion bytes: of a domain-spec the end is kept, of an explanation the start.
std::string expand_macros(std::string_view text, const SpfMacroValues& values, bool explanation);
bool uses_validated_name(std::string_view text);  // %{p}: costs look-ups
bool uses_local_part(std::string_view text);      // %{s}, %{l}
bool uses_domain_alone(std::string_view text);    // no other macro than %{d}: the same for whoever sends

}  // namespace mailprobe::auth
