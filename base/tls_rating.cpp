#include "base/tls_rating.h"

#include <algorithm>
#include <array>

#include "base/tls_registry.h"

namespace mailprobe {

namespace {

using enum TlsAdvice;
using enum TlsLevel;

struct Row {
  std::string_view name;
  TlsRating rating;
};

TlsRating look_up(std::span<const Row> rows, std::string_view name, TlsRating otherwise) {
  const auto row = std::ranges::find(rows, name, &Row::name);
  return row == rows.end() ? otherwise : row->rating;
}

// NCSC v2.1 table 1.
constexpr std::array<Row, 5> versions{{
    {"SSLv3", {must_not, insufficient, "RFC 7568 §3 forbids SSL 3.0"}},
    {"TLSv1", {must_not, phase_out, "RFC 8996 §4 forbids TLS 1.0"}},
    {"TLSv1.1", {must_not, phase_out, "RFC 8996 §5 forbids TLS 1.1"}},
    {"TLSv1.2", {acceptable, sufficient, ""}},
    {"TLSv1.3", {recommended, good, ""}},
}};

// NCSC v2.1 table 9 names four good curves and one to phase out; secp521r1, brainpool and the hybrids are the later
// editions' additions.
constexpr std::string_view small_curve = "RFC 8422 §5.1.1 deprecates the curve";
constexpr std::array<Row, 17> groups{{
    {"x25519", {recommended, good, ""}},
    {"x448", {recommended, good, ""}},
    {"secp256r1", {recommended, good, ""}},
    {"secp384r1", {recommended, good, ""}},
    {"secp521r1", {acceptable, sufficient, ""}},
    {"brainpoolP256r1", {acceptable, sufficient, ""}},
    {"brainpoolP384r1", {acceptable, sufficient, ""}},
    {"brainpoolP512r1", {acceptable, sufficient, ""}},
    {"X25519MLKEM768", {recommended, good, ""}},
    {"SecP256r1MLKEM768", {acceptable, good, ""}},
    {"SecP384r1MLKEM1024", {acceptable, good, ""}},
    {"secp224r1", {should_not, phase_out, small_curve}},
    {"ffdhe2048", {acceptable, phase_out, ""}},  // table 10
    {"ffdhe3072", {acceptable, sufficient, ""}},
    {"ffdhe4096", {acceptable, sufficient, ""}},
    {"ffdhe6144", {acceptable, sufficient, ""}},
    {"ffdhe8192", {acceptable, sufficient, ""}},
}};

constexpr std::array<Row, 6> hashes{{
    {"md5", {must_not, insufficient, "RFC 9155 §4 forbids MD5 signatures"}},
    {"sha1", {must_not, insufficient, "RFC 9155 §4 forbids SHA-1 signatures"}},
    {"sha224", {should_not, phase_out, "RFC 9325 §4.5 recommends SHA-256 or better"}},
    {"sha256", {recommended, good, ""}},
    {"sha384", {recommended, good, ""}},
    {"sha512", {recommended, good, ""}},
}};

/// RFC 9325 §4.1, strictest rule first.
TlsRating ietf_of(const TlsSuiteTraits& suite) {
  if (suite.cipher == "NULL") return {must_not, insufficient, "RFC 9325 §4.1 forbids suites without encryption"};
  if (suite.cipher.starts_with("RC4")) return {must_not, insufficient, "RFC 7465 forbids RC4"};
  if (suite.export_grade || suite.bits < 112)
    return {must_not, insufficient, "RFC 9325 §4.1 forbids under 112 bits of security"};
  if (suite.authentication == TlsAuthentication::anonymous)
    return {should_not, insufficient, "nobody is authenticated, so anybody may be in the middle (RFC 5246 §F.1.1.1)"};
  if (suite.bits < 128) return {should_not, insufficient, "RFC 9325 §4.1 advises against under 128 bits of security"};
  if (suite.exchange == TlsExchange::rsa)
    return {should_not, insufficient, "RFC 9325 §4.1 advises against static RSA: no forward secrecy"};
  if (!suite.forward_secrecy)
    return {should_not, insufficient, "RFC 9325 §4.1 advises against static DH: no forward secrecy"};
  if (suite.authentication == TlsAuthentication::dss || suite.cipher.starts_with("IDEA"))
    return {should_not, insufficient, "DSS and IDEA are obsolete (RFC 5469, RFC 8446 §1.2)"};
  if (suite.exchange == TlsExchange::dhe)
    return {should_not, insufficient, "RFC 9325 §4.1 advises against ephemeral DH over finite fields"};
  const bool usual = suite.cipher.starts_with("AES") || suite.cipher.starts_with("CHACHA20");
  const bool short_tag = suite.cipher.ends_with("CCM_8");
  return {suite.aead && usual && !short_tag ? recommended : acceptable, insufficient, ""};
}

/// NCSC v2.1 tables 3 (key exchange), 5 (bulk encryption) and appendix C. What is in no table is insufficient.
TlsLevel level_of(const TlsSuiteTraits& suite) {
  const auto& cipher = suite.cipher;
  const bool aead = cipher == "AES_128_GCM" || cipher == "AES_256_GCM" || cipher == "CHACHA20_POLY1305";
  const bool cbc = cipher == "AES_128_CBC" || cipher == "AES_256_CBC";
  const bool triple = cipher == "3DES_EDE_CBC";
  const bool ccm = cipher == "AES_128_CCM" || cipher == "AES_256_CCM";
  if (!aead && !cbc && !triple && !ccm) return insufficient;
  switch (suite.exchange) {
    case TlsExchange::tls13: return aead ? good : sufficient;
    case TlsExchange::ecdhe: return triple ? phase_out : aead ? good : sufficient;
    case TlsExchange::dhe:
      if (suite.authentication != TlsAuthentication::rsa) return insufficient;
      return triple ? phase_out : sufficient;
    case TlsExchange::rsa: return phase_out;
    default: return insufficient;
  }
}

}  // namespace

TlsRating rate_tls_version(std::string_view name) {
  return look_up(versions, name, {acceptable, insufficient, "unknown version"});
}

TlsRating rate_tls_suite(std::string_view name) {
  const auto traits = tls_suite_traits(name);
  if (traits.exchange == TlsExchange::other) return {acceptable, insufficient, "unknown suite"};
  auto rating = ietf_of(traits);
  rating.ncsc = level_of(traits);
  return rating;
}

TlsRating rate_tls_group(std::string_view name) {
  if (name == "X25519Kyber768Draft00") return {acceptable, insufficient, "a draft that ML-KEM has replaced"};
  return look_up(groups, name, {should_not, insufficient, small_curve});
}

TlsRating rate_tls_hash(std::string_view name) { return look_up(hashes, name, {acceptable, sufficient, ""}); }

TlsRating rate_dh_bits(std::int64_t bits) {
  if (bits < 2048) return {must_not, insufficient, "RFC 9325 §4.5 asks for DH primes of at least 2048 bits"};
  return {acceptable, bits < 3072 ? phase_out : sufficient, ""};
}

}  // namespace mailprobe
