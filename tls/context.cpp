#include "tls/context.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "tls/key_decoders.h"
#include "tls/openssl.h"
#include "tls/session.h"
#include "tls/system_trust.h"

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

SslCtxPtr make_ctx(const SSL_METHOD* method, OSSL_LIB_CTX* library = nullptr) {
  SslCtxPtr ctx(SSL_CTX_new_ex(library, nullptr, method));
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
  return trust_system(ctx);
}

Result<void> use_chain(SSL_CTX* ctx, const std::string& chain_pem, const Secret& key_pem) {
  const auto chain = memory_bio(chain_pem);
  const auto key_bio = memory_bio(key_pem.reveal());
  const X509Ptr leaf(PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr));
  // An encrypted key must not ask on the terminal.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  const KeyPtr key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, no_password, nullptr));
  if (!leaf || !key) return fail(Failure::usage, "server certificate or key: " + openssl_error());
  if (SSL_CTX_use_certificate(ctx, leaf.get()) != 1 || SSL_CTX_use_PrivateKey(ctx, key.get()) != 1)
    return fail(Failure::usage, "server certificate or key: " + openssl_error());
  if (SSL_CTX_check_private_key(ctx) != 1)  // of another type it would have a place of its own
    return fail(Failure::usage, "the key is not that of the server certificate: " + openssl_error());
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

/// One version, anything that the library can still do, stapled OCSP asked for.
Result<void> set_survey(SSL_CTX* ctx, const ClientOptions& options) {
  SSL_CTX_clear_options(ctx, SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(ctx, note_ticket);
  const bool good = SSL_CTX_set_cipher_list(ctx, "ALL:COMPLEMENTOFALL:@SECLEVEL=0") == 1 &&
                    SSL_CTX_set_min_proto_version(ctx, number(options.only)) == 1 &&
                    SSL_CTX_set_max_proto_version(ctx, number(options.only)) == 1 &&
                    SSL_CTX_set_tlsext_status_type(ctx, TLSEXT_STATUSTYPE_ocsp) == 1;
  if (!good) return fail(Failure::ours, "TLS context: " + openssl_error());
  if (options.signature_algorithms.empty()) return {};
  if (SSL_CTX_set1_sigalgs_list(ctx, options.signature_algorithms.c_str()) == 1) return {};
  return fail(Failure::ours, "signature algorithms: " + openssl_error());
}

using NumberPtr = Owned<BIGNUM, BN_free>;
using ParamsPtr = Owned<OSSL_PARAM, OSSL_PARAM_free>;

/// A prime and 2: of RFC 2409 §6.2 (1024 bits, for the lab's bad target) or RFC 3526 §3.
ParamsPtr dh_params(int bits) {
  const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
  const NumberPtr prime(bits < 2048 ? BN_get_rfc2409_prime_1024(nullptr) : BN_get_rfc3526_prime_2048(nullptr));
  const NumberPtr two(BN_new());
  const bool good = builder && prime && two && BN_set_word(two.get(), 2) == 1 &&
                    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_FFC_P, prime.get()) == 1 &&
                    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_FFC_G, two.get()) == 1;
  return ParamsPtr(good ? OSSL_PARAM_BLD_to_param(builder.get()) : nullptr);
}

Result<void> set_dh(SSL_CTX* ctx, int bits) {
  if (bits == 0) return {};
  const auto params = dh_params(bits);
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> maker(EVP_PKEY_CTX_new_from_name(nullptr, "DH", nullptr));
  EVP_PKEY* made = nullptr;
  const bool good = params && maker && EVP_PKEY_fromdata_init(maker.get()) == 1 &&
                    EVP_PKEY_fromdata(maker.get(), &made, EVP_PKEY_KEY_PARAMETERS, params.get()) == 1;
  KeyPtr key(made);
  if (!good || SSL_CTX_set0_tmp_dh_pkey(ctx, key.get()) != 1) return fail(Failure::ours, "DH: " + openssl_error());
  (void)key.release();
  return {};
}

Result<void> set_ciphers(SSL_CTX* ctx, const std::string& ciphers) {
  if (ciphers.empty() || SSL_CTX_set_cipher_list(ctx, ciphers.c_str()) == 1) return {};
  return fail(Failure::usage, "cipher list: " + openssl_error());
}

std::shared_ptr<const Context> wrap(SslCtxPtr ctx) {
  return std::make_shared<const Context>(std::make_shared<Context::Impl>(Context::Impl{std::move(ctx), {}}));
}

/// Neither finite-field groups nor SHA-224, which the library takes by itself and the NCSC's guidelines of 2025-05 do
/// not call sufficient. A server that is to be bad has what the library has.
Result<void> set_modern(SSL_CTX* ctx, const ServerOptions& options) {
  if (options.min < Version::tls1_2 || !options.ciphers.empty()) return {};
  constexpr auto groups = "X25519:P-256:X448:P-384:P-521";
  constexpr auto signatures =
      "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ed25519:ed448:RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:"
      "RSA+SHA256:RSA+SHA384:RSA+SHA512";
  if (SSL_CTX_set1_groups_list(ctx, groups) == 1 && SSL_CTX_set1_sigalgs_list(ctx, signatures) == 1) return {};
  return fail(Failure::ours, "TLS context: " + openssl_error());
}

/// A context with everything but the certificate.
Result<SslCtxPtr> make_server(const ServerOptions& options) {
  auto ctx = make_ctx(TLS_server_method());
  if (!ctx) return fail(Failure::ours, "TLS context: " + openssl_error());
  SSL_CTX_set_num_tickets(ctx.get(), 0);
  if (auto ok = set_versions(ctx.get(), options.min, options.max); !ok) return std::unexpected(ok.error());
  if (auto ok = set_ciphers(ctx.get(), options.ciphers); !ok) return std::unexpected(ok.error());
  if (auto ok = set_dh(ctx.get(), options.dh_bits); !ok) return std::unexpected(ok.error());
  if (auto ok = set_modern(ctx.get(), options); !ok) return std::unexpected(ok.error());
  if (options.renegotiation) {
    SSL_CTX_clear_options(ctx.get(), SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_options(ctx.get(), SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
  }
  // Whatever is shown is taken: it is recorded, and nothing hangs on it.
  if (options.ask_client) SSL_CTX_set_verify(ctx.get(), SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
  return ctx;
}

Result<std::vector<SslCtxPtr>> make_others(const ServerOptions& options) {
  std::vector<SslCtxPtr> all;
  for (const auto& pair : options.by_name) {
    auto ctx = make_server(options);
    if (!ctx) return std::unexpected(ctx.error());
    if (auto ok = use_chain(ctx->get(), pair.chain_pem, pair.key_pem); !ok) return std::unexpected(ok.error());
    all.push_back(std::move(*ctx));
  }
  return all;
}

/// RFC 6066 §3: an unknown name ends nothing; RFC 7672 §8.1 has clients that ask for one and take another.
int choose_by_name(SSL* ssl, int*, void* impl) {
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (name == nullptr) return SSL_TLSEXT_ERR_NOACK;
  for (const auto& other : static_cast<const Context::Impl*>(impl)->by_name) {
    if (X509_check_host(SSL_CTX_get0_certificate(other.get()), name, 0, 0, nullptr) != 1) continue;
    SSL_set_SSL_CTX(ssl, other.get());
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

Result<std::shared_ptr<const Context>> Context::client(const ClientOptions& options) {
  auto ctx = make_ctx(TLS_client_method(), client_library());
  if (!ctx) return fail(Failure::ours, "TLS context: " + openssl_error());
  if (auto ok = set_versions(ctx.get(), Version::tls1_2, Version::tls1_3); !ok) return std::unexpected(ok.error());
  if (auto ok = trust(ctx.get(), options); !ok) return std::unexpected(ok.error());
  // So that a handshake may be given TLSA records (tls/dane.h); without them nothing changes.
  if (SSL_CTX_dane_enable(ctx.get()) != 1) return fail(Failure::ours, "TLS context: " + openssl_error());
  if (options.legacy_servers) SSL_CTX_set_options(ctx.get(), SSL_OP_LEGACY_SERVER_CONNECT);
  if (options.survey)
    if (auto ok = set_survey(ctx.get(), options); !ok) return std::unexpected(ok.error());
  // Verified all the same; the outcome is recorded instead of ending the handshake.
  SSL_CTX_set_verify(ctx.get(), SSL_VERIFY_NONE, nullptr);
  return wrap(std::move(ctx));
}

Result<std::shared_ptr<const Context>> Context::server(const ServerOptions& options) {
  auto made = make_server(options);
  if (!made) return std::unexpected(made.error());
  auto ctx = std::move(*made);
  if (auto ok = use_chain(ctx.get(), options.chain_pem, options.key_pem); !ok) return std::unexpected(ok.error());
  if (!options.second_chain_pem.empty())
    if (auto ok = use_chain(ctx.get(), options.second_chain_pem, options.second_key_pem); !ok)
      return std::unexpected(ok.error());
  auto others = make_others(options);
  if (!others) return std::unexpected(others.error());
  auto impl = std::make_shared<Context::Impl>(Context::Impl{std::move(ctx), std::move(*others)});
  if (!impl->by_name.empty()) {
    SSL_CTX_set_tlsext_servername_callback(impl->ctx.get(), choose_by_name);
    SSL_CTX_set_tlsext_servername_arg(impl->ctx.get(), impl.get());  // each handshake keeps the context
  }
  return std::make_shared<const Context>(std::move(impl));
}

}  // namespace mailprobe::tls
