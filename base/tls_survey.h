// What a server's TLS was found to accept and to refuse, option by option, over several handshakes: plain data,
// recorded first, judged later (evidence/). Not how it was found: probe/tls_enumeration.h. Names are IANA's, versions
// OpenSSL's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/tls_facts.h"
#include "base/words.h"

namespace mailprobe {

enum class TlsAnswer { accepted, refused, not_tested };

struct TlsOption {
  std::string name;
  TlsAnswer answer = TlsAnswer::not_tested;
};

/// The certificates that came with one type of key.
struct TlsChain {
  std::string key;                        // "rsa", "ecdsa", "ed25519"
  std::vector<Certificate> certificates;  // as sent, leaf first
  std::optional<Verification> verified;
  std::optional<DaneFacts> dane;  // null: the host has no usable TLSA records
  std::optional<bool> stapled;    // with an OCSP response; null: the handshake did not get that far
  std::optional<OcspFacts> ocsp;  // what that response says
};

/// One connection: what was offered, what came back, in words.
struct TlsStep {
  std::string asked, answered;
};

/// What stays `not-tested`, and why.
struct TlsOmission {
  std::string what;
  std::optional<Cause> cause;  // own-limit: our budget or deadline
  std::string why;
};

struct TlsSurvey {
  Time started;
  bool full = false;      // every suite was asked for by itself (--full)
  bool finished = false;  // nothing is left to ask
  std::int64_t connections = 0;
  std::vector<TlsOption> versions, suites, groups, hashes, keys;
  std::optional<std::string> preferred_suite;  // its first choice among the recommended ones, else those to phase out
  std::optional<std::string> preference;  // "server" or "client": whose order of suites decides, if it has a choice
  std::optional<std::int64_t> dh_bits;    // of the prime that DHE came with
  std::optional<bool> compression, secure_renegotiation, client_renegotiation, extended_master_secret, session_tickets,
      early_data, ocsp_stapling,
      encrypt_then_mac;  // with the CBC suites that it chose; null: it chose none
  std::vector<TlsChain> chains;
  std::vector<TlsStep> steps;
  std::vector<TlsOmission> omitted;
};

template <>
struct Words<TlsAnswer> {
  static constexpr std::array table{
      std::pair{TlsAnswer::accepted, std::string_view{"accepted"}},
      std::pair{TlsAnswer::refused, std::string_view{"refused"}},
      std::pair{TlsAnswer::not_tested, std::string_view{"not-tested"}},
  };
};

}  // namespace mailprobe
