#include "base/tls_rating.h"

#include <algorithm>
#include <array>

#include "base/text.h"
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

// NCSC 2025-05 §3.3.1, table 1.
constexpr std::array<Row, 5> versions{{
    {"SSLv3", {must_not, insufficient, "RFC 7568 §3 forbids SSL 3.0"}},
    {"TLSv1", {must_not, insufficient, "RFC 8996 §4 forbids TLS 1.0"}},
    {"TLSv1.1", {must_not, insufficient, "RFC 8996 §5 forbids TLS 1.1"}},
    {"TLSv1.2", {acceptable, sufficient, ""}},
    {"TLSv1.3", {recommended, good, ""}},
}};

// NCSC 2025-05 §3.3.2.1, table 3 (curves), and §3.3.3.1, table 7 (finite fields): what is in none is insufficient.
constexpr std::string_view small_curve = "RFC 8422 §5.1.1 deprecates the curve";
constexpr std::array<Row, 17> groups{{
    {"x25519", {recommended, sufficient, ""}},
    {"x448", {recommended, sufficient, ""}},
    {"secp256r1", {recommended, sufficient, ""}},
    {"secp384r1", {recommended, sufficient, ""}},
    {"secp521r1", {acceptable, sufficient, ""}},
    {"brainpoolP256r1", {acceptable, sufficient, ""}},
    {"brainpoolP384r1", {acceptable, sufficient, ""}},
    {"brainpoolP512r1", {acceptable, sufficient, ""}},
    {"X25519MLKEM768", {recommended, good, ""}},  // §3.3.3: hybrids with ML-KEM alone are good
    {"SecP256r1MLKEM768", {acceptable, good, ""}},
    {"SecP384r1MLKEM1024", {acceptable, good, ""}},
    {"secp224r1", {should_not, phase_out, small_curve}},
    {"ffdhe2048", {acceptable, insufficient, ""}},
    {"ffdhe3072", {acceptable, phase_out, ""}},
    {"ffdhe4096", {acceptable, phase_out, ""}},
    {"ffdhe6144", {acceptable, phase_out, ""}},
    {"ffdhe8192", {acceptable, phase_out, ""}},
}};

// NCSC 2025-05 §3.3.5, table 9.
constexpr std::array<Row, 6> hashes{{
    {"md5", {must_not, insufficient, "RFC 9155 §4 forbids MD5 signatures"}},
    {"sha1", {must_not, insufficient, "RFC 9155 §4 forbids SHA-1 signatures"}},
    {"sha224", {acceptable, phase_out, ""}},
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

/// NCSC 2025-05 appendix B (out of §3.3.2 to §3.3.5). What is not in it is insufficient: CBC with SHA-1 too.
TlsLevel level_of(const TlsSuiteTraits& suite) {
  const auto& cipher = suite.cipher;
  const bool usual = cipher.starts_with("AES") || cipher.starts_with("CHACHA20");
  const bool rare = cipher.starts_with("CAMELLIA") || cipher.starts_with("ARIA");
  const bool sha2 = suite.aead || suite.mac == "SHA256" || suite.mac == "SHA384";
  if ((!usual && !rare) || !sha2 || cipher.ends_with("CCM_8")) return insufficient;
  switch (suite.exchange) {
    case TlsExchange::tls13: return cipher == "AES_256_GCM" || cipher == "CHACHA20_POLY1305" ? good : sufficient;
    case TlsExchange::ecdhe: return usual && suite.aead ? sufficient : phase_out;
    case TlsExchange::dhe: return suite.authentication == TlsAuthentication::rsa ? phase_out : insufficient;
    default: return insufficient;  // RSA and static DH: no forward secrecy (§3.3.3)
  }
}

/// The number at the end of "RSA 2048".
std::int64_t size_of(std::string_view key) {
  const auto bits = parse_number(key.substr(key.rfind(' ') + 1));
  return bits ? static_cast<std::int64_t>(*bits) : 0;
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
  return {acceptable, bits < 3072 ? insufficient : phase_out, ""};
}

TlsLevel ncsc_level_of_key(std::string_view key) {
  if (key.starts_with("RSA"))
    return size_of(key) >= 3072 ? sufficient : size_of(key) >= 2048 ? phase_out : insufficient;
  constexpr std::array<std::string_view, 8> curves{
      "EC P-256",           "EC P-384",           "EC P-521", "EC brainpoolP256r1",
      "EC brainpoolP384r1", "EC brainpoolP512r1", "Ed25519",  "Ed448"};
  if (std::ranges::find(curves, key) != curves.end()) return sufficient;
  return key == "EC P-224" ? phase_out : insufficient;
}

TlsLevel ncsc_level_of_signature(std::string_view signature) {
  const auto name = to_lower(signature);
  if (name.contains("sha224")) return phase_out;
  constexpr std::array<std::string_view, 6> strong{"sha256", "sha384", "sha512", "ed25519", "ed448", "rsassapss"};
  const bool is_strong = std::ranges::any_of(strong, [&](std::string_view one) { return name.contains(one); });
  return is_strong ? good : insufficient;
}

}  // namespace mailprobe
