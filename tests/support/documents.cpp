#include "tests/support/documents.h"

#include "base/encoding.h"
#include "base/text.h"

namespace mailprobe::test {

using namespace evidence;

namespace {

constexpr std::string_view probe_id = "k7q3zx5w2m4n6p8r0s1t3v5x7y";

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
  MxHost host;
  host.host = name;
  host.preference = preference;
  host.dnssec = Dnssec::secure;
  host.addresses = std::move(addresses);
  return host;
}

MxAddress address(const char* ip) {
  MxAddress address;
  address.ip = ip;
  address.dnssec = Dnssec::secure;
  return address;
}

Target target() {
  Target target;
  target.domain = "target.test";
  target.shape = MxShape::mx;
  target.dnssec = Dnssec::secure;
  target.mx = {host("mx1.target.test", 10, {address("192.0.2.1"), address("2001:db8::1")}),
               host("mx2.target.test", 20, {address("192.0.2.2")})};
  target.policies = {{"spf", "v=spf1 mx -all"},
                     {"dmarc", "v=DMARC1; p=reject; rua=mailto:dmarc@target.test"},
                     {"tlsrpt", "v=TLSRPTv1; rua=mailto:tls@target.test"}};
  return target;
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
        record("helo spf", "mx.probe.test", "TXT", "v=spf1 a -all"),
        record("dmarc", "_dmarc.probe.test", "TXT", "v=DMARC1; p=reject"),
        record("tlsrpt", "_smtp._tls.probe.test", "TXT", "v=TLSRPTv1; rua=mailto:tlsrpt@probe.test"),
        record("mx", "probe.test", "MX", "10 mx.probe.test"), record("address", "mx.probe.test", "A", "192.0.2.10"),
        record("ptr", "10.2.0.192.in-addr.arpa", "PTR", "mx.probe.test"),
        record("helo", "mx.probe.test", "A", "192.0.2.10")})
    document.self.records.push_back(std::move(extra));
  return document;
}

}  // namespace mailprobe::test
