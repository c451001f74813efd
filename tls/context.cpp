#include "tls/context.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "tls/openssl.h"

namespace mailprobe::tls {

namespace {

int number(Version version) {
  switch (version) {
    case Version::tls1_0: return TLS1_VERSION;
    case Version::tls1_1: return TLS1_1_VERSION;
    case Version::tls1_2: return TLS1_2_VERSION;
    case Version::tls1_3: break;
  }
  return TLS1_3_VERSION;
}

SslCtxPtr make_ctx(const SSL_METHOD* method) {
  SslCtxPtr ctx(SSL_CTX_new(method));
  if (!ctx) return ctx;
  SSL_CTX_set_mode(ctx.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(ctx.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(ctx.get(), SSL_SESS_CACHE_OFF);  // each session is looked at for itself
  SSL_CTX_set_read_ahead(ctx.get(), 1);                           // header and body of a record in one read
  return ctx;
}

Result<void> trust_pem(SSL_CTX* ctx, const std::string& pem) {
  const auto bio = memory_bio(pem);
  auto* store = SSL_CTX_get_cert_store(ctx);
  int count = 0;
  for (X509Ptr one; one.reset(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)), one; ++count)
    if (X509_STORE_add_cert(store, one.get()) != 1) return fail(Failure::ours, "CA certificate: " + openssl_error());
  ERR_clear_error();  // the end of the text is an error to the PEM reader
  if (count == 0) return fail(Failure::usage, "no CA certificate in the PEM text given");
  return {};
}

Result<void> trust(SSL_CTX* ctx, const ClientOptions& options) {
  if (!options.ca_pem.empty()) return trust_pem(ctx, options.ca_pem);
  if (!options.ca_file.empty()) {
    if (SSL_CTX_load_verify_file(ctx, options.ca_file.c_str()) == 1) return {};
    return fail(Failure::usage, "cannot read CA certificates from " + options.ca_file + ": " + openssl_error());
  }
  // The hashed directory, read as needed: the whole bundle would cost 15 ms.
  if (SSL_CTX_set_default_verify_dir(ctx) != 1) return fail(Failure::ours, "system CA store: " + openssl_error());
  return {};
}

Result<void> use_chain(SSL_CTX* ctx, const ServerOptions& options) {
  const auto chain = memory_bio(options.chain_pem);
  const auto key_bio = memory_bio(options.key_pem.reveal());
  const X509Ptr leaf(PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr));
  // An encrypted key must not ask on the terminal.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  const KeyPtr key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, no_password, nullptr));
  if (!leaf || !key) return fail(Failure::usage, "server certificate or key: " + openssl_error());
  if (SSL_CTX_use_certificate(ctx, leaf.get()) != 1 || SSL_CTX_use_PrivateKey(ctx, key.get()) != 1)
    return fail(Failure::usage, "server certificate or key: " + openssl_error());
  for (X509Ptr one; one.reset(PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr)), one;)
    if (SSL_CTX_add1_chain_cert(ctx, one.get()) != 1)
      return fail(Failure::usage, "server certificate chain: " + openssl_error());
  ERR_clear_error();
  return {};
}

Result<void> set_versions(SSL_CTX* ctx, Version min, Version max) {
  // TLS 1.0 and 1.1 sign with SHA-1, which OpenSSL permits at level 0 only.
  if (min < Version::tls1_2 && SSL_CTX_set_cipher_list(ctx, "DEFAULT:@SECLEVEL=0") != 1)
    return fail(Failure::ours, "cipher list: " + openssl_error());
  if (SSL_CTX_set_min_proto_version(ctx, number(min)) != 1 || SSL_CTX_set_max_proto_version(ctx, number(max)) != 1)
    return fail(Failure::ours, "TLS versions: " + openssl_error());
  return {};
}

std::shared_ptr<const Context> wrap(SslCtxPtr ctx) {
  return std::make_shared<const Context>(std::make_shared<Context::Impl>(Context::Impl{std::move(ctx)}));
}

}  // namespace

Result<std::shared_ptr<const Context>> Context::client(const ClientOptions& options) {
  auto ctx = make_ctx(TLS_client_method());
  if (!ctx) return fail(Failure::ours, "TLS context: " + openssl_error());
  if (auto ok = set_versions(ctx.get(), Version::tls1_2, Version::tls1_3); !ok) return std::unexpected(ok.error());
  if (auto ok = trust(ctx.get(), options); !ok) return std::unexpected(ok.error());
  // So that a handshake may be given TLSA records (tls/dane.h); without them nothing changes.
  if (SSL_CTX_dane_enable(ctx.get()) != 1) return fail(Failure::ours, "TLS context: " + openssl_error());
  // Verified all the same; the outcome is recorded instead of ending the handshake.
  SSL_CTX_set_verify(ctx.get(), SSL_VERIFY_NONE, nullptr);
  return wrap(std::move(ctx));
}

Result<std::shared_ptr<const Context>> Context::server(const ServerOptions& options) {
  auto ctx = make_ctx(TLS_server_method());
  if (!ctx) return fail(Failure::ours, "TLS context: " + openssl_error());
  SSL_CTX_set_num_tickets(ctx.get(), 0);
  if (auto ok = set_versions(ctx.get(), options.min, options.max); !ok) return std::unexpected(ok.error());
  if (auto ok = use_chain(ctx.get(), options); !ok) return std::unexpected(ok.error());
  return wrap(std::move(ctx));
}

}  // namespace mailprobe::tls
