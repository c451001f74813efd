// What a certificate's verification is made with and what its result means. For the sources of this room. RFC 9525.
#pragma once

#include <optional>
#include <string>

#include "base/cause.h"
#include "tls/openssl.h"

namespace mailprobe::tls {

/// Sets what the certificate is checked against: a name without a final dot, or an address; empty: nothing.
bool set_reference_name(X509_VERIFY_PARAM* param, const std::string& name);

/// RFC 9525 §2: the subject's common name does not count.
unsigned int host_flags();

/// Of an X509_V_ERR number.
std::optional<Cause> cause_of_verification(long result);

}  // namespace mailprobe::tls
