#include "tls/dane.h"

#include <openssl/err.h>

#include "tls/verification.h"

namespace mailprobe::tls {

namespace {

using StoreCtxPtr = Owned<X509_STORE_CTX, X509_STORE_CTX_free>;

const unsigned char* octets(const std::string& bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

/// The record that matched, as text.
std::optional<std::string> matched_record(SSL* ssl) {
  std::uint8_t usage = 0, selector = 0, matching = 0;
  const unsigned char* data = nullptr;
  std::size_t size = 0;
  if (SSL_get0_dane_tlsa(ssl, &usage, &selector, &matching, &data, &size) < 0) return std::nullopt;
  return Tlsa{usage, selector, matching, std::string(reinterpret_cast<const char*>(data), size)}.text();
}

}  // namespace

Result<void> enable_dane(SSL* ssl, const std::vector<Tlsa>& records, const std::vector<std::string>& names) {
  if (names.empty() || SSL_dane_enable(ssl, names.front().c_str()) <= 0)
    return fail(Failure::ours, "DANE: " + openssl_error());
  SSL_dane_set_flags(ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);  // RFC 7672 §3.1.1
  SSL_set_hostflags(ssl, host_flags());
  for (std::size_t i = 1; i < names.size(); ++i)
    if (SSL_add1_host(ssl, names[i].c_str()) != 1)
      return fail(Failure::ours, "DANE: the name " + names[i] + " cannot be");
  int taken = 0;
  for (const auto& record : records)  // 0 is "unusable", negative is an error of ours: both leave it out
    if (SSL_dane_tlsa_add(ssl, record.usage, record.selector, record.matching, octets(record.data),
                          record.data.size()) == 1)
      ++taken;
  ERR_clear_error();
  if (taken == 0) return fail(Failure::unsupported, "DANE: no TLSA record can be used");
  return {};
}

void verify_with_dane(SSL* ssl, STACK_OF(X509) * chain) {
  SSL_set_verify_result(ssl, X509_V_ERR_UNSPECIFIED);
  const StoreCtxPtr store(X509_STORE_CTX_new());
  if (!store || X509_STORE_CTX_init(store.get(), SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl)), sk_X509_value(chain, 0),
                                    chain) != 1)
    return;
  auto* param = X509_STORE_CTX_get0_param(store.get());
  if (X509_STORE_CTX_set_default(store.get(), "ssl_server") != 1 ||
      X509_VERIFY_PARAM_set1(param, SSL_get0_param(ssl)) != 1)
    return;
  X509_VERIFY_PARAM_set_auth_level(param, SSL_get_security_level(ssl));
  X509_STORE_CTX_set0_dane(store.get(), SSL_get0_dane(ssl));
  (void)X509_verify_cert(store.get());
  ERR_clear_error();
  SSL_set_verify_result(ssl, X509_STORE_CTX_get_error(store.get()));
}

DaneFacts dane_facts(SSL* ssl) {
  const int depth = SSL_get0_dane_authority(ssl, nullptr, nullptr);
  const auto result = SSL_get_verify_result(ssl);
  if (depth >= 0 && result == X509_V_OK) return {"pass", matched_record(ssl), depth, {}, {}};
  const bool none = result == X509_V_ERR_DANE_NO_MATCH || result == X509_V_OK;
  return {"fail",
          {},
          {},
          none ? std::optional(Cause::policy) : cause_of_verification(result),
          none ? "no TLSA record matches what the server shows" : X509_verify_cert_error_string(result)};
}

int verify_without_dane(SSL* ssl, const std::string& name) {
  auto* chain = SSL_get_peer_cert_chain(ssl);
  auto* leaf = SSL_get0_peer_certificate(ssl);
  const StoreCtxPtr store(X509_STORE_CTX_new());
  if (leaf == nullptr || !store ||
      X509_STORE_CTX_init(store.get(), SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl)), leaf, chain) != 1 ||
      X509_STORE_CTX_set_default(store.get(), "ssl_server") != 1 ||
      !set_reference_name(X509_STORE_CTX_get0_param(store.get()), name))
    return X509_V_ERR_UNSPECIFIED;
  X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(store.get()), SSL_get_security_level(ssl));
  (void)X509_verify_cert(store.get());
  ERR_clear_error();
  return X509_STORE_CTX_get_error(store.get());
}

}  // namespace mailprobe::tls
