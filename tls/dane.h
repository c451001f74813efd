// DANE on an SSL object, by OpenSSL's own matching: given the usable TLSA records before the handshake, read off after
// it. Beside it the certificate is verified the usual way, so that both are known. RFC 7672 §3, RFC 7671.
#pragma once

#include "base/error.h"
#include "base/tls_facts.h"
#include "tls/openssl.h"
#include "tls/tlsa.h"

namespace mailprobe::tls {

/// `names`: reference identifiers, the TLSA base domain first (RFC 7672 §3.2.2); it is the SNI too (§8.1). The context
/// must have been made for DANE. A record that OpenSSL does not take is left out; an error: it takes none.
Result<void> enable_dane(SSL* ssl, const std::vector<Tlsa>& records, const std::vector<std::string>& names);

/// What a handshake does with the chain that the server shows, leaf first, without one: the result is the SSL object's.
void verify_with_dane(SSL* ssl, STACK_OF(X509) * chain);

/// Of a finished handshake, or of a chain that was verified with the records of `ssl`.
DaneFacts dane_facts(SSL* ssl);

/// What the chain that the server showed comes to without DANE, as an X509_V_ERR number: trusted CA, `name`, dates.
int verify_without_dane(SSL* ssl, const std::string& name);

}  // namespace mailprobe::tls
