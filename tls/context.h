// What a handshake is made with: trusted certificates and versions (client), or a chain and a key (server).
// Names no OpenSSL type; tls/openssl.h is for the sources of this room.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "base/secret.h"

namespace mailprobe::tls {

struct ClientOptions {
  std::string ca_file;  // PEM; empty: the system's store (the hashed directory, read as needed)
  std::string ca_pem;   // PEM in memory instead (the lab's own CA)
};

enum class Version { tls1_0, tls1_1, tls1_2, tls1_3 };

struct ServerOptions {
  std::string chain_pem;  // leaf first
  Secret key_pem;
  Version min = Version::tls1_2, max = Version::tls1_3;  // below 1.2 only for the lab's bad targets
};

class Context {
 public:
  /// TLS 1.2 and 1.3, Debian's default security level; certificates are verified and the outcome recorded.
  static Result<std::shared_ptr<const Context>> client(const ClientOptions& options);
  static Result<std::shared_ptr<const Context>> server(const ServerOptions& options);

  struct Impl;
  explicit Context(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  [[nodiscard]] Impl& impl() const { return *impl_; }

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace mailprobe::tls
