// A byte stream that can turn into TLS: what every session talks through. Sockets (tls/socket_stream.h) implement it,
// scripts do in tests. Not a buffer and not a protocol: lines are tls/buffered_reader.h's business.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "base/time.h"
#include "base/tls_facts.h"
#include "tls/tlsa.h"

namespace mailprobe::tls {

class Context;  // an SSL_CTX with its purpose: tls/context.h

/// What a server gives beside the facts of the handshake, with it or after it; filled as it is read.
struct Extras {
  std::vector<std::string> certificates;  // DER, as sent, leaf first
  std::string ocsp;                       // the stapled OCSP response, DER; empty: none
  int tickets = 0;
  std::int64_t early_data = 0;  // the most bytes of 0-RTT that a ticket permits
};

/// How a handshake is to be made. One shape for both ends.
struct Handshake {
  std::shared_ptr<const Context> context;
  bool server = false;
  std::string server_name;  // client: SNI, and the name that the certificate is checked against
  /// DANE beside that, where there are any: usable records only (usable_tlsa). Recorded in TlsFacts::dane.
  std::vector<Tlsa> tlsa;
  std::vector<std::string>
      dane_names;  // reference identifiers, the TLSA base domain first: SNI is that (RFC 7672 §8.1)
  std::shared_ptr<Extras> extras = nullptr;  // client, with a context of ClientOptions::survey: where to note them
};

/// One operation at a time. An operation that the deadline or a cancellation ended: after a read the stream goes on as
/// if it had not been tried, with or without TLS, and what arrives later is read later (IDLE, RFC 2177, needs that);
/// after a write or a handshake it is fit for close() only.
class Stream {
 public:
  virtual ~Stream() = default;

  /// At least one byte, at most `size`; 0 at the peer's orderly end. Failure::timeout after the deadline. Under TLS an
  /// end without close_notify is Failure::connection (RFC 8446 §6.1).
  virtual Task<Result<std::size_t>> read_some(char* data, std::size_t size) = 0;
  /// All of it.
  virtual Task<Result<void>> write(std::string_view bytes) = 0;
  /// Certificates are verified and the outcome recorded in the facts; a bad one does not fail the handshake: who calls
  /// judges. Error::message names the stage and the alert, Error::peer is the alert's name.
  virtual Task<Result<TlsFacts>> handshake(Handshake how) = 0;

  /// Client, after a handshake up to TLS 1.2: one more inside of it (RFC 5246 §7.4.1.1). An error is how the server
  /// will not have it; afterwards the stream is fit for close() only.
  virtual Task<Result<void>> renegotiate() {
    co_return fail(Failure::unsupported, "there is no renegotiation here", Cause::unsupported);
  }

  /// Holds for every operation from now on.
  virtual void deadline(Steady when) = 0;
  /// The read that waits ends now, as by its deadline; without one under way, the next does.
  virtual void hurry() {}
  virtual void close() = 0;
  [[nodiscard]] virtual bool encrypted() const = 0;
  [[nodiscard]] virtual std::string local_address() const = 0;  // "192.0.2.1"; empty where unknown
  [[nodiscard]] virtual std::string peer_address() const = 0;
};

}  // namespace mailprobe::tls
