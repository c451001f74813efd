#include "tests/support/documents.h"

#include <ostream>

#include "base/encoding.h"
#include "base/text.h"

namespace mailprobe::test {

using namespace evidence;

namespace {

constexpr std::string_view probe_id = "k7q3zx5w2m4n6p8r0s1t3v5x7y";
constexpr std::string_view footer = "-- \r\nChecked by footer.test, the careful provider.\r\n";

Time at(const char* text) { return parse_rfc3339(text).value(); }

std::string body() { return "This is a test message.\r\n\r\nId: " + std::string(probe_id) + "\r\n"; }

struct Signing {
  const char *selector, *algorithm, *canonicalization, *b;
  int bits;
};
constexpr Signing signings[] = {
    {"r1", "rsa-sha256", "relaxed/relaxed", "Qm9yZGVyQ29sbGllMTIz", 2048},
    {"r1", "rsa-sha256", "simple/simple", "TGFicmFkb3I0NTY3ODkw", 2048},
    {"e1", "ed25519-sha256", "relaxed/relaxed", "R3JleWhvdW5kNDU2Nzg5", 256},
    {"e1", "ed25519-sha256", "simple/simple", "RGFsbWF0aWFuMTIzNDU2", 256},
};

std::string signature(const Signing& signing) {
  return std::string("DKIM-Signature: v=1; a=") + signing.algorithm + "; c=" + signing.canonicalization +
         "; d=probe.test; s=" + signing.selector +
         ";\r\n\th=from:to:subject:message-id:date:x-mailprobe-id;\r\n\tbh=" + base64(sha256(body())) +
         ";\r\n\tb=" + signing.b + "\r\n";
}

std::string author_header() {
  const std::string id(probe_id);
  return "Date: Sat, 31 Jan 2026 12:00:00 +0000\r\n"
         "From: probe@probe.test\r\n"
         "To: reflector@target.test\r\n"
         "Reply-To: probe+" +
         id +
         "@probe.test\r\n"
         "Subject: Test message of mailprobe\r\n"
         "Message-ID: <" +
         id +
         "@probe.test>\r\n"
         "X-Mailprobe-Id: " +
         id +
         "\r\n"
         "MIME-Version: 1.0\r\n"
         "Content-Type: text/plain; charset=us-ascii\r\n"
         "Content-Transfer-Encoding: 7bit\r\n"
         "\r\n";
}

std::string sent_header() {
  std::string header;
  for (const auto& signing : signings) header += signature(signing);
  return header + author_header();
}

std::string results_value() {
  return " mx1.target.test;\r\n\tspf=pass smtp.mailfrom=probe.test;\r\n\tdkim=pass header.d=probe.test header.s=r1 "
         "header.b=Qm9yZGVy;\r\n\tdmarc=pass header.from=probe.test";
}

std::string trace_header() {
  return "Return-Path: <probe+" + std::string(probe_id) +
         "@probe.test>\r\n"
         "Received: from mx1.target.test by store.target.test with LMTP; Sat, 31 Jan 2026 12:00:01 +0000\r\n"
         "Authentication-Results:" +
         results_value() +
         "\r\n"
         "Received: from mx.probe.test (mx.probe.test [192.0.2.10])\r\n"
         "\tby mx1.target.test with ESMTPS (TLSv1.3 TLS_AES_256_GCM_SHA384); Sat, 31 Jan 2026 12:00:00 +0000\r\n";
}

Certificate certificate() {
  return {.subject = "CN=mx1.target.test",
          .issuer = "CN=Lab CA",
          .names = {"mx1.target.test", "mx2.target.test"},
          .not_before = at("2026-01-01T00:00:00Z"),
          .not_after = at("2026-12-31T00:00:00Z"),
          .key = "EC P-256",
          .signature = "ecdsa-with-SHA256",
          .sha256 = hex(sha256("certificate")),
          .spki_sha256 = hex(sha256("key"))};
}

TlsFacts tls() {
  return {.version = "TLSv1.3",
          .cipher = "TLS_AES_256_GCM_SHA384",
          .group = "x25519",
          .sni = "mx1.target.test",
          .peer_signature = "ecdsa_secp256r1_sha256",
          .certificates = {certificate()},
          .verified = Verification{"pass", {}, {}},
          .dane = {}};
}

std::vector<Event> dialogue() {
  using enum Direction;
  return {{0, note, "connecting to mx1.target.test (192.0.2.1) port 25"},
          {3, in, "220 mx1.target.test ESMTP"},
          {3, out, "EHLO mx.probe.test"},
          {4, in, "250-mx1.target.test"},
          {4, in, "250 STARTTLS"},
          {4, out, "STARTTLS"},
          {5, in, "220 2.0.0 ready"},
          {9, note, "TLSv1.3, TLS_AES_256_GCM_SHA384"},
          {9, out, "EHLO mx.probe.test"},
          {10, in, "250-mx1.target.test"},
          {10, in, "250 PIPELINING"},
          {10, out, "MAIL FROM:<probe+" + std::string(probe_id) + "@probe.test>"},
          {10, out, "RCPT TO:<reflector@target.test>"},
          {10, out, "DATA"},
          {11, in, "250 2.1.0 ok"},
          {11, in, "250 2.1.5 ok"},
          {11, in, "354 go ahead"},
          {11, note, "message of 1,234 bytes"},
          {14, in, "250 2.0.0 queued as 4F2A"},
          {14, out, "QUIT"},
          {15, in, "221 2.0.0 bye"}};
}

Attempt attempt() {
  return {.host = "mx1.target.test",
          .address = "192.0.2.1",
          .port = 25,
          .helo = "mx.probe.test",
          .started = at("2026-01-31T12:00:00Z"),
          .duration_ms = 15,
          .events = dialogue(),
          .tls = tls(),
          .starttls_offered = true,
          .capabilities = {"PIPELINING", "SIZE 52428800", "8BITMIME", "SMTPUTF8", "CHUNKING", "ENHANCEDSTATUSCODES"},
          .outcome = Outcome::accepted,
          .phase = "quit",
          .reply = ReplyFacts{250, "2.0.0", "queued as 4F2A"},
          .cause = {},
          .error = {}};
}

std::vector<auth::Dkim> verified() {
  std::vector<auth::Dkim> out;
  int index = 0;
  for (const auto& signing : signings)
    out.push_back({.index = ++index,
                   .domain = "probe.test",
                   .selector = signing.selector,
                   .algorithm = signing.algorithm,
                   .canonicalization = signing.canonicalization,
                   .header_b = std::string(signing.b).substr(0, 8),
                   .result = auth::DkimOutcome::pass,
                   .reason = {},
                   .header_ok = true,
                   .body_ok = true,
                   .key_bits = signing.bits,
                   .mutation = {}});
  return out;
}

auth::AuthenticationResults recorded() {
  return {.authserv_id = "mx1.target.test",
          .trusted = true,
          .results = {{"spf", "pass", "", {{"smtp.mailfrom", "probe.test"}}},
                      {"dkim", "pass", "", {{"header.d", "probe.test"}, {"header.s", "r1"}, {"header.b", "Qm9yZGVy"}}},
                      {"dmarc", "pass", "", {{"header.from", "probe.test"}}}},
          .raw = results_value()};
}

std::vector<auth::Hop> hops() {
  return {{.time = at("2026-01-31T12:00:00Z"),
           .from = "mx.probe.test",
           .by = "mx1.target.test",
           .protocol = "ESMTPS",
           .delay_ms = {},
           .tls = "TLSv1.3 TLS_AES_256_GCM_SHA384",
           .tls_source = auth::TlsSource::observed},
          {.time = at("2026-01-31T12:00:01Z"),
           .from = "mx1.target.test",
           .by = "store.target.test",
           .protocol = "LMTP",
           .delay_ms = 1000,
           .tls = {},
           .tls_source = auth::TlsSource::unknown}};
}

auth::Dmarc dmarc_pass() {
  return {.result = auth::DmarcOutcome::pass,
          .reason = {},
          .domain = "probe.test",
          .record_domain = "probe.test",
          .policy = auth::DmarcPolicy::reject,
          .disposition = auth::DmarcPolicy::none,
          .claimed_disposition = {},
          .aligned_spf = true,
          .aligned_dkim = true,
          .rfc7489 = {}};
}

MailboxCopy copy() {
  return {.folder = "INBOX",
          .special_use = {},
          .delay_ms = 420,
          .hops = hops(),
          .authentication_results = {recorded()},
          .filter = {},
          .raw = raw_of(trace_header() + sent_header() + body()),
          .spf = auth::Spf{.result = auth::SpfOutcome::pass,
                           .domain = "probe.test",
                           .mechanism = "ip4:192.0.2.10",
                           .lookups = 0,
                           .void_lookups = 0,
                           .identity = "mailfrom",
                           .reason = {},
                           .explanation = {}},
          .dkim = verified(),
          .dmarc = dmarc_pass(),
          .arc = {}};
}

MailboxWatch watch() {
  return {.name = "target",
          .url = "imaps://imap.target.test:993",
          .folders = {"INBOX", "Junk"},
          .events = {{0, Direction::in, "* OK IMAP4rev1 ready"}, {900, Direction::in, "* 1 EXISTS"}},
          .tls = tls(),
          .completed = false,
          .waited_ms = 420,
          .cause = {},
          .error = {}};
}

Probe probe() {
  const std::string id(probe_id);
  Probe probe;
  probe.id = id;
  probe.name = "default";
  probe.identity = "default";
  probe.from = "probe@probe.test";
  probe.reverse_path = "probe+" + id + "@probe.test";
  probe.to = "reflector@target.test";
  probe.message_id = "<" + id + "@probe.test>";
  probe.sent = Sent{raw_of(sent_header() + body()), at("2026-01-31T12:00:00Z")};
  probe.policy = {"none", TlsFloor::encrypt, "the floor that was asked for"};
  probe.attempts = {attempt()};
  probe.smtp = attempt();
  probe.watch = watch();
  probe.mailbox = copy();
  return probe;
}

MxHost host(const char* name, int preference, std::vector<MxAddress> addresses) {
  return {.host = name,
          .preference = preference,
          .dnssec = Dnssec::secure,
          .tlsa = {},
          .addresses = std::move(addresses),
          .problem = {}};
}

Target target() {
  return {.domain = "target.test",
          .shape = MxShape::mx,
          .dnssec = Dnssec::secure,
          .problem = {},
          .cause = {},
          .mx = {host("mx1.target.test", 10,
                      {{"192.0.2.1", Dnssec::secure, {}, {}}, {"2001:db8::1", Dnssec::secure, {}, {}}}),
                 host("mx2.target.test", 20, {{"192.0.2.2", Dnssec::secure, {}, {}}})},
          .policies = {{"spf", "v=spf1 mx -all"}, {"dmarc", "v=DMARC1; p=reject; rua=mailto:dmarc@target.test"}}};
}

OwnRecord record(const char* what, const char* name, const char* type, const char* wanted) {
  return {.what = what,
          .name = name,
          .type = type,
          .wanted = wanted,
          .found = {wanted},
          .holds = true,
          .cause = {},
          .problem = {}};
}

Self self() {
  Self self;
  self.address = "192.0.2.10";
  self.helo = "mx.probe.test";
  self.records = {record("dkim r1", "r1._domainkey.probe.test", "TXT", "v=DKIM1; k=rsa; p=MIIB…"),
                  record("dkim e1", "e1._domainkey.probe.test", "TXT", "v=DKIM1; k=ed25519; p=11qY…")};
  return self;
}

/// The last session came to this instead.
Document with_attempt(void (*change)(Attempt&)) {
  auto document = good_delivery();
  auto& probe = document.probes.front();
  change(*probe.smtp);
  probe.attempts = {*probe.smtp};
  if (probe.smtp->outcome != Outcome::accepted) {
    probe.mailbox.reset();
    probe.watch.reset();
  }
  return document;
}

void refuse(Attempt& attempt, int code, const char* enhanced, const char* text, Cause cause) {
  attempt.outcome = code < 500 ? Outcome::temporary : Outcome::rejected;
  attempt.phase = "rcpt";
  attempt.reply = ReplyFacts{code, enhanced, text};
  attempt.cause = cause;
  attempt.error = "RCPT TO was refused with " + std::to_string(code);
}

void stop(Attempt& attempt, const char* phase, Cause cause, const char* error) {
  attempt.outcome = Outcome::not_sent;
  attempt.phase = phase;
  attempt.reply.reset();
  attempt.cause = cause;
  attempt.error = error;
  attempt.tls.reset();
  attempt.capabilities.clear();
}

void bad_certificate(Attempt& attempt, Cause cause, const char* detail) {
  attempt.tls->verified = Verification{"fail", cause, detail};
}

/// Nothing was sent, nobody was connected to.
Document without_route(MxShape shape, const char* problem, std::optional<Cause> cause) {
  auto document = good_delivery();
  document.target.shape = shape;
  document.target.problem = problem;
  document.target.cause = cause;
  document.target.mx.clear();
  document.target.policies.clear();
  auto& probe = document.probes.front();
  probe.sent.reset();
  probe.attempts.clear();
  probe.smtp.reset();
  probe.watch.reset();
  probe.mailbox.reset();
  return document;
}

Document without_copy() {
  auto document = good_delivery();
  document.probes.front().mailbox.reset();
  return document;
}

}  // namespace

Raw raw_of(std::string_view bytes) { return {.base64 = base64(bytes), .path = {}, .sha256 = hex(sha256(bytes))}; }

Document good_delivery() {
  Document document;
  document.run = {.id = "20260131T120000Z-k7q3zx",
                  .version = "0.1.0",
                  .started = at("2026-01-31T12:00:00Z"),
                  .finished = at("2026-01-31T12:00:00.500Z"),
                  .command = "send --to reflector@target.test",
                  .scenario = {},
                  .target = "reflector@target.test",
                  .exit = {}};
  document.self = self();
  document.target = target();
  document.probes = {probe()};
  return document;
}

Document footer_delivery() {
  auto document = good_delivery();
  auto& copy = *document.probes.front().mailbox;
  const auto sent = sent_header() + body(), intact = trace_header() + sent;
  copy.raw = raw_of(intact + std::string(footer));
  const auto sent_end = static_cast<std::int64_t>(sent.size()), end = static_cast<std::int64_t>(intact.size());
  for (auto& dkim : copy.dkim) {
    dkim.result = auth::DkimOutcome::fail;
    dkim.reason = "body hash mismatch";
    dkim.body_ok = false;
    dkim.mutation = {
        {.kind = "footer-appended",
         .part = "body",
         .sent = auth::ByteRange{sent_end, sent_end},
         .received = auth::ByteRange{end, end + static_cast<std::int64_t>(footer.size())},
         .diff = " Id: " + std::string(probe_id) + "\n+--\n+Checked by footer.test, the careful provider.\n"}};
  }
  copy.dmarc.aligned_dkim = false;
  return document;
}

Document junk_delivery() {
  auto document = good_delivery();
  auto& copy = *document.probes.front().mailbox;
  copy.folder = "Junk";
  copy.special_use = "\\Junk";
  copy.filter = {"X-Spam-Status: Yes, score=7.2 required=5.0 tests=BAYES_99,HTML_MESSAGE", "X-Spam-Flag: YES"};
  return document;
}

Document rejected() {
  return with_attempt([](Attempt& attempt) { refuse(attempt, 550, "5.1.1", "no such user here", Cause::refused); });
}

Document blocked() {
  return with_attempt([](Attempt& attempt) {
    refuse(attempt, 554, "5.7.1", "192.0.2.10 is blocked using zen.spamhaus.org", Cause::blocked);
  });
}

Document greylisted() {
  return with_attempt([](Attempt& attempt) {
    refuse(attempt, 451, "4.7.1", "Greylisted, try again in 300 seconds", Cause::greylisted);
  });
}

Document without_starttls() {
  return with_attempt([](Attempt& attempt) {
    stop(attempt, "starttls", Cause::unsupported, "the server does not offer STARTTLS; nothing is sent in plain text");
    attempt.starttls_offered = false;
    attempt.capabilities = {"PIPELINING", "SIZE 52428800", "8BITMIME"};
  });
}

Document old_tls() {
  return with_attempt(
      [](Attempt& attempt) { stop(attempt, "tls", Cause::unsupported, "TLS handshake: alert protocol_version"); });
}

Document expired_certificate() {
  return with_attempt([](Attempt& attempt) {
    bad_certificate(attempt, Cause::expired, "certificate has expired");
    attempt.tls->certificates.front().not_after = at("2026-01-30T00:00:00Z");
  });
}

Document wrong_name() {
  return with_attempt([](Attempt& attempt) {
    bad_certificate(attempt, Cause::wrong_name, "mx1.target.test is not among the certificate's names: other.test");
    attempt.tls->certificates.front().names = {"other.test"};
  });
}

Document self_signed() {
  return with_attempt([](Attempt& attempt) {
    bad_certificate(attempt, Cause::self_signed, "self-signed certificate");
    attempt.tls->certificates.front().issuer = attempt.tls->certificates.front().subject;
  });
}

Document possibly_delivered() {
  auto document = without_copy();
  auto& probe = document.probes.front();
  auto& attempt = *probe.smtp;
  attempt.outcome = Outcome::unknown;
  attempt.phase = "dot";
  attempt.reply.reset();
  attempt.cause = Cause::possibly_delivered;
  attempt.error = "possibly delivered: the message was sent whole and no reply came: connection lost";
  probe.attempts = {attempt};
  probe.watch->completed = true;
  probe.watch->waited_ms = 300'000;
  return document;
}

Document timed_out() {
  auto document = without_copy();
  document.probes.front().watch->completed = true;
  document.probes.front().watch->waited_ms = 300'000;
  return document;
}

Document interrupted() {
  auto document = without_copy();
  document.run.interrupted = true;
  document.probes.front().watch->cause = Cause::interrupted;
  document.probes.front().watch->error = "interrupted";
  return document;
}

Document unwatched() {
  auto document = without_copy();
  document.probes.front().watch.reset();
  return document;
}

Document mailbox_lost() {
  auto document = without_copy();
  document.probes.front().watch->cause = Cause::unreachable;
  document.probes.front().watch->error = "imap.target.test: connection lost";
  return document;
}

Document via_relay() {
  auto document = good_delivery();
  document.target =
      Target{.domain = "target.test", .shape = MxShape::none, .problem = {}, .cause = {}, .mx = {}, .policies = {}};
  auto& probe = document.probes.front();
  probe.via = "relay";
  probe.smtp->host = "relay.probe.test";
  probe.smtp->address = "192.0.2.20";
  probe.smtp->port = 587;
  probe.attempts = {*probe.smtp};
  return document;
}

Document our_port_25() {
  auto document = with_attempt([](Attempt& attempt) {
    stop(attempt, "connect", Cause::our_port_25, "no answer within 10 s");
    attempt.events.clear();
    attempt.starttls_offered = false;
  });
  auto first = document.probes.front().attempts.front();
  first.address = "192.0.2.2";
  first.host = "mx2.target.test";
  first.cause = Cause::timed_out;
  document.probes.front().attempts.insert(document.probes.front().attempts.begin(), first);
  document.self.port25 = "presumed-closed";
  return document;
}

Document no_such_domain() { return without_route(MxShape::nxdomain, "there is no such domain (NXDOMAIN)", {}); }

Document null_mx() { return without_route(MxShape::null_mx, "the domain takes no mail (null MX, RFC 7505)", {}); }

Document bogus_domain() {
  auto document = without_route(MxShape::failed, "MX of target.test: bogus (DNSSEC): signature expired", Cause::bogus);
  document.target.dnssec = Dnssec::bogus;
  return document;
}

Document forged_results() {
  auto document = good_delivery();
  auto& results = document.probes.front().mailbox->authentication_results;
  results.front().trusted = false;
  results.front().authserv_id = "somebody.else.test";
  return document;
}

Document partly_surviving() {
  auto document = good_delivery();
  for (auto& dkim : document.probes.front().mailbox->dkim) {
    if (dkim.canonicalization != "simple/simple") continue;
    dkim.result = auth::DkimOutcome::fail;
    dkim.reason = "signature mismatch: header changed";
    dkim.header_ok = false;
    dkim.mutation = {{.kind = "header-refolded",
                      .part = "Subject",
                      .sent = {},
                      .received = {},
                      .diff = "-Subject: Test message of mailprobe\n+Subject: Test message\n+ of mailprobe\n"}};
  }
  return document;
}

Document doctor_good() {
  Document document;
  document.run = {.id = "20260131T120000Z-doctor",
                  .version = "0.1.0",
                  .started = at("2026-01-31T12:00:00Z"),
                  .finished = at("2026-01-31T12:00:01Z"),
                  .command = "doctor",
                  .scenario = {},
                  .target = {},
                  .exit = {}};
  document.self = self();
  document.self.ptr = "mx.probe.test";
  document.self.port25 = "open";
  document.self.clock_skew = 0;
  for (auto extra :
       {record("spf", "probe.test", "TXT", "v=spf1 ip4:192.0.2.10 -all"),
        record("dmarc", "_dmarc.probe.test", "TXT", "v=DMARC1; p=reject"),
        record("mx", "probe.test", "MX", "10 mx.probe.test"), record("address", "mx.probe.test", "A", "192.0.2.10"),
        record("ptr", "10.2.0.192.in-addr.arpa", "PTR", "mx.probe.test"),
        record("helo", "mx.probe.test", "A", "192.0.2.10")})
    document.self.records.push_back(std::move(extra));
  return document;
}

Document doctor_bad() {
  auto document = doctor_good();
  auto& self = document.self;
  self.ptr.reset();
  self.port25 = "closed";
  self.clock_skew = 900;
  for (auto& record : self.records) {
    if (record.what != "dkim r1" && record.what != "ptr" && record.what != "helo") continue;
    record.found.clear();
    record.holds = false;
    record.problem = "there is no such record";
  }
  self.records[1].holds = false;
  self.records[1].cause = Cause::dns_failure;
  self.records[1].problem = "SERVFAIL";
  return document;
}

void PrintTo(const NamedDocument& named, std::ostream* os) { *os << named.name; }

std::vector<NamedDocument> all_documents() {
  return {{"good_delivery", good_delivery()},
          {"footer_delivery", footer_delivery()},
          {"junk_delivery", junk_delivery()},
          {"rejected", rejected()},
          {"blocked", blocked()},
          {"greylisted", greylisted()},
          {"without_starttls", without_starttls()},
          {"old_tls", old_tls()},
          {"expired_certificate", expired_certificate()},
          {"wrong_name", wrong_name()},
          {"self_signed", self_signed()},
          {"possibly_delivered", possibly_delivered()},
          {"timed_out", timed_out()},
          {"interrupted", interrupted()},
          {"unwatched", unwatched()},
          {"mailbox_lost", mailbox_lost()},
          {"via_relay", via_relay()},
          {"our_port_25", our_port_25()},
          {"no_such_domain", no_such_domain()},
          {"null_mx", null_mx()},
          {"bogus_domain", bogus_domain()},
          {"forged_results", forged_results()},
          {"partly_surviving", partly_surviving()},
          {"doctor_good", doctor_good()},
          {"doctor_bad", doctor_bad()}};
}

Document hostile(std::string_view payload) {
  const std::string text(payload);
  auto document = footer_delivery();
  document.target.domain = document.target.mx.front().host = text;
  document.target.mx.front().problem = text;
  document.target.policies = {{"spf", text}, {"dmarc", text}};
  auto& probe = document.probes.front();
  auto& attempt = probe.attempts.front();
  attempt.host = attempt.reply->text = text;
  attempt.reply->enhanced = text;
  attempt.capabilities = {text};
  for (auto& event : attempt.events) event.text = text;
  auto& leaf = attempt.tls->certificates.front();
  leaf.subject = leaf.issuer = text;
  leaf.names = {text};
  attempt.tls->verified = Verification{"fail", Cause::wrong_name, text};
  probe.smtp = attempt;
  auto& copy = *probe.mailbox;
  copy.folder = text;
  copy.special_use = text;
  copy.filter = {"X-Spam-Status: " + text, text};
  for (auto& hop : copy.hops) hop.from = hop.by = hop.protocol = text;
  copy.hops.front().tls = text;
  copy.authentication_results = {{text, true, {{text, text, text, {{text, text}}}}, text}};
  copy.spf->mechanism = copy.spf->domain = copy.spf->explanation = copy.spf->reason = text;
  for (auto& dkim : copy.dkim) {
    dkim.domain = dkim.selector = dkim.reason = text;
    dkim.mutation = {{text, text, {}, {}, "+" + text + "\n"}};
  }
  copy.dmarc.domain = copy.dmarc.reason = text;
  copy.dmarc.claimed_disposition = text;
  probe.watch->folders = {text};
  probe.watch->error = text;
  return document;
}

}  // namespace mailprobe::test
