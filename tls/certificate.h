// A certificate in words, whatever it holds. Judges nothing. RFC 5280; names printed as in RFC 2253, in UTF-8.
#pragma once

#include "base/tls_facts.h"
#include "tls/openssl.h"

namespace mailprobe::tls {

Certificate describe(X509* certificate);

}  // namespace mailprobe::tls
