// One receiving session over any Stream, with hooks that decide. Holds the protocol's rules (order of commands,
// STARTTLS, limits, end of data only at CRLF.CRLF) and judges nothing. RFC 5321, 3207, 4954, 2920, 3030, 1870, 6152,
// 6531.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/transcript.h"
#include "sasl/credentials.h"
#include "smtp/in_flight.h"
#include "smtp/reply.h"
#include "tls/stream.h"

namespace mailprobe::smtp {

/// How long is waited for a client. RFC 5321 §4.5.3.2.7 asks for five minutes between commands at least.
struct Patience {
  std::chrono::milliseconds command = std::chrono::minutes(5);     // for a line, or for a reply to be taken
  std::chrono::milliseconds handshake = std::chrono::seconds(60);  // of TLS
  std::chrono::milliseconds message = std::chrono::minutes(15);  // from DATA or the first BDAT on, however it trickles
  std::chrono::milliseconds session = std::chrono::hours(1);     // the whole of it
  /// After a reply that closes, for who is still sending and would see a reset instead of it: of silence, and in all.
  std::chrono::milliseconds quiet = std::chrono::milliseconds(500), farewell = std::chrono::seconds(30);
};

/// A session that is asked to end says 421 once no transaction is under way (RFC 5321 §3.8).
struct Leaving {
  bool asked = false;
  bool at_rest = false;  // kept by the session: it waits for a command, and no transaction is under way
};

struct ServerOptions {
  std::string host;                         // in the banner and in replies
  std::optional<tls::Handshake> starttls;   // server side; none: STARTTLS is not announced
  std::size_t max_size = 10 * 1024 * 1024;  // SIZE, octets
  bool auth = false;                        // AUTH PLAIN LOGIN SCRAM-SHA-256, after TLS only
  bool requiretls = false;                  // RFC 8689, after TLS only; what follows from it is the handler's
  bool dsn = false;                         // RFC 3461: who reports is the handler
  Patience patience;
  std::shared_ptr<Leaving> leaving;  // none: nobody asks this session to end
  /// What messages may take of memory, shared with other sessions; over it 452 4.3.1, and what comes is read and not
  /// held. None: no bound but max_size.
  std::shared_ptr<InFlight> in_flight;
};

enum class ServerEnd { quit, closed, timeout, protocol, refused };  // Words<> in server.h's end

/// What is known of the session so far; hooks read it.
struct ServerState {
  std::string peer_address, local_address;
  std::string helo;
  bool esmtp = false;
  std::optional<TlsFacts> tls;
  std::optional<std::string> tls_alert;  // the client's, that ended the handshake: "unknown_ca"
  std::string user;                      // authenticated as; empty: nobody
  Path mail_from;
  bool require_tls = false;  // MAIL asked for it (RFC 8689)
  std::vector<Path> recipients;
  std::vector<Path> notified;  // those of them whose delivery is to be reported
};

/// Decides. Each returns the reply to send; 2xx goes on.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual Task<Reply> connected(const ServerState& state);  // the banner; a 4xx or 5xx refuses the session
  virtual void greeted(const ServerState& state);           // EHLO or HELO, which STARTTLS makes forgotten
  virtual Task<Reply> mail(const ServerState& state);       // mail_from is the one asked about
  virtual Task<Reply> rcpt(const ServerState& state, const Path& recipient) = 0;
  /// The message as received, dots unstuffed. A 2xx takes responsibility.
  virtual Task<Reply> message(const ServerState& state, std::string raw) = 0;
  /// The session is over: `state` as it stood then, but for a transaction that was completed.
  virtual void ended(const ServerState& state, ServerEnd end);
  /// The password of `user`, for AUTH; nullopt: no such user.
  virtual std::optional<Secret> password(std::string_view user);
};

/// Serves until QUIT, the peer's end, or an error.
Task<ServerEnd> serve(tls::Stream& stream, ServerOptions options, Handler& handler, Transcript& transcript);

}  // namespace mailprobe::smtp

namespace mailprobe {

template <>
struct Words<smtp::ServerEnd> {
  static constexpr std::array table{
      std::pair{smtp::ServerEnd::quit, std::string_view{"quit"}},
      std::pair{smtp::ServerEnd::closed, std::string_view{"closed"}},
      std::pair{smtp::ServerEnd::timeout, std::string_view{"timeout"}},
      std::pair{smtp::ServerEnd::protocol, std::string_view{"protocol"}},
      std::pair{smtp::ServerEnd::refused, std::string_view{"refused"}},
  };
};

}  // namespace mailprobe
