// A certificate in words, whatever it holds. Judges nothing. RFC 5280; names printed as in RFC 2253, in UTF-8.
#pragma once

#include <string>
#include <vector>

#include "base/tls_facts.h"
#include "tls/openssl.h"

namespace mailprobe::tls {

Certificate describe(X509* certificate);

/// Out of DER; what is no certificate ends the list.
std::vector<X509Ptr> parse_certificates(const std::vector<std::string>& der);

/// The beginning of time for what is no time.
Time time_of(const ASN1_TIME* time);

}  // namespace mailprobe::tls
