// The evidence document "mailprobe/1" as plain data: what a run saw, what it means, nothing else. Field names are the
// JSON names; std::optional is null, never absent; enumerations are their Words. Times are UTC; t_ms counts from the
// attempt's start. No I/O: evidence/json.h turns it into text and back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "auth/results.h"
#include "base/tls_facts.h"
#include "base/tls_survey.h"
#include "base/transcript.h"
#include "base/vocabulary.h"
#include "evidence/finding.h"

namespace mailprobe::evidence {

/// Bytes kept: in the document itself, or in a file beside it.
struct Raw {
  std::optional<std::string> base64;
  std::optional<std::string> path;  // relative to the document
  std::string sha256;               // of the bytes, lower-case hex
};

struct Run {
  std::string id, version;
  Time started;
  std::optional<Time> finished;
  std::string command;  // the arguments, without secrets
  std::optional<std::string> scenario;
  std::string target;
  std::optional<int> exit;
  bool interrupted = false;
  std::optional<std::string> problem;  // a fault of ours that left it incomplete
};

/// What should stand in our own DNS, and what does.
struct OwnRecord {
  std::string what;  // "spf", "dkim r1", "dmarc", "mx", "address", "ptr", "helo"
  std::string name, type;
  std::string wanted;              // what to publish, or what it has to lead to, in words
  std::vector<std::string> found;  // as published
  bool holds = false;
  std::optional<Cause> cause;          // dns-failure, bogus, timed-out: could not be looked up
  std::optional<std::string> problem;  // in words, where it does not hold
};

struct Self {
  std::optional<std::string> address, helo, ptr;
  std::optional<std::string> port25;       // "open", "closed", "presumed-closed"
  std::optional<std::int64_t> clock_skew;  // seconds
  std::vector<OwnRecord> records;
};

struct ReplyFacts {
  int code = 0;
  std::optional<std::string> enhanced;
  std::string text;
};

struct Attempt {
  std::string host;  // the MX name, or the server's as given
  std::string address;
  int port = 25;
  std::string helo;
  Time started;
  std::int64_t duration_ms = 0;  // until it was decided; QUIT comes after it
  std::vector<Event> events;
  std::optional<TlsFacts> tls;
  bool starttls_offered = false;
  std::vector<std::string> capabilities;  // EHLO keywords of the last EHLO
  Outcome outcome = Outcome::not_sent;
  std::string phase;  // the last that was entered: "connect", "banner", …, "dot"
  std::optional<ReplyFacts> reply;
  std::optional<Cause> cause;
  std::optional<std::string> error;  // ours, one sentence
};

/// What bytes behind STARTTLS in one segment came to (CVE-2011-0411).
struct StarttlsInjection {
  std::string command;           // that was injected
  std::optional<bool> executed;  // after TLS; null: the session did not get that far
  Attempt session;
};

struct MxAddress {
  std::string ip;
  Dnssec dnssec = Dnssec::unknown;
  std::optional<std::string> ptr;
  std::optional<bool> ptr_confirmed;  // the name leads back to it; null: not looked up, or that failed
  std::vector<TlsFacts> tls;
  std::optional<Attempt> session;  // of `inspect`: from the banner to the second EHLO
  std::optional<StarttlsInjection> starttls_injection;
  std::optional<TlsSurvey> survey;  // what its TLS accepts and refuses; null: not enumerated
};

/// Which CA may issue for a name (RFC 8659 §4.1).
struct CaaRecord {
  std::string owner;  // where it was found: the name or one above it
  bool critical = false;
  std::string tag, value;
  std::optional<std::string> problem;  // what is wrong with it, in words
};

struct NameServer {
  std::string host;
  std::vector<std::string> addresses;
};

struct MxHost {
  std::string host;
  int preference = 0;
  Dnssec dnssec = Dnssec::unknown;
  std::vector<std::string> tlsa;
  std::vector<MxAddress> addresses;
  std::optional<std::vector<CaaRecord>> caa;  // the relevant set; null: not looked up, or that failed
  std::optional<std::string> problem;         // "is an alias (CNAME) of …", "no address", "SERVFAIL: …"
};

/// How the domain's MX came out: the shapes that RFC 5321 §5.1 and RFC 7505 tell apart.
enum class MxShape { mx, implicit, null_mx, none, nxdomain, failed, server };

struct Target {
  std::string domain;
  MxShape shape = MxShape::none;
  Dnssec dnssec = Dnssec::unknown;     // of the MX answer
  std::optional<std::string> problem;  // what the look-up failed of, in words
  std::optional<Cause> cause;          // dns-failure, bogus, timed-out
  std::vector<MxHost> mx;
  std::optional<std::vector<NameServer>> ns;                   // null: not looked up, or that failed
  std::optional<std::vector<CaaRecord>> caa;                   // the domain's own
  std::map<std::string, std::optional<std::string>> policies;  // spf, dmarc, bimi, mta_sts, tlsrpt: as found
};

struct AppliedPolicy {
  std::string applied = "none";  // none, sts, dane
  TlsFloor floor = TlsFloor::encrypt;
  std::string reason;
};

struct DnsQuery {
  std::int64_t t_ms = 0;
  std::string name, type, from;
};

struct MailboxCopy {
  std::string folder;
  std::optional<std::string> special_use;
  std::int64_t delay_ms = 0;  // from the final dot's reply to the moment the mailbox showed it
  std::vector<auth::Hop> hops;
  std::vector<auth::AuthenticationResults> authentication_results;
  std::vector<std::string> filter;  // X-Spam-* and the like, as received
  Raw raw;
  std::optional<auth::Spf> spf;
  std::vector<auth::Dkim> dkim;
  auth::Dmarc dmarc;
  std::optional<auth::Arc> arc;
  bool found_by_body = false;
  std::int64_t copies = 1;  // in that folder
};

/// What came to the mailbox about the message and is not it.
struct MailboxAnswer {
  std::string kind;  // bounce or answer
  std::string folder;
  Raw raw;
};

/// The mailbox witness itself: what it did, also when it found nothing.
struct MailboxWatch {
  std::string name, url;
  std::vector<std::string> folders;  // searched
  std::vector<Event> events;
  std::optional<TlsFacts> tls;
  bool completed = false;  // every folder was searched until the deadline
  std::int64_t waited_ms = 0;
  std::optional<Cause> cause;
  std::optional<std::string> error;
  bool deleted = false;
  std::vector<MailboxAnswer> answers;
};

struct Sent {
  Raw raw;
  std::optional<Time> at;  // of the final dot
};

struct Probe {
  std::string id;  // unguessable
  std::string name, identity;
  std::optional<std::string> variation, control_of;
  std::string from, reverse_path, to, message_id;
  std::optional<Sent> sent;
  AppliedPolicy policy;
  std::optional<std::string> via;  // the submission server's name
  std::vector<Attempt> attempts;
  std::optional<Attempt> smtp;  // the last of attempts
  std::vector<DnsQuery> dns;
  std::optional<MailboxWatch> watch;  // null: no mailbox is configured for it, or --no-wait
  std::optional<MailboxCopy> mailbox;
};

struct Score {
  std::string profile, category;
  double value = 0, max = 0;
  std::vector<std::string> why;
};

struct Document {
  std::string schema = "mailprobe/1";
  Run run;
  Self self;
  Target target;
  std::vector<Probe> probes;
  std::vector<Finding> findings;
  std::vector<Score> scores;
};

}  // namespace mailprobe::evidence

namespace mailprobe {

template <>
struct Words<evidence::MxShape> {
  static constexpr std::array table{
      std::pair{evidence::MxShape::mx, std::string_view{"mx"}},
      std::pair{evidence::MxShape::implicit, std::string_view{"implicit"}},
      std::pair{evidence::MxShape::null_mx, std::string_view{"null-mx"}},
      std::pair{evidence::MxShape::none, std::string_view{"none"}},
      std::pair{evidence::MxShape::nxdomain, std::string_view{"nxdomain"}},
      std::pair{evidence::MxShape::failed, std::string_view{"failed"}},
      std::pair{evidence::MxShape::server, std::string_view{"server"}},
  };
};

}  // namespace mailprobe
