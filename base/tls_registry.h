// TLS by number and by name: versions, cipher suites, groups, signature schemes, and what a suite's name says about it.
// Data and look-ups; judges nothing (base/tls_rating.h does). IANA "TLS Parameters"; RFC 8446 §4.2, RFC 8422, RFC 7919.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mailprobe {

struct TlsCode {
  std::uint16_t code = 0;
  std::string_view name;
};

std::span<const TlsCode> tls_versions();  // "SSLv3" to "TLSv1.3", ascending
std::span<const TlsCode> tls_suites();
std::span<const TlsCode> tls_groups();
std::span<const TlsCode> tls_signature_schemes();

/// The name, or "0x1a2b" where the table has none.
std::string tls_name_of(std::span<const TlsCode> table, std::uint16_t code);
std::optional<std::uint16_t> tls_code_of(std::span<const TlsCode> table, std::string_view name);

enum class TlsExchange { rsa, dh, ecdh, dhe, ecdhe, dh_anon, ecdh_anon, tls13, other };
enum class TlsAuthentication { rsa, dss, ecdsa, anonymous, any, other };

/// What the name of a suite says: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256".
struct TlsSuiteTraits {
  TlsExchange exchange = TlsExchange::other;
  TlsAuthentication authentication = TlsAuthentication::other;
  std::string_view cipher;  // "AES_128_GCM", "RC4_128"; a part of the name
  int bits = 0;             // strength of the cipher; 3DES counts 112, NULL 0
  bool export_grade = false, aead = false, forward_secrecy = false;
  std::string_view mac;  // "MD5", "SHA", "SHA256", …; empty for CCM
};
TlsSuiteTraits tls_suite_traits(std::string_view name);

/// The hash of a signature scheme: "sha1" of "rsa_pkcs1_sha1"; empty where the scheme has its own (Ed25519).
std::string_view tls_hash_of(std::string_view scheme);

/// "rsa", "ecdsa", "ed25519": of a certificate's key as base/tls_facts.h spells it ("RSA 2048", "EC P-256").
std::string tls_key_type(std::string_view key);

}  // namespace mailprobe
