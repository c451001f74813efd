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
#include "evidence/comparison.h"
#include "evidence/finding.h"

namespace mailprobe::evidence {

/// Bytes kept: in the document itself, or in a file beside it.
struct Raw {
  std::optional<std::string> base64;
  std::optional<std::string> path;  // relative to the document
  std::string sha256;               // of the bytes, lower-case hex
};

/// A probe of the scenario that could not be made with this configuration.
struct Skipped {
  std::string probe, check, reason;  // `check` is what it would have told
};

struct Run {
  std::optional<std::string> id;  // null: nothing is kept that one could ask for
  std::string version;
  Time started;
  std::optional<Time> finished;
  std::string command;  // the arguments, without secrets
  std::optional<std::string> scenario;
  std::string target;
  std::optional<int> exit;
  bool interrupted = false;
  std::optional<std::string> problem;  // a fault of ours that left it incomplete
  std::vector<Skipped> skipped;
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
  std::optional<std::string> local_address;  // where we connected from; null: there was no connection
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
  std::string command;                     // that was injected
  std::optional<bool> executed;            // after TLS; null: the session did not get that far
  std::optional<std::int64_t> plain_mail;  // the reply code to MAIL before STARTTLS; null: not asked
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

/// What the look-up of a host's TLSA records means for mail (RFC 7672 §2.2).
enum class TlsaState {
  usable,    // DANE applies
  unusable,  // secure, and none that SMTP can use: TLS is mandatory, unauthenticated
  absent,    // securely denied: not DANE
  insecure,  // the MX, the address or the records are not signed: not DANE, whatever they say
  failed,    // bogus or no answer: no mail to this host, never a downgrade
};

struct TlsaLookup {
  std::string base;  // the TLSA base domain: the host, or the end of its CNAME chain (RFC 7672 §2.2.2)
  TlsaState state = TlsaState::absent;
  Dnssec dnssec = Dnssec::unknown;    // of the TLSA answer
  std::vector<std::string> unusable;  // those of MxHost::tlsa that are, each with why
  std::optional<std::string> problem;
  std::optional<Cause> cause;  // dns-failure, bogus, timed-out
};

struct MxHost {
  std::string host;
  int preference = 0;
  Dnssec dnssec = Dnssec::unknown;
  std::vector<std::string> tlsa;          // as published: "3 1 1 ab…"
  std::optional<TlsaLookup> tlsa_lookup;  // null: not looked up
  std::vector<MxAddress> addresses;
  std::optional<std::vector<CaaRecord>> caa;  // the relevant set; null: not looked up, or that failed
  std::optional<std::string> problem;         // "is an alias (CNAME) of …", "no address", "SERVFAIL: …"
  std::optional<std::string> canonical;       // the end of its CNAME chain; null: no alias
};

/// The MTA-STS policy that holds, and how it was come by (RFC 8461).
struct MtaSts {
  std::optional<std::string> id;            // of the TXT record; null: there is no valid one
  std::optional<StsMode> mode;              // null: no policy is known
  std::vector<std::string> mx;              // patterns
  std::optional<std::int64_t> max_age;      // seconds
  std::vector<std::string> unlisted;        // MX hosts that no pattern matches
  std::optional<std::string> source;        // "fetched", "cache"
  std::optional<Time> fetched;              // when it was
  std::optional<std::string> fetched_from;  // the IP address
  std::optional<TlsFacts> tls;              // of the HTTPS session; null where there was none
  bool changed_under_id = false;            // it is another than the one that was fetched before under the same id
  std::optional<std::string> problem;       // of the record, the fetch or the policy
  std::optional<Cause> cause;
};

/// A look-up beside the route that failed, or that a limit of ours left out: what is missing for it, and why.
struct FailedLookUp {
  std::string what;  // "spf", "dmarc", "tlsrpt", "bimi", "ns", "caa NAME", "ptr IP"; left out: "mx", "addresses HOST"
  Cause cause = Cause::dns_failure;  // bogus, timed-out, dns-failure; own-limit
  std::string problem;
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
  std::vector<FailedLookUp> failed;                            // what is missing among these for a failed look-up
  std::optional<MtaSts> mta_sts;                               // null: not looked up
  std::optional<auth::SpfSurvey> spf_survey;                   // null: no SPF record, or not looked up
  std::optional<std::string> dmarc_domain;                     // whose record policies["dmarc"] is; null: no record
};

struct AppliedPolicy {
  std::string applied = "none";  // none, sts, dane
  TlsFloor floor = TlsFloor::encrypt;
  std::string reason;
};

/// A session that somebody opened to our receiver, also one that ended before MAIL.
struct Session {
  std::optional<std::string> probe;  // the id of the one that it answers
  std::optional<std::string> trap;   // JSON name: case
  std::string address;
  std::optional<std::string> ptr;     // the name that leads back to the address (forward-confirmed, RFC 8601 §2.7.3)
  std::optional<bool> ptr_confirmed;  // whether one leads back; null: that could not be looked up
  std::optional<std::string> ptr_claimed;  // the first name where none is known to lead back; null: there is none
  std::optional<std::string> helo;         // null: it said none
  std::optional<std::vector<std::string>> helo_addresses;  // that the name leads to; null: not looked up
  std::optional<TlsFacts> tls;
  std::optional<std::string> tls_alert;  // the client's, that ended the handshake: "unknown_ca" (RFC 8446 §6)
  std::optional<std::string> mail_from;  // "" is the null reverse-path
  bool require_tls = false;              // MAIL asked for TLS on the whole way (RFC 8689)
  std::vector<std::string> recipients;   // accepted
  std::optional<auth::Spf> spf;          // evaluated at MAIL
  std::vector<Event> events;
  Time started;
  std::int64_t duration_ms = 0;
  std::string end;  // quit, closed, timeout, protocol, refused
};

/// A question at our own DNS; `t_ms` counts from the start of the first attempt.
struct DnsQuery {
  std::int64_t t_ms = 0;
  std::string name, type, from;              // from: the resolver's address
  std::optional<std::string> use;            // what it is part of: spf, dkim, dmarc; null: on the way there (RFC 9156)
  std::optional<std::string> seen;           // spf: the client's address as it was judged, which the macro brings
  std::optional<std::string> client_subnet;  // whom the resolver says it asks for (RFC 7871); nobody that asked us
};

/// The names that only this probe uses, where our DNS was to see who asks for them.
struct DnsWitness {
  std::string zone;                        // delegated, unsigned: "w.probe.example.org"
  std::string domain;                      // TOKEN.ZONE: d= of a signature, and all below it; empty: it was given none
  bool spf = false;                        // the domain's SPF record leads there
  std::optional<std::string> control;      // TOKEN.ZONE of names that only we ask for; null: we did not
  std::vector<std::string> our_resolvers;  // the addresses that asked for those
  std::optional<Cause> cause;
  std::optional<std::string> problem;  // why questions may be missing: that one is not there proves nothing then
  std::int64_t dropped = 0;            // questions for names of ours that our rate limit left unanswered meanwhile
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
  bool late = false;        // found after the run's own wait, by `collect`; delay_ms is then by INTERNALDATE
};

/// What a delivery status notification says of one recipient (RFC 3464 §2.3), as far as it says it.
struct DeliveryStatus {
  std::string recipient, action, status;  // "failed", "5.1.1"
  std::optional<std::string> diagnostic;  // the other side's words
  std::optional<std::string> remote_mta, reporting_mta;
};

/// What came to the mailbox about the message and is not it.
struct MailboxAnswer {
  std::string kind;  // bounce or answer
  std::string folder;
  Raw raw;
  std::vector<DeliveryStatus> statuses{};  // of a bounce
};

/// Where a folder stood before the message went out: what is older is not it (RFC 9051 §2.3.1.1).
struct FolderMark {
  std::string folder;
  std::int64_t uidvalidity = 0, uidnext = 1;
};

/// The mailbox witness itself: what it did, also when it found nothing.
struct MailboxWatch {
  std::string name, url;
  std::vector<std::string> folders;  // searched
  std::vector<FolderMark> marks;
  std::vector<Event> events;
  std::optional<TlsFacts> tls;
  bool completed = false;  // every folder was searched until the deadline
  std::int64_t waited_ms = 0;
  std::optional<Cause> cause;
  std::optional<std::string> error;
  bool deleted = false;
  std::vector<MailboxAnswer> answers;
};

/// What kind of answer it is that came for a probe.
enum class AnswerKind {
  unknown,
  person,
  vacation,
  bounce,
  delay,
  reflector,
  complaint,  // an abuse report of RFC 5965: whoever got the probe does not want it
  opt_out,    // a person's, who asks for no more
  forward,    // no answer: the probe's own message, sent on to us
  delivered,  // a report that it was handed over (RFC 3464), which was asked for
};

/// An answer that came to our receiver, and what we found of it.
struct Reply {
  std::optional<std::int64_t>
      delay_ms;  // from the reply to the final dot to our 250; null: the one or other is unknown
  AnswerKind kind = AnswerKind::unknown;
  Session session;
  Raw raw;
  std::optional<auth::Spf> spf;
  std::vector<auth::Dkim> dkim;
  auth::Dmarc dmarc;
  std::optional<auth::Arc> arc;
  std::vector<DeliveryStatus> statuses;  // of a bounce or a delay
  bool late = false;                     // came after the run's own wait, found by `collect`
};

/// The reply witness itself: what it did, also where nothing came.
struct ReplyWatch {
  std::string address;                 // that answers go to: the reverse-path, and Reply-To
  bool wanted = false;                 // an answer was asked for; else only a bounce can come
  bool forward = false;                // the message itself was waited for, forwarded back to us
  std::vector<std::string> listening;  // "192.0.2.10 port 25"; empty: another process of ours takes what comes
  std::vector<std::string> places;     // where what comes is taken, by whichever of them
  bool completed = false;              // a final answer came, or the deadline passed
  std::int64_t waited_ms = 0;
  std::optional<Cause> cause;
  std::optional<std::string> error;
};

/// What a reflector says it saw of the probe: its claims, not our evidence.
struct Reflection {
  std::string schema;  // "mailprobe-reflection/1"
  std::string version, host;
  std::optional<Time> received;
  Session session;
  std::optional<auth::Spf> spf;
  std::vector<auth::Dkim> dkim;
  auth::Dmarc dmarc;
  std::optional<auth::Arc> arc;
  std::string headers;  // as it received them; capped
};

/// One row of a report: what somebody says of mail like the probe's.
struct ReportRow {
  std::int64_t count = 0;                                // messages, or sessions
  std::optional<std::string> source_ip;                  // that sent
  std::optional<std::string> disposition;                // DMARC: none, quarantine, reject
  std::optional<std::string> dkim, spf;                  // DMARC: policy_evaluated, pass or fail
  std::vector<auth::MethodResult> results;               // DMARC: auth_results
  std::optional<std::string> result_type, receiving_mx;  // TLS: RFC 8460 §4.3
  std::optional<std::string> reason;                     // of an override, or of a failure
};

/// The mail by which a report came, and what vouches for it (RFC 9990 §3.5.2: an aligned pass; RFC 8460 §3: DKIM).
struct ReportMail {
  std::string from;
  std::optional<auth::DmarcOutcome> dmarc;  // null: could not be evaluated
  std::vector<std::string> signed_by;       // domains whose signatures hold
  bool vouched = false;                     // it passes, in the name of who took the mail
};

/// A report about our own domain that speaks of this probe's time, sender and target (RFC 9990, RFC 8460).
struct Report {
  std::string kind;  // "dmarc", "tls"
  std::string organization, id;
  std::string domain;  // of ours, that it is about
  std::optional<Time> begin, end;
  std::optional<std::string> policy;               // DMARC: p=; TLS: tlsa, sts, no-policy-found
  std::optional<std::int64_t> successful, failed;  // TLS: sessions in all
  std::string joined_by;                           // selector, recipient, reporter, session: what names the target
  std::optional<ReportMail> mail;                  // null: given as a file without its mail
  std::vector<std::string> notes;                  // what is odd about it
  std::vector<ReportRow> rows;                     // those that fit
};

struct Sent {
  Raw raw;
  std::optional<Time> at;  // of the final dot
};

/// One that the other side was asked to answer to: evidence/traps.h.
struct TrapAsked {
  std::string name;     // JSON name: case
  std::string address;  // "probe+ID@trap-dane-wrong.example.org"
};

/// One that is configured and was not asked for: what came there would have said nothing about the target.
struct TrapLeftOut {
  std::string name;    // JSON name: case
  std::string reason;  // what is missing on our side, in words
};

/// When nobody received at our traps though mail was waited for there: what did not come then says nothing.
struct Unattended {
  Time from, until;
};

/// Somebody who asked our policy host for the traps' MTA-STS policy, or tried to (RFC 8461 §3.3).
struct PolicyFetch {
  Time time;
  std::string address;
  std::optional<std::string> name;  // that it asked for in the handshake (SNI); null: it got no further, or named none
  std::string outcome;  // served, not-found, failed, refused (a limit of ours), left; started: that we serve it
};

/// The traps of a probe, and how long mail to them was waited for. Sessions of each are among the probe's.
struct TrapWatch {
  std::vector<TrapAsked> asked;
  std::int64_t waited_ms = 0;
  bool completed = false;  // all of trap_wait, and received throughout: what has not come by now does not come
  std::vector<TrapLeftOut> left_out;
  std::vector<Unattended> unattended;       // within trap_wait
  std::vector<PolicyFetch> policy_fetches;  // for as long before the message as a policy is kept, and since; not all
};

/// A second message behind what is no end of data (RFC 5321 §4.1.1.4), and what became of it. CVE-2023-51764.
struct Smuggling {
  std::string sequence;               // as a scenario names it: "lf-dot-lf"
  std::string id;                     // of the second message
  std::vector<ReplyFacts> replies;    // behind the one to the message: the server took what followed for commands
  std::optional<bool> whole;          // the copy of the message has the second one in it; null: there is no copy
  std::optional<std::string> folder;  // where the second was found as a message of its own; null: it was not
  std::optional<Raw> raw;             // of that
  bool completed = false;             // it was looked for to the end, or needed not to be
};

struct Probe {
  std::string id;  // unguessable
  std::string name, identity;
  std::optional<std::string> variation;   // "size=1MB": of a matrix
  std::optional<std::string> control_of;  // the name of the probe that this one is the positive twin of
  std::optional<std::string> fault;       // wrong on purpose, named for the method: "dkim-body-hash"
  std::string from, reverse_path, to, message_id;
  bool secret = false;  // the message holds a secret: nothing of it is shown (evidence/secrecy.h)
  std::optional<Sent> sent;
  AppliedPolicy policy;
  std::optional<std::string> via;  // the submission server's name
  std::vector<Attempt> attempts;
  std::optional<Attempt> smtp;            // the last of attempts
  std::optional<DnsWitness> dns_witness;  // null: not there
  std::vector<DnsQuery> dns;
  std::optional<MailboxWatch> watch;  // null: no mailbox is configured for it, or --no-wait
  std::optional<MailboxCopy> mailbox;
  std::optional<ReplyWatch> reply_watch;  // null: no receiver of ours was there for it
  std::vector<Session> sessions;          // that the target opened to us for it, also those that ended early
  std::optional<Reply> reply;             // the first
  std::vector<Reply> replies;             // all, where there are more
  std::optional<Reply> forward;           // the message itself, as it came back to us through a forwarder
  std::vector<Report> reports;
  std::optional<Reflection> reflection;
  std::optional<TrapWatch> traps;      // null: none was asked for
  std::optional<Smuggling> smuggling;  // null: it has no second message in it
};

struct Score {
  std::string profile, category;
  double value = 0, max = 0;
  std::vector<std::string> why;
};

/// What a scenario expects, and what came of it.
struct Expectation {
  std::optional<std::string> probe;  // its id; null: it is about several
  std::string text;                  // as scenarios/expression.h reads it: "dkim[r1].result == pass"
  Verdict verdict = Verdict::not_tested;
  std::optional<Cause> cause;
  std::string expected, found;
  std::vector<std::string> evidence;  // JSON Pointers into the document (RFC 6901)
};

struct Document {
  std::string schema = "mailprobe/1";
  Run run;
  Self self;
  Target target;
  std::vector<Probe> probes;
  std::vector<Session> sessions;  // those of no probe too
  std::vector<Finding> findings;
  std::vector<Expectation> expectations;
  std::vector<Score> scores;
  std::optional<Comparison> comparison;  // with the last run of the kind before; null: none was kept
};

}  // namespace mailprobe::evidence

namespace mailprobe {

template <>
struct Words<evidence::AnswerKind> {
  static constexpr std::array table{
      std::pair{evidence::AnswerKind::unknown, std::string_view{"unknown"}},
      std::pair{evidence::AnswerKind::person, std::string_view{"person"}},
      std::pair{evidence::AnswerKind::vacation, std::string_view{"vacation"}},
      std::pair{evidence::AnswerKind::bounce, std::string_view{"bounce"}},
      std::pair{evidence::AnswerKind::delay, std::string_view{"delay"}},
      std::pair{evidence::AnswerKind::reflector, std::string_view{"reflector"}},
      std::pair{evidence::AnswerKind::complaint, std::string_view{"complaint"}},
      std::pair{evidence::AnswerKind::opt_out, std::string_view{"opt-out"}},
      std::pair{evidence::AnswerKind::forward, std::string_view{"forward"}},
      std::pair{evidence::AnswerKind::delivered, std::string_view{"delivered"}},
  };
};

template <>
struct Words<evidence::TlsaState> {
  static constexpr std::array table{
      std::pair{evidence::TlsaState::usable, std::string_view{"usable"}},
      std::pair{evidence::TlsaState::unusable, std::string_view{"unusable"}},
      std::pair{evidence::TlsaState::absent, std::string_view{"absent"}},
      std::pair{evidence::TlsaState::insecure, std::string_view{"insecure"}},
      std::pair{evidence::TlsaState::failed, std::string_view{"failed"}},
  };
};

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
