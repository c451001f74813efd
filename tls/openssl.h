// OpenSSL's types with owners, and its error queue in words. For the sources of this room only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/time.h"
#include "tls/context.h"

namespace mailprobe::tls {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Deleter<Free>>;

using SslPtr = Owned<SSL, SSL_free>;
using SslCtxPtr = Owned<SSL_CTX, SSL_CTX_free>;
using X509Ptr = Owned<X509, X509_free>;
using KeyPtr = Owned<EVP_PKEY, EVP_PKEY_free>;
using BioPtr = Owned<BIO, BIO_free_all>;

struct Context::Impl {
  SslCtxPtr ctx;
  std::vector<SslCtxPtr> by_name;  // a server's others
};

/// The first error of the queue in OpenSSL's words ("unsupported protocol"); empties the queue.
std::string openssl_error();

/// A BIO that reads `bytes`, which must outlive it.
BioPtr memory_bio(std::string_view bytes);
/// What was written to a memory BIO.
std::string bio_text(BIO* bio);

}  // namespace mailprobe::tls
