// What of the server's chain a TLSA record has matched, in words. Not whether it does: that is in the evidence (RFC
// 7671 §4, §5). Pure.
#pragma once

#include <string>

#include "base/tls_facts.h"

namespace mailprobe::evidence {

/// It is the bare key of a CA whose certificate the server need not show (RFC 7671 §5.2.3, "2 1 0"): `depth` is then
/// that of the certificate that this key has signed.
inline bool is_of_the_issuer(const DaneFacts& dane) {
  return dane.depth == 0 && dane.matched && dane.matched->starts_with("2 ");
}

/// "the certificate", "a CA of the chain"
inline std::string matched_words(const DaneFacts& dane) {
  if (is_of_the_issuer(dane)) return "the key of the CA that signed the certificate";
  return dane.depth.value_or(0) == 0 ? "the certificate" : "a CA of the chain";
}

}  // namespace mailprobe::evidence
