#include "tests/support/tls_server.h"

#include <openssl/err.h>

#include "tls/openssl.h"

namespace mailprobe::test {

std::string answer_to(std::string_view client_hello, const tls::Context& server) {
  const tls::SslPtr ssl(SSL_new(server.impl().ctx.get()));
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  BIO_write(in, client_hello.data(), static_cast<int>(client_hello.size()));
  SSL_set_bio(ssl.get(), in, out);  // takes both
  SSL_accept(ssl.get());
  ERR_clear_error();
  return tls::bio_text(out);
}

}  // namespace mailprobe::test
