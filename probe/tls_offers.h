// What goes into a ClientHello of the enumeration: suites and groups by class, and the hello around them. Pure; which
// to send when is probe/tls_questions.h's. Classes follow base/tls_rating.h; docs/tls-enumeration.md.
#pragma once

#include <string>
#include <vector>

#include "tls/client_hello.h"

namespace mailprobe::probe {

using Names = std::vector<std::string>;

Names forbidden_suites();    // by the IETF, and the anonymous ones
Names phase_out_suites();    // static RSA, 3DES
Names recommended_suites();  // up to TLS 1.2; also those that are good enough
Names tls13_suites();
Names other_suites();  // Camellia, ARIA, static DH, DSS, …: what is left

Names weak_groups();
Names strong_groups();  // elliptic curves
Names hybrid_groups();  // with ML-KEM
Names prime_groups();   // RFC 7919

/// Up to TLS 1.2, or TLS 1.3 alone, by what the suites are.
tls::ClientHello hello_with_suites(const Names& suites);
tls::ClientHello hello_with_groups(const Names& groups, bool newest);
/// Suites for a server's certificate of that type: "rsa", "ecdsa".
tls::ClientHello hello_for_key(std::string_view key);
/// At most that version; 0x0300 to 0x0302.
tls::ClientHello hello_for_version(std::uint16_t version);
/// The recommended suites, then `known` ones, `last` behind all others.
tls::ClientHello hello_with_last(const std::string& last, const Names& known);
/// Only signatures with these hashes: "sha1".
tls::ClientHello hello_with_hashes(const Names& hashes);
/// Only DHE, and no group of RFC 7919, so that the server uses its own prime.
tls::ClientHello hello_with_dhe();

}  // namespace mailprobe::probe
