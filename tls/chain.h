// Certificates that were read off the wire (tls/server_flight.h) in words, and whether they verify as those of a
// handshake would. Proves no possession of the key: who sent them may have copied them. RFC 5280 §6, RFC 9525.
#pragma once

#include <string>
#include <vector>

#include "base/tls_facts.h"
#include "tls/context.h"

namespace mailprobe::tls {

struct Chain {
  std::vector<Certificate> certificates;  // those that are DER at all, leaf first
  Verification verified;                  // against `name`, now
};

/// `trust` is a client's context.
/// The certificates of a PEM text, as they stand there; what is none is passed over.
std::vector<std::string> der_of_pem(const std::string& pem);

Chain read_chain(const std::vector<std::string>& der, const Context& trust, const std::string& name);

}  // namespace mailprobe::tls
