// How good a version, suite, group, hash, key or DH prime is: by the IETF's current words and by the levels of the
// Dutch NCSC's "Security guidelines for TLS" 2025-05, by which internet.nl rates. Pure; a table's worth of rules, with
// their sources. RFC 9325, 8996, 7568, 7465, 9155, 8422, 5746; docs/tls-enumeration.md.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/words.h"

namespace mailprobe {

enum class TlsAdvice { recommended, acceptable, should_not, must_not };
enum class TlsLevel { good, sufficient, phase_out, insufficient };

struct TlsRating {
  TlsAdvice ietf = TlsAdvice::acceptable;
  TlsLevel ncsc = TlsLevel::insufficient;
  std::string_view why;  // what is wrong, with the RFC's section; empty where nothing is
};

TlsRating rate_tls_version(std::string_view name);
TlsRating rate_tls_suite(std::string_view name);
TlsRating rate_tls_group(std::string_view name);
TlsRating rate_tls_hash(std::string_view name);  // of the server's signature in the key exchange: "sha1"
/// The NCSC's level holds for the primes of RFC 7919; others are insufficient at any size.
TlsRating rate_dh_bits(std::int64_t bits);
/// Of certificates, in the words of base/tls_facts.h: "RSA 2048", "sha256WithRSAEncryption".
TlsLevel ncsc_level_of_key(std::string_view key);
TlsLevel ncsc_level_of_signature(std::string_view signature);

template <>
struct Words<TlsAdvice> {
  static constexpr std::array table{
      std::pair{TlsAdvice::recommended, std::string_view{"recommended"}},
      std::pair{TlsAdvice::acceptable, std::string_view{"acceptable"}},
      std::pair{TlsAdvice::should_not, std::string_view{"should not"}},
      std::pair{TlsAdvice::must_not, std::string_view{"must not"}},
  };
};

template <>
struct Words<TlsLevel> {
  static constexpr std::array table{
      std::pair{TlsLevel::good, std::string_view{"good"}},
      std::pair{TlsLevel::sufficient, std::string_view{"sufficient"}},
      std::pair{TlsLevel::phase_out, std::string_view{"phase-out"}},
      std::pair{TlsLevel::insufficient, std::string_view{"insufficient"}},
  };
};

}  // namespace mailprobe
