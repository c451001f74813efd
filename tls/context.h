// What a handshake is made with: trusted certificates and versions (client), or a chain and a key (server).
// Names no OpenSSL type; tls/openssl.h is for the sources of this room.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/secret.h"

namespace mailprobe::tls {

enum class Version { tls1_0, tls1_1, tls1_2, tls1_3 };

struct ClientOptions {
  std::string ca_file;  // PEM; empty: the system's store (tls/system_trust.h)
  std::string ca_pem;   // PEM in memory instead (the lab's own CA)
  /// Speak with a server that lacks secure renegotiation, which RFC 5746 §4.1 leaves to us: nothing secret goes there.
  bool legacy_servers = false;
  /// To look at a server, never to deliver to it: keys and hashes however weak, one version, and only these signatures
  /// (OpenSSL's words, "ECDSA+SHA256:ECDSA+SHA384"; empty: its own list).
  bool survey = false;
  Version only = Version::tls1_3;
  std::string signature_algorithms;
};

/// A chain, leaf first, and its key.
struct KeyPair {
  std::string chain_pem;
  Secret key_pem;
};

struct ServerOptions {
  std::string chain_pem;  // leaf first
  Secret key_pem;
  Version min = Version::tls1_2, max = Version::tls1_3;  // below 1.2 only for the lab's bad targets
  std::string second_chain_pem;                          // of another type of key; empty: none
  Secret second_key_pem;
  std::string ciphers;  // up to TLS 1.2, OpenSSL's words ("AES128-SHA:@SECLEVEL=0"); empty: its own list
  int dh_bits = 0;      // of the prime for DHE: 1024 or 2048; 0: none
  /// For clients that ask for a name that one of these has (SNI, RFC 6066 §3); for any other the one above.
  std::vector<KeyPair> by_name;
  bool renegotiation = false;  // at a client's wish, up to TLS 1.2: for the lab's bad target
  bool ask_client = false;     // for a certificate, which is recorded and not verified
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
