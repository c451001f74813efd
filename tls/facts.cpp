#include "tls/facts.h"

#include <algorithm>

#include <openssl/x509_vfy.h>

#include "base/text.h"
#include "tls/certificate.h"
#include "tls/dane.h"
#include "tls/verification.h"

namespace mailprobe::tls {

namespace {

std::optional<std::string> group_of(SSL* ssl) {
  const auto group = SSL_get_negotiated_group(ssl);
  const char* name = group != NID_undef ? SSL_group_to_name(ssl, static_cast<int>(group)) : nullptr;
  if (name == nullptr) return std::nullopt;
  return to_lower(name);
}

/// IANA's TLS SignatureScheme out of the two numbers that OpenSSL 3.0 gives.
std::optional<std::string> peer_signature_of(SSL* ssl) {
  int type = NID_undef, digest = NID_undef;
  if (SSL_get_peer_signature_type_nid(ssl, &type) != 1) return std::nullopt;
  if (type == NID_ED25519 || type == NID_ED448) return to_lower(OBJ_nid2sn(type));
  if (SSL_get_peer_signature_nid(ssl, &digest) != 1 || digest == NID_undef) return std::nullopt;
  const auto hash = to_lower(OBJ_nid2sn(digest));
  switch (type) {
    case EVP_PKEY_RSA: return "rsa_pkcs1_" + hash;
    case EVP_PKEY_EC: break;
    case EVP_PKEY_RSA_PSS: {
      const auto* leaf = SSL_get0_peer_certificate(ssl);
      const bool pss_key = leaf != nullptr && EVP_PKEY_is_a(X509_get0_pubkey(leaf), "RSA-PSS") == 1;
      return (pss_key ? "rsa_pss_pss_" : "rsa_pss_rsae_") + hash;
    }
    default: return std::nullopt;
  }
  const char* curve = digest == NID_sha256   ? "secp256r1_"
                      : digest == NID_sha384 ? "secp384r1_"
                      : digest == NID_sha512 ? "secp521r1_"
                                             : "";
  return std::string("ecdsa_") + curve + hash;
}

std::vector<Certificate> certificates_of(SSL* ssl) {
  std::vector<Certificate> out;
  const auto* chain = SSL_get_peer_cert_chain(ssl);  // with the leaf on the client's side only; of bounded size
  out.reserve(static_cast<std::size_t>(std::max(sk_X509_num(chain), 0)) + 1);
  auto* leaf = SSL_get0_peer_certificate(ssl);
  if (SSL_is_server(ssl) != 0 && leaf != nullptr) out.push_back(describe(leaf));
  for (int i = 0; i < sk_X509_num(chain); ++i) out.push_back(describe(sk_X509_value(chain, i)));
  return out;
}

}  // namespace

Verification verification_of(long result, const std::string& name, const std::vector<Certificate>& chain) {
  if (chain.empty()) return {"fail", Cause::protocol_error, "the server sent no certificate"};
  if (result == X509_V_OK) return {"pass", {}, {}};
  Verification out{"fail", cause_of_verification(result), X509_verify_cert_error_string(result)};
  if (out.cause != Cause::wrong_name) return out;
  out.detail = name + " is not among the certificate's names:";
  for (const auto& other : chain.front().names) out.detail += " " + other;
  if (chain.front().names.empty()) out.detail += " it has none";
  return out;
}

TlsFacts facts_of(SSL* ssl, const std::string& name, bool dane) {
  TlsFacts facts;
  facts.version = SSL_get_version(ssl);
  if (const auto* cipher = SSL_get_current_cipher(ssl)) facts.cipher = SSL_CIPHER_standard_name(cipher);
  facts.group = group_of(ssl);
  if (const char* sni = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)) facts.sni = sni;
  facts.peer_signature = peer_signature_of(ssl);
  facts.certificates = certificates_of(ssl);
  if (SSL_is_server(ssl) != 0) return facts;
  const long result = dane ? verify_without_dane(ssl, name) : SSL_get_verify_result(ssl);
  facts.verified = verification_of(result, name, facts.certificates);
  if (dane) facts.dane = dane_facts(ssl);
  return facts;
}

}  // namespace mailprobe::tls
