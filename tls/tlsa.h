// TLSA records: out of wire format, as text, and which of them SMTP can use. Pure and bounded; matches nothing
// (tls/dane.h does) and looks nothing up. RFC 6698 §2.1, RFC 7672 §3.1.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace mailprobe::tls {

constexpr std::uint8_t dane_ta = 2, dane_ee = 3;  // usages (RFC 7218 §2.1)

struct Tlsa {
  std::uint8_t usage = 0, selector = 0, matching = 0;
  std::string data;  // bytes: a digest, or the certificate or key itself

  /// "3 1 1 ab12…" (RFC 6698 §2.2), lower case.
  [[nodiscard]] std::string text() const;
  bool operator==(const Tlsa&) const = default;
};

/// Rdata of a TLSA record. An error says what is malformed.
Result<Tlsa> tlsa_from_wire(std::string_view rdata);
/// What text() writes; hexadecimal in either case, without spaces in it.
Result<Tlsa> tlsa_from_text(std::string_view text);
std::string tlsa_to_wire(const Tlsa& record);

/// Whether SMTP can use it (RFC 7672 §3.1): DANE-TA or DANE-EE, a known selector and matching type, data that can be
/// what those say. The error says why not, in words.
Result<void> usable_for_smtp(const Tlsa& record);

}  // namespace mailprobe::tls
