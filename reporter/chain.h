// A certificate chain as it is drawn: the server's certificate, who signed it, up to what is trusted or pinned, or to
// where it breaks off. No verdict of its own: OpenSSL's and DANE's are in the facts. RFC 5280 §6, RFC 7672 §3.
#pragma once

#include <string>
#include <vector>

#include "base/tls_facts.h"

namespace mailprobe::reporter {

struct ChainMark {
  std::string tone, label;
};

/// Between one certificate and the next.
struct ChainStep {
  std::string tone, label;  // "signed by", or why it is not
};

struct ChainNode {
  const Certificate* certificate = nullptr;  // null: it was not sent
  std::string role, name;
  std::string tone;              // of its frame
  std::vector<ChainMark> marks;  // "in our trust store", "pinned by TLSA 3 1 1", "expired"
  std::vector<ChainStep> step;   // to the next; none after the last
};

/// The leaf first. `at` is when it was seen.
std::vector<ChainNode> chain_of(const TlsFacts& tls, Time at);

/// "TLSA 3 1 1 matches the certificate", "no TLSA record matches".
std::string pin_of(const DaneFacts& dane);

/// "CN=mx.example.org,O=…" is named by its common name.
std::string common_name(std::string_view subject);

}  // namespace mailprobe::reporter
