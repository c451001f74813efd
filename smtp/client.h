// One sending session, from banner to QUIT, over any Stream: what was said, what TLS came to, how it ended.
// Judges nothing and retries nothing: that is the caller's (probe/deliver). RFC 5321, 3207, 4954, 1870, 2920, 3030,
// 6152, 6531, 8689.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/transcript.h"
#include "base/vocabulary.h"
#include "sasl/credentials.h"
#include "smtp/reply.h"
#include "smtp/transfer.h"
#include "tls/stream.h"

namespace mailprobe::smtp {

enum class Phase {
  connect,
  banner,
  ehlo,
  starttls,
  tls,
  auth,
  mail,
  rcpt,
  data,
  dot,
  quit
};  // Words<> in client.h's end

struct Timeouts {  // seconds; RFC 5321 §4.5.3.2 gives minutes, a probe's user waits
  int banner = 60, command = 60, tls = 30, data = 120, dot = 300;
};

struct Session;

struct Delivery {
  std::string helo;  // a domain name or an address literal, valid by construction of the caller's configuration
  Path reverse_path;
  Path recipient;
  std::string message;  // CRLF line endings; sent byte for byte
  Method method = Method::automatic;
  TlsFloor floor =
      TlsFloor::encrypt;      // may, encrypt or verify: `sts` and `dane` are for the caller to bring down to these
  bool dane = false;          // nothing is sent unless the handshake's TLSA records match (RFC 7672 §2.2)
  bool require_tls = false;   // RFC 8689: MAIL FROM with REQUIRETLS, or nothing is sent
  bool implicit_tls = false;  // submissions://
  /// RFC 3461: a report of what becomes of it is asked for, which names it so; or nothing is sent.
  std::optional<std::string> dsn_envid = {};
  tls::Handshake handshake;  // client context and the name to verify
  std::optional<sasl::Credentials> credentials;
  Hidden hidden = {};  // what the message holds and no transcript and no reply shows, whoever quotes it
  Timeouts timeouts;
  /// Called before MAIL FROM and before the final dot (the journal's fsync). An error ends the session, unsent.
  std::function<Result<void>()> before_mail;
  std::function<Result<void>(const Session& so_far)> before_dot;
};

/// What the session came to. `error` says why it ended early; a refusal by the server is in `reply` as well.
struct Session {
  Outcome outcome = Outcome::not_sent;
  Phase phase = Phase::banner;  // the last that was entered
  std::optional<Reply> banner;
  std::optional<Reply> reply;  // the one that decided: to MAIL, RCPT, DATA, the final dot, or an earlier refusal
  bool starttls_offered = false;
  std::optional<TlsFacts> tls;
  std::vector<std::string> capabilities;  // of the last EHLO: after TLS where there was TLS
  std::vector<std::string> capabilities_before_tls;
  std::vector<Reply> further;  // Method::verbatim: answers behind that to the message, but for the one to QUIT
  std::optional<Error> error;
  std::int64_t decided_ms = 0;  // since the transcript's start; QUIT comes after it
};

/// The whole session. The transcript holds no secret and no message body (a note says how many bytes went).
Task<Session> deliver(tls::Stream& stream, Delivery delivery, Transcript& transcript);

/// The same up to and including AUTH, then QUIT: to try a login before anything is sent.
Task<Session> try_login(tls::Stream& stream, Delivery delivery, Transcript& transcript);

/// Up to and including the EHLO after TLS, then QUIT: what the server offers. Paths and message are not read.
Task<Session> look(tls::Stream& stream, Delivery conditions, Transcript& transcript);

}  // namespace mailprobe::smtp

namespace mailprobe {

template <>
struct Words<smtp::Phase> {
  static constexpr std::array table{
      std::pair{smtp::Phase::connect, std::string_view{"connect"}},
      std::pair{smtp::Phase::banner, std::string_view{"banner"}},
      std::pair{smtp::Phase::ehlo, std::string_view{"ehlo"}},
      std::pair{smtp::Phase::starttls, std::string_view{"starttls"}},
      std::pair{smtp::Phase::tls, std::string_view{"tls"}},
      std::pair{smtp::Phase::auth, std::string_view{"auth"}},
      std::pair{smtp::Phase::mail, std::string_view{"mail"}},
      std::pair{smtp::Phase::rcpt, std::string_view{"rcpt"}},
      std::pair{smtp::Phase::data, std::string_view{"data"}},
      std::pair{smtp::Phase::dot, std::string_view{"dot"}},
      std::pair{smtp::Phase::quit, std::string_view{"quit"}},
  };
};

}  // namespace mailprobe
