#include "base/tls_registry.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"

namespace mailprobe {

namespace {

constexpr std::array<TlsCode, 5> versions{
    {{0x0300, "SSLv3"}, {0x0301, "TLSv1"}, {0x0302, "TLSv1.1"}, {0x0303, "TLSv1.2"}, {0x0304, "TLSv1.3"}}};

// RFC 8422 §5.1.1 with what it deprecates (RFC 4492), RFC 7027, RFC 7919, RFC 8734, draft-ietf-tls-ecdhe-mlkem.
constexpr std::array<TlsCode, 39> groups{{
    {1, "sect163k1"},
    {2, "sect163r1"},
    {3, "sect163r2"},
    {4, "sect193r1"},
    {5, "sect193r2"},
    {6, "sect233k1"},
    {7, "sect233r1"},
    {8, "sect239k1"},
    {9, "sect283k1"},
    {10, "sect283r1"},
    {11, "sect409k1"},
    {12, "sect409r1"},
    {13, "sect571k1"},
    {14, "sect571r1"},
    {15, "secp160k1"},
    {16, "secp160r1"},
    {17, "secp160r2"},
    {18, "secp192k1"},
    {19, "secp192r1"},
    {20, "secp224k1"},
    {21, "secp224r1"},
    {22, "secp256k1"},
    {23, "secp256r1"},
    {24, "secp384r1"},
    {25, "secp521r1"},
    {26, "brainpoolP256r1"},
    {27, "brainpoolP384r1"},
    {28, "brainpoolP512r1"},
    {29, "x25519"},
    {30, "x448"},
    {256, "ffdhe2048"},
    {257, "ffdhe3072"},
    {258, "ffdhe4096"},
    {259, "ffdhe6144"},
    {260, "ffdhe8192"},
    {0x11EB, "SecP256r1MLKEM768"},
    {0x11EC, "X25519MLKEM768"},
    {0x11ED, "SecP384r1MLKEM1024"},
    {0x6399, "X25519Kyber768Draft00"},
}};

// RFC 8446 §4.2.3; the first rows are TLS 1.2's pairs of hash and signature (RFC 5246 §7.4.1.4.1).
constexpr std::array<TlsCode, 23> signature_schemes{{
    {0x0101, "rsa_pkcs1_md5"},
    {0x0201, "rsa_pkcs1_sha1"},
    {0x0202, "dsa_sha1"},
    {0x0203, "ecdsa_sha1"},
    {0x0301, "rsa_pkcs1_sha224"},
    {0x0303, "ecdsa_sha224"},
    {0x0401, "rsa_pkcs1_sha256"},
    {0x0402, "dsa_sha256"},
    {0x0403, "ecdsa_secp256r1_sha256"},
    {0x0501, "rsa_pkcs1_sha384"},
    {0x0503, "ecdsa_secp384r1_sha384"},
    {0x0601, "rsa_pkcs1_sha512"},
    {0x0603, "ecdsa_secp521r1_sha512"},
    {0x0804, "rsa_pss_rsae_sha256"},
    {0x0805, "rsa_pss_rsae_sha384"},
    {0x0806, "rsa_pss_rsae_sha512"},
    {0x0807, "ed25519"},
    {0x0808, "ed448"},
    {0x0809, "rsa_pss_pss_sha256"},
    {0x080a, "rsa_pss_pss_sha384"},
    {0x080b, "rsa_pss_pss_sha512"},
    {0x0102, "dsa_md5"},
    {0x0103, "ecdsa_md5"},
}};

struct Exchange {
  std::string_view prefix;
  TlsExchange exchange;
  TlsAuthentication authentication;
};
constexpr std::array<Exchange, 11> exchanges{{
    {"RSA", TlsExchange::rsa, TlsAuthentication::rsa},
    {"DH_DSS", TlsExchange::dh, TlsAuthentication::dss},
    {"DH_RSA", TlsExchange::dh, TlsAuthentication::rsa},
    {"DHE_DSS", TlsExchange::dhe, TlsAuthentication::dss},
    {"DHE_RSA", TlsExchange::dhe, TlsAuthentication::rsa},
    {"DH_anon", TlsExchange::dh_anon, TlsAuthentication::anonymous},
    {"ECDH_ECDSA", TlsExchange::ecdh, TlsAuthentication::ecdsa},
    {"ECDH_RSA", TlsExchange::ecdh, TlsAuthentication::rsa},
    {"ECDHE_ECDSA", TlsExchange::ecdhe, TlsAuthentication::ecdsa},
    {"ECDHE_RSA", TlsExchange::ecdhe, TlsAuthentication::rsa},
    {"ECDH_anon", TlsExchange::ecdh_anon, TlsAuthentication::anonymous},
}};

struct Strength {
  std::string_view cipher;
  int bits;
};
constexpr std::array<Strength, 11> strengths{{
    {"NULL", 0},
    {"RC4_40", 40},
    {"RC2_CBC_40", 40},
    {"DES40", 40},
    {"DES_CBC", 56},
    {"3DES", 112},
    {"RC4_128", 128},
    {"IDEA", 128},
    {"SEED", 128},
    {"CHACHA20", 256},
    {"AES_256", 256},
}};

int bits_of(std::string_view cipher) {
  for (const auto& [prefix, bits] : strengths)
    if (cipher.starts_with(prefix)) return bits;
  if (cipher.contains("_256")) return 256;
  return cipher.contains("_128") ? 128 : 0;
}

constexpr std::array<std::string_view, 5> macs{"_MD5", "_SHA", "_SHA256", "_SHA384", "_SHA512"};

/// "AES_128_GCM_SHA256" into the cipher and the hash.
void split_cipher(std::string_view text, TlsSuiteTraits& traits) {
  traits.cipher = text;
  for (const auto mac : macs)
    if (text.ends_with(mac)) {
      traits.cipher = text.substr(0, text.size() - mac.size());
      traits.mac = mac.substr(1);
    }
  traits.bits = bits_of(traits.cipher);
  traits.aead = traits.cipher.contains("GCM") || traits.cipher.contains("CCM") || traits.cipher.contains("POLY1305");
}

}  // namespace

std::span<const TlsCode> tls_versions() { return versions; }
std::span<const TlsCode> tls_groups() { return groups; }
std::span<const TlsCode> tls_signature_schemes() { return signature_schemes; }

std::string tls_name_of(std::span<const TlsCode> table, std::uint16_t code) {
  const auto row = std::ranges::find(table, code, &TlsCode::code);
  return row == table.end() ? fmt::format("0x{:04x}", code) : std::string(row->name);
}

std::optional<std::uint16_t> tls_code_of(std::span<const TlsCode> table, std::string_view name) {
  const auto row = std::ranges::find(table, name, &TlsCode::name);
  if (row == table.end()) return std::nullopt;
  return row->code;
}

TlsSuiteTraits tls_suite_traits(std::string_view name) {
  TlsSuiteTraits traits;
  if (!name.starts_with("TLS_")) return traits;
  auto rest = name.substr(4);
  const auto with = rest.find("_WITH_");
  if (with == std::string_view::npos) {  // RFC 8446 §B.4: the key exchange is not the suite's business
    split_cipher(rest, traits);
    if (!traits.aead) return traits;
    traits.exchange = TlsExchange::tls13;
    traits.authentication = TlsAuthentication::any;
    traits.forward_secrecy = true;
    return traits;
  }
  auto exchange = rest.substr(0, with);
  traits.export_grade = exchange.ends_with("_EXPORT");
  if (traits.export_grade) exchange.remove_suffix(std::string_view("_EXPORT").size());
  if (const auto row = std::ranges::find(exchanges, exchange, &Exchange::prefix); row != exchanges.end()) {
    traits.exchange = row->exchange;
    traits.authentication = row->authentication;
  }
  using enum TlsExchange;
  traits.forward_secrecy =
      traits.exchange == dhe || traits.exchange == ecdhe || traits.exchange == dh_anon || traits.exchange == ecdh_anon;
  split_cipher(rest.substr(with + std::string_view("_WITH_").size()), traits);
  return traits;
}

std::string_view tls_hash_of(std::string_view scheme) {
  const auto at = scheme.rfind('_');
  return at == std::string_view::npos ? std::string_view{} : scheme.substr(at + 1);
}

std::string tls_key_type(std::string_view key) {
  if (key.starts_with("EC ")) return "ecdsa";
  return to_lower(key.substr(0, key.find(' ')));
}

}  // namespace mailprobe
