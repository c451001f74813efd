// What a finished handshake came to, read off the SSL object: facts, and what verification said. Judges nothing.
// RFC 8446, RFC 5246; names are those of IANA's registries.
#pragma once

#include <string>

#include "base/tls_facts.h"
#include "tls/openssl.h"

namespace mailprobe::tls {

/// `name` is what the certificate was checked against; used by the client's side. `dane`: TLSA records were too.
TlsFacts facts_of(SSL* ssl, const std::string& name, bool dane);

/// `result` is OpenSSL's X509_V_… of verifying `chain` for `name`.
Verification verification_of(long result, const std::string& name, const std::vector<Certificate>& chain);

}  // namespace mailprobe::tls
