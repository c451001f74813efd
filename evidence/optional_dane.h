// Signed TLSA records of a mail host whose name was come by without DNSSEC: a domain that is not signed, at a provider
// that is. DANE need not be used there, and may be (RFC 7672 §2.2.1). Looks nothing up.
#pragma once

#include <string_view>

#include "evidence/document.h"

namespace mailprobe::evidence {

constexpr std::string_view unsigned_mx = "the MX records are not signed";

/// The way from the host's name to its TLSA records is signed, the way to that name is not.
bool dane_is_optional(const Target& target, const MxHost& host);

/// Some of the host's records can be used for mail, whether they have to be or not.
bool has_usable_tlsa(const MxHost& host);

/// TlsaLookup::unusable has it.
bool is_unusable(const TlsaLookup& lookup, std::string_view record);

}  // namespace mailprobe::evidence
