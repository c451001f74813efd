// What each mechanism comes to, as plain data, in the words of the IANA registry "Email Authentication Parameters"
// (RFC 8601 §2.7, RFC 8617 §4.4, RFC 9989). The shapes are those of the evidence document.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "base/words.h"

namespace mailprobe::auth {

enum class SpfOutcome { none, neutral, pass, fail, softfail, temperror, permerror };  // RFC 7208 §2.6
enum class DkimOutcome { none, pass, fail, policy, neutral, temperror, permerror };   // RFC 8601 §2.7.1
enum class DmarcOutcome { none, pass, fail, temperror, permerror };                   // RFC 9989
enum class ArcOutcome { none, pass, fail };                                           // RFC 8617 §4.4
enum class DmarcPolicy { none, quarantine, reject };

/// A term on the way to the result, and the domain in whose record it stands.
struct SpfStep {
  std::string domain, term;  // "include:_spf.example.net", "redirect=…", "ip4:192.0.2.0/24", "default"

  friend bool operator==(const SpfStep&, const SpfStep&) = default;
};

struct Spf {
  SpfOutcome result = SpfOutcome::none;
  std::string domain;                    // whose record was judged
  std::optional<std::string> mechanism;  // that matched, as written: "ip4:192.0.2.0/24", or "default"
  std::vector<SpfStep> path;  // the includes and redirects that led to the result; last the term that decided it
  int lookups = 0, void_lookups = 0;  // counted as RFC 7208 §4.6.4 does; one over the limit where that was exceeded
  std::string identity;               // "mailfrom" or "helo"
  std::string reason;                 // why it is an error or none: names the term or the name that failed
  std::string explanation;            // exp= of a fail (RFC 7208 §6.2): the domain's words, escape before showing
};

/// A term that an SPF record lets senders in by, or one of the records that it includes.
struct SpfSender {
  std::string domain, term;               // in whose record it stands; as written
  SpfOutcome outcome = SpfOutcome::pass;  // what becomes of whom it matches
  std::vector<std::string> networks;      // "192.0.2.0/24"; none: it depends on the sender (macros, ptr), or is empty
};

/// An SPF record and what it leads to, for whoever sends (RFC 7208 §4.6.4). Nobody's address is asked about.
struct SpfSurvey {
  int lookups = 0;                              // terms that look something up: what a sender costs whom none matches
  int void_lookups = 0, void_lookups_ipv6 = 0;  // of them what finds nothing: for senders over IPv4 and over IPv6
  std::vector<SpfSender> senders;               // in the order of evaluation
  std::optional<SpfOutcome> rest;               // what becomes of everybody else; null: that is not known
  std::vector<std::string> problems;            // each makes it a permanent error, whoever sends
  std::vector<std::string> failures;            // look-ups that failed, so that this is not all
};

using ByteRange = std::pair<std::int64_t, std::int64_t>;  // [from, to)

/// One named change between what was sent and what was received.
struct Mutation {
  std::string kind;  // "footer-appended", "text-prepended", "header-rewritten", …: docs/mutations.md
  std::string part;  // "body", or the header's name
  std::optional<ByteRange> sent, received;
  std::string diff;                            // of the canonical forms, lines that begin with "-", "+" or " "; capped
  std::vector<std::string> canonicalizations;  // which c= would have survived it: "relaxed/simple"
  std::optional<std::vector<std::string>> headers;  // which h= would have: the signature's without what was touched
};

struct Dkim {
  int index = 0;                                              // 1 is the topmost signature
  std::string domain, selector, algorithm, canonicalization;  // "rsa-sha256", "relaxed/simple"
  std::string header_b;                                       // the first eight or more characters of b= (RFC 6008 §4)
  DkimOutcome result = DkimOutcome::none;
  std::string reason;                      // exact words that name the failing part: "body hash mismatch", …
  std::optional<bool> header_ok, body_ok;  // judged apart, where that could be done
  bool partial = false;                    // l= leaves a part of the body unsigned: never a clean pass
  int key_bits = 0;
  std::vector<Mutation> mutation;
  bool testing = false;  // the key says t=y: its owner is still trying (RFC 6376 §3.6.1)
};

struct MethodResult {
  std::string method, result, reason;
  std::vector<std::pair<std::string, std::string>> properties;  // "smtp.mailfrom" → value, in order
};

/// One ARC set: who sealed it, and what the host says that it saw. Claims, as true as the sealer is.
struct ArcInstance {
  int instance = 0;
  std::string domain, selector;  // d= and s= of the seal
  std::string cv;                // "none", "pass", "fail": what it says of the chain before it
  std::string authserv_id;
  std::vector<MethodResult> results;  // of ARC-Authentication-Results
};

struct Arc {
  ArcOutcome result = ArcOutcome::none;
  std::string reason;                  // of a fail: which field of which instance, and what is wrong with it
  bool temporary = false;              // a key could not be looked up: another day it may pass
  std::optional<int> oldest_pass;      // of a pass (§5.2): 0, or the instance since which the message is unchanged
  std::vector<ArcInstance> instances;  // i=1 first
};

struct DmarcResult7489 {
  DmarcOutcome result = DmarcOutcome::none;
  std::optional<DmarcPolicy> policy;
  std::optional<DmarcPolicy> disposition;
};

struct Dmarc {
  std::optional<DmarcOutcome> result;  // null where it could not be evaluated; `reason` then says why
  std::string reason;
  std::string domain;                              // the author domain
  std::string record_domain;                       // where the record was found
  std::optional<DmarcPolicy> policy;               // the published word that applies
  std::optional<DmarcPolicy> disposition;          // what it asks for by our evaluation, after t=; none on a pass
  std::optional<std::string> claimed_disposition;  // what the target wrote
  std::optional<bool> aligned_spf, aligned_dkim;
  std::optional<DmarcResult7489> rfc7489;  // where RFC 7489 would say otherwise
  /// fo=, rua= and ruf= of the record; null without one that can be used.
  std::optional<std::string> failure_options;
  std::optional<std::vector<std::string>> rua, ruf;
};

struct AuthenticationResults {
  std::string authserv_id;
  bool trusted = false;
  std::vector<MethodResult> results;
  std::string raw;  // the field's value as received
};

enum class TlsSource { observed, claimed, unknown };

/// One Received field (RFC 5321 §4.4), topmost last: in the order of travel.
struct Hop {
  std::optional<Time> time;
  std::string from, by, protocol;
  std::optional<std::int64_t> delay_ms;  // since the hop before
  std::optional<std::string> tls;        // "TLSv1.3" and what else the host wrote of it
  TlsSource tls_source = TlsSource::unknown;
};

}  // namespace mailprobe::auth

namespace mailprobe {

template <>
struct Words<auth::SpfOutcome> {
  static constexpr std::array table{
      std::pair{auth::SpfOutcome::none, std::string_view{"none"}},
      std::pair{auth::SpfOutcome::neutral, std::string_view{"neutral"}},
      std::pair{auth::SpfOutcome::pass, std::string_view{"pass"}},
      std::pair{auth::SpfOutcome::fail, std::string_view{"fail"}},
      std::pair{auth::SpfOutcome::softfail, std::string_view{"softfail"}},
      std::pair{auth::SpfOutcome::temperror, std::string_view{"temperror"}},
      std::pair{auth::SpfOutcome::permerror, std::string_view{"permerror"}},
  };
};

template <>
struct Words<auth::DkimOutcome> {
  static constexpr std::array table{
      std::pair{auth::DkimOutcome::none, std::string_view{"none"}},
      std::pair{auth::DkimOutcome::pass, std::string_view{"pass"}},
      std::pair{auth::DkimOutcome::fail, std::string_view{"fail"}},
      std::pair{auth::DkimOutcome::policy, std::string_view{"policy"}},
      std::pair{auth::DkimOutcome::neutral, std::string_view{"neutral"}},
      std::pair{auth::DkimOutcome::temperror, std::string_view{"temperror"}},
      std::pair{auth::DkimOutcome::permerror, std::string_view{"permerror"}},
  };
};

template <>
struct Words<auth::DmarcOutcome> {
  static constexpr std::array table{
      std::pair{auth::DmarcOutcome::none, std::string_view{"none"}},
      std::pair{auth::DmarcOutcome::pass, std::string_view{"pass"}},
      std::pair{auth::DmarcOutcome::fail, std::string_view{"fail"}},
      std::pair{auth::DmarcOutcome::temperror, std::string_view{"temperror"}},
      std::pair{auth::DmarcOutcome::permerror, std::string_view{"permerror"}},
  };
};

template <>
struct Words<auth::ArcOutcome> {
  static constexpr std::array table{
      std::pair{auth::ArcOutcome::none, std::string_view{"none"}},
      std::pair{auth::ArcOutcome::pass, std::string_view{"pass"}},
      std::pair{auth::ArcOutcome::fail, std::string_view{"fail"}},
  };
};

template <>
struct Words<auth::DmarcPolicy> {
  static constexpr std::array table{
      std::pair{auth::DmarcPolicy::none, std::string_view{"none"}},
      std::pair{auth::DmarcPolicy::quarantine, std::string_view{"quarantine"}},
      std::pair{auth::DmarcPolicy::reject, std::string_view{"reject"}},
  };
};

template <>
struct Words<auth::TlsSource> {
  static constexpr std::array table{
      std::pair{auth::TlsSource::observed, std::string_view{"observed"}},
      std::pair{auth::TlsSource::claimed, std::string_view{"claimed"}},
      std::pair{auth::TlsSource::unknown, std::string_view{"unknown"}},
  };
};

}  // namespace mailprobe
