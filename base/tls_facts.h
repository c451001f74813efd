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
  std::string key;           // "RSA 2048", "EC P-256", "Ed25519"
  std::string signature;     // "sha256WithRSAEncryption"
  std::string sha256;        // of the certificate, lower-case hex
  std::string spki_sha256;   // of the SubjectPublicKeyInfo, lower-case hex
  bool must_staple = false;  // its TLS feature extension asks for a stapled OCSP response (RFC 7633)
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

/// What a stapled OCSP response says of the certificate that it came with (RFC 6960 §4.2).
struct OcspFacts {
  std::string status;  // "good", "revoked", "unknown"; empty: nothing that counts
  std::optional<Time> this_update, next_update, revoked;
  std::optional<std::string> reason;   // of the revocation: "keyCompromise"
  std::optional<std::string> problem;  // why it does not count: unreadable, of another certificate, not the issuer's
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
