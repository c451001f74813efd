// DKIM signing (RFC 6376 §5, RFC 8301, RFC 8463). Makes one DKIM-Signature field; does not read files or DNS.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "base/time.h"

namespace mailprobe::auth {

enum class Canon { simple, relaxed };

/// A private key, loaded once: RSA of at least 1024 bits, or Ed25519.
class SigningKey {
 public:
  /// PEM (PKCS#1 or PKCS#8), unencrypted.
  static Result<SigningKey> from_pem(const Secret& pem);
  /// A new RSA key of 512 bits, which verifiers must not accept (RFC 8301 §3.2): for tests of just that.
  static Result<SigningKey> make_weak();
  [[nodiscard]] std::string algorithm() const;   // "rsa-sha256" or "ed25519-sha256"
  [[nodiscard]] std::string dns_record() const;  // "v=DKIM1; k=rsa; p=…" to publish
  [[nodiscard]] int bits() const;
  struct Impl;
  [[nodiscard]] const Impl& impl() const { return *impl_; }

 private:
  std::shared_ptr<const Impl> impl_;
};

struct SignOptions {
  std::string domain, selector;
  Canon header = Canon::relaxed, body = Canon::relaxed;
  std::vector<std::string> headers;  // empty: the recommended list of what is present (RFC 6376 §5.4.1)
  bool oversign = true;              // each signed name once more than it occurs (RFC 6376 §8.15)
  Time time;                         // t=
  std::optional<Time> expires = {};  // x=
  bool sha1 = false;                 // a=rsa-sha1, which nobody is to accept (RFC 8301 §3.1): for tests of just that
};

/// The whole field with its final CRLF, to be put on top of `message` (CRLF line endings).
Result<std::string> sign(std::string_view message, const SigningKey& key, const SignOptions& options);

}  // namespace mailprobe::auth
