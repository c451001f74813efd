#include "tls/certificate.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

#include "base/encoding.h"
#include "base/ip.h"

namespace mailprobe::tls {

namespace {

using NamesPtr = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;

std::string_view bytes_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string name_text(X509_NAME* name) {
  constexpr unsigned long flags = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  const BioPtr out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), name, 0, flags);
  return bio_text(out.get());
}

std::optional<std::string> address_text(std::string_view bytes) {
  if (bytes.size() != 4 && bytes.size() != 16) return std::nullopt;
  IpAddress address;
  address.v6 = bytes.size() == 16;
  std::ranges::transform(bytes, address.bytes.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
  return address.text();
}

std::vector<std::string> alternative_names(X509* certificate) {
  std::vector<std::string> names, addresses;
  const NamesPtr all(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(all.get()); ++i) {
    const auto* name = sk_GENERAL_NAME_value(all.get(), i);
    if (name->type == GEN_DNS) names.emplace_back(bytes_of(name->d.dNSName));
    if (name->type == GEN_IPADD)
      if (auto text = address_text(bytes_of(name->d.iPAddress))) addresses.push_back(std::move(*text));
  }
  names.insert(names.end(), addresses.begin(), addresses.end());
  return names;
}

std::string key_text(EVP_PKEY* key) {
  if (key == nullptr) return "unknown";
  const auto bits = std::to_string(EVP_PKEY_get_bits(key));
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: return "RSA " + bits;
    case EVP_PKEY_RSA_PSS: return "RSA-PSS " + bits;
    case EVP_PKEY_DSA: return "DSA " + bits;
    case EVP_PKEY_ED25519: return "Ed25519";
    case EVP_PKEY_ED448: return "Ed448";
    case EVP_PKEY_EC: break;
    default: return "unknown";
  }
  std::array<char, 64> group{};
  if (EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) != 1) return "EC " + bits;
  const char* nist = EC_curve_nid2nist(OBJ_txt2nid(group.data()));
  return std::string("EC ") + (nist != nullptr ? nist : group.data());
}

/// The encoding of a certificate, or of its key, by its i2d function.
template <class T>
std::string der_sha256(T* object, int (*encode)(const T*, unsigned char**)) {
  unsigned char* der = nullptr;
  const int size = encode(object, &der);
  if (size <= 0) return {};
  auto digest = hex(sha256({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)}));
  OPENSSL_free(der);
  return digest;
}

/// RFC 7633 §4.1: a list of TLS extensions that the server has to answer.
bool asks_for_staple(X509* certificate) {
  constexpr long status_request = 5;
  const Owned<TLS_FEATURE, TLS_FEATURE_free> features(
      static_cast<TLS_FEATURE*>(X509_get_ext_d2i(certificate, NID_tlsfeature, nullptr, nullptr)));
  for (int i = 0; i < sk_ASN1_INTEGER_num(features.get()); ++i)
    if (ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features.get(), i)) == status_request) return true;
  return false;
}

}  // namespace

Time time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return Time(std::chrono::seconds(timegm(&parts)));
}

std::vector<X509Ptr> parse_certificates(const std::vector<std::string>& der) {
  std::vector<X509Ptr> out;
  out.reserve(der.size());
  for (const auto& one : der) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(one.data());
    X509Ptr certificate(d2i_X509(nullptr, &bytes, static_cast<long>(one.size())));
    if (!certificate) break;
    out.push_back(std::move(certificate));
  }
  ERR_clear_error();
  return out;
}

Certificate describe(X509* certificate) {
  return {.subject = name_text(X509_get_subject_name(certificate)),
          .issuer = name_text(X509_get_issuer_name(certificate)),
          .names = alternative_names(certificate),
          .not_before = time_of(X509_get0_notBefore(certificate)),
          .not_after = time_of(X509_get0_notAfter(certificate)),
          .key = key_text(X509_get0_pubkey(certificate)),
          .signature = OBJ_nid2ln(X509_get_signature_nid(certificate)),
          .sha256 = der_sha256<X509>(certificate, i2d_X509),
          .spki_sha256 = der_sha256<X509_PUBKEY>(X509_get_X509_PUBKEY(certificate), i2d_X509_PUBKEY),
          .must_staple = asks_for_staple(certificate)};
}

}  // namespace mailprobe::tls
