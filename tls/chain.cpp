#include "tls/chain.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "tls/certificate.h"
#include "tls/facts.h"
#include "tls/openssl.h"
#include "tls/session.h"
#include "tls/verification.h"

namespace mailprobe::tls {

namespace {

using StorePtr = Owned<X509_STORE_CTX, X509_STORE_CTX_free>;

struct StackDeleter {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};
using StackPtr = std::unique_ptr<STACK_OF(X509), StackDeleter>;

/// What is no certificate ends the chain.
StackPtr parse(const std::vector<std::string>& der) {
  StackPtr stack(sk_X509_new_null());
  for (const auto& one : der) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(one.data());
    X509Ptr certificate(d2i_X509(nullptr, &bytes, static_cast<long>(one.size())));
    if (!stack || !certificate || sk_X509_push(stack.get(), certificate.get()) == 0) break;
    (void)certificate.release();  // the stack's now
  }
  ERR_clear_error();
  return stack;
}

long verify(STACK_OF(X509) * chain, const Context& trust, const std::string& name) {
  const StorePtr store(X509_STORE_CTX_new());
  auto* roots = SSL_CTX_get_cert_store(trust.impl().ctx.get());
  if (!store || X509_STORE_CTX_init(store.get(), roots, sk_X509_value(chain, 0), chain) != 1)
    return X509_V_ERR_UNSPECIFIED;
  auto* param = X509_STORE_CTX_get0_param(store.get());
  if (X509_STORE_CTX_set_default(store.get(), "ssl_server") != 1 || !set_reference_name(param, name))
    return X509_V_ERR_UNSPECIFIED;
  X509_verify_cert(store.get());
  ERR_clear_error();
  return X509_STORE_CTX_get_error(store.get());
}

}  // namespace

std::vector<std::string> der_of_pem(const std::string& pem) {
  std::vector<std::string> all;
  const auto bio = memory_bio(pem);
  while (bio) {
    const X509Ptr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!certificate) break;
    unsigned char* bytes = nullptr;
    const int size = i2d_X509(certificate.get(), &bytes);
    if (size > 0) all.emplace_back(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
  }
  ERR_clear_error();
  return all;
}

Chain read_chain(const std::vector<std::string>& der, const Context& trust, const std::string& name) {
  Chain out;
  const auto chain = parse(der);
  const int count = chain ? sk_X509_num(chain.get()) : 0;
  out.certificates.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) out.certificates.push_back(describe(sk_X509_value(chain.get(), i)));
  const auto asked = host_name(name);
  const auto result = count > 0 ? verify(chain.get(), trust, asked) : X509_V_ERR_UNSPECIFIED;
  out.verified = verification_of(result, asked, out.certificates);
  return out;
}

}  // namespace mailprobe::tls
