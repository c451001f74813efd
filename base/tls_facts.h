// What a TLS session came to, as plain data: recorded first, judged later (evidence/).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/cause.h"
#include "base/time.h"

namespace mailprobe {

struct Certificate {
  std::string subject;  // RFC 2253: "CN=mx.example.org,O=…"
  std::string issuer;
  std::vector<std::string> names;  // subjectAltName: DNS names, then IP addresses
  Time not_before, not_after;
  std::string key;          // "RSA 2048", "EC P-256", "Ed25519"
  std::string signature;    // "sha256WithRSAEncryption"
  std::string sha256;       // of the certificate, lower-case hex
  std::string spki_sha256;  // of the SubjectPublicKeyInfo, lower-case hex
};

struct Verification {
  std::string result;          // "pass" or "fail"
  std::optional<Cause> cause;  // expired, wrong-name, self-signed, unknown-ca
  std::string detail;          // OpenSSL's own words, or the names that did not match
};

/// What the TLSA records came to (RFC 7672 §3).
struct DaneFacts {
  std::string result;                  // "pass" or "fail"
  std::optional<std::string> matched;  // the record that did: "3 1 1 ab…"
  std::optional<int> depth;            // of the certificate that it matches; 0 is the leaf
  std::optional<Cause> cause;          // policy: none matches; else as in Verification
  std::string detail;                  // OpenSSL's own words
};

struct TlsFacts {
  std::string version;                        // "TLSv1.2", "TLSv1.3"
  std::string cipher;                         // IANA name: "TLS_AES_256_GCM_SHA384"
  std::optional<std::string> group;           // "x25519"
  std::optional<std::string> sni;             // what we asked for
  std::optional<std::string> peer_signature;  // "rsa_pss_rsae_sha256"
  std::vector<Certificate> certificates;      // as the server sent them, leaf first
  std::optional<Verification> verified;
  std::optional<DaneFacts> dane;  // null: no TLSA records were given
};

}  // namespace mailprobe
