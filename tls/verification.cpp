#include "tls/verification.h"

#include <openssl/x509v3.h>

#include "base/ip.h"

namespace mailprobe::tls {

unsigned int host_flags() { return X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT; }

bool set_reference_name(X509_VERIFY_PARAM* param, const std::string& name) {
  if (name.empty()) return true;
  if (const auto address = IpAddress::parse(name))
    return X509_VERIFY_PARAM_set1_ip(param, address->bytes.data(), address->v6 ? 16 : 4) == 1;
  X509_VERIFY_PARAM_set_hostflags(param, host_flags());
  return X509_VERIFY_PARAM_set1_host(param, name.c_str(), 0) == 1;
}

std::optional<Cause> cause_of_verification(long result) {
  switch (result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID: return Cause::expired;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return Cause::wrong_name;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return Cause::self_signed;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED: return Cause::unknown_ca;
    default: return std::nullopt;
  }
}

}  // namespace mailprobe::tls
