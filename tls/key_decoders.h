// A library context for clients, in which OpenSSL looks for the decoder of a certificate's key among the few that there
// can be, not among all that it has: in 3.0 that search is a third of what a handshake costs, for every certificate
// again. Nothing else differs from the default context. OpenSSL's provider-base(7), OSSL_PROVIDER_add_builtin(3).
#pragma once

struct ossl_lib_ctx_st;  // OSSL_LIB_CTX

namespace mailprobe::tls {

/// Lives as long as the process. nullptr, which is the default context: where the administrator has set up other
/// providers (FIPS), or this one cannot be made.
ossl_lib_ctx_st* client_library();

}  // namespace mailprobe::tls
