// The few things of OpenSSL that this room needs: public keys, signatures, hashes. No key file, no certificate.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace mailprobe::auth {

enum class KeyType { rsa, ed25519 };
/// SHA-1 is for signatures that are to be refused (RFC 8301 §3.1); nothing here verifies one.
enum class Hash { sha256, sha1 };
std::string hash_of(Hash which, std::string_view bytes);  // raw

class PublicKey {
 public:
  /// RSA: SubjectPublicKeyInfo or PKCS#1 (RFC 6376 §3.6.1 and its erratum 3758). Ed25519: 32 octets (RFC 8463 §4.2).
  static Result<PublicKey> parse(KeyType type, std::string_view bytes);
  [[nodiscard]] int bits() const;
  [[nodiscard]] int exponent_bits() const;  // RSA's public one; 0 of Ed25519
  /// RSA: PKCS#1 v1.5 over SHA-256 of `data`. Ed25519: over that hash itself (RFC 8463 §3).
  [[nodiscard]] bool verify(std::string_view data, std::string_view signature) const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

class PrivateKey {
 public:
  static Result<PrivateKey> from_pem(const Secret& pem);
  [[nodiscard]] KeyType type() const;
  [[nodiscard]] int bits() const;
  /// Ed25519 has no other hash than SHA-256.
  [[nodiscard]] std::string sign(std::string_view data, Hash hash = Hash::sha256) const;
  /// A new key as PEM (PKCS#8): RSA of 2048 bits (RFC 8301 §3.2: signers SHOULD use at least that), or Ed25519.
  static Result<Secret> generate(KeyType type, unsigned rsa_bits = 2048);
  /// What a key record holds in p=: SubjectPublicKeyInfo, or the 32 octets.
  [[nodiscard]] std::string public_bytes() const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace mailprobe::auth
