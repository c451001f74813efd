// A certificate authority in memory, for the lab and for tests: makes certificates good and bad, of every kind that a
// verdict tells apart. Not for production certificates: nothing is stored, revoked or logged. RFC 5280.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/ip.h"
#include "base/secret.h"
#include "base/time.h"

namespace mailprobe::tls {

enum class KeyType { ec_p256, rsa_2048, ed25519 };

struct IssueOptions {
  std::string subject;             // common name, UTF-8; empty: the first name
  std::vector<std::string> names;  // DNS names, "*.example.org" too
  std::vector<IpAddress> addresses;
  Time not_before = now() - std::chrono::hours(1);
  Time not_after = now() + std::chrono::days(30);
  KeyType key = KeyType::ec_p256;
  bool self_signed = false;  // by its own key instead of the authority's
};

struct Issued {
  std::string chain_pem;  // the leaf, then the authority's certificate; the leaf alone where it is self-signed
  Secret key_pem;
  std::string spki_sha256;  // of the leaf's key, as a TLSA record 3 1 1 has it: lower-case hex
};

class Authority {
 public:
  static Result<Authority> make(std::string name);
  [[nodiscard]] Result<Issued> issue(IssueOptions options) const;
  [[nodiscard]] std::string ca_pem() const;

 private:
  struct Impl;
  explicit Authority(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace mailprobe::tls
