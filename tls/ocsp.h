// A stapled OCSP response in words: what it says of the certificate that it came with, and whether the certificate's
// issuer said so. Asks no responder, and judges neither its age nor its meaning. RFC 6960 §4.2, RFC 6066 §8.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/tls_facts.h"
#include "tls/context.h"

namespace mailprobe::tls {

/// Against hostile servers, before anything is parsed: real ones take 500 bytes to 5 KB, with a responder's
/// certificate.
constexpr std::size_t max_ocsp_response = 64 * 1024;
constexpr int max_ocsp_answers = 32;  // certificates that one response is about

/// `certificates`: DER, as sent, leaf first. `trust`, a client's context, has the issuer where the server left it out.
OcspFacts read_ocsp(std::string_view response, const std::vector<std::string>& certificates, const Context& trust);

}  // namespace mailprobe::tls
