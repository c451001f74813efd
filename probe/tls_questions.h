// Which handshake to make next to learn what a server's TLS accepts, and what an answer teaches: worst first, a class
// at a time. Pure: the survey itself is the state, so that it can be kept and gone on from. No I/O: that is
// probe/tls_enumeration.h. docs/tls-enumeration.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/tls_survey.h"
#include "tls/chain.h"
#include "tls/client_hello.h"
#include "tls/context.h"
#include "tls/server_flight.h"
#include "tls/stream.h"

namespace mailprobe::probe {

enum class TlsTopic { suites, versions, groups, hashes, keys, dh, preference, session };

struct TlsQuestion {
  std::string name;  // "suites that are forbidden"
  TlsTopic topic = TlsTopic::suites;
  std::vector<std::string> offered;  // the options of the survey that it is about
  tls::ClientHello hello;            // without its random
  /// A whole handshake in TLS 1.3, whose certificates come encrypted, with these signatures (OpenSSL's words; empty:
  /// any). nullopt: `hello` is what to send.
  std::optional<std::string> handshake;
  /// A whole handshake in this version, and then whether the server makes another one.
  std::optional<tls::Version> renegotiate;
};

struct TlsReply {
  tls::ServerFlight flight;
  std::optional<tls::Chain> chain;  // of the flight's certificates
  std::optional<TlsFacts> facts;    // of a whole handshake
  tls::Extras extras;
  std::optional<bool> renegotiated;  // false: `refusal` is how it would not
  std::string refusal;
  bool settled = false;  // data followed the handshake, so that tickets would have been seen
  std::optional<Error> error;
};

/// At most so many suites in one ClientHello: some old servers break at 128.
constexpr std::size_t max_suites_offered = 100;

/// Every option not tested.
TlsSurvey blank_survey(bool full, Time started);
/// nullopt: there is nothing left to ask.
std::optional<TlsQuestion> next_question(const TlsSurvey& survey);
/// Whether clients may renegotiate, as soon as a version is known that has it: only an attacker asks. nullopt: it is
/// known, it was asked, or there is no such version yet.
std::optional<TlsQuestion> renegotiation_question(const TlsSurvey& survey);
void learn(TlsSurvey& survey, const TlsQuestion& question, const TlsReply& reply);

/// A server that hangs up on every ClientHello, or on the version that its session has just negotiated, has said
/// nothing of what it accepts: then nothing is known. `negotiated`: "TLSv1.3"; empty: the session came to none.
void doubt_refusals(TlsSurvey& survey, std::string_view negotiated);

/// To go on with what an earlier run left: what it left out is asked again; `full` asks for more.
void take_up(TlsSurvey& survey, bool full);

}  // namespace mailprobe::probe
