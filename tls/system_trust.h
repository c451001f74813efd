// The CA certificates of this machine, for where the configuration names none. For the sources of this room only.
#pragma once

#include "base/error.h"
#include "tls/openssl.h"

namespace mailprobe::tls {

/// OpenSSL's own places: SSL_CERT_FILE, and the hashed directory (SSL_CERT_DIR), read as needed; where there is none, a
/// bundle. Without any nothing would verify, and each server would seem to be at fault: Failure::usage.
Result<void> trust_system(SSL_CTX* ctx);

}  // namespace mailprobe::tls
