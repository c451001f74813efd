// What may go wrong with a delivery, each a change of the good one.
#include <ostream>

#include "base/encoding.h"
#include "evidence/assess.h"
#include "tests/support/documents.h"

namespace mailprobe::test {

using namespace evidence;

namespace {

constexpr std::string_view footer = "-- \r\nChecked by footer.test, the careful provider.\r\n";

Time at(const char* text) { return parse_rfc3339(text).value(); }

std::string bytes_of(const Raw& raw) { return from_base64(raw.base64.value()).value(); }

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

Document footer_delivery() {
  auto document = good_delivery();
  auto& copy = *document.probes.front().mailbox;
  const auto sent = bytes_of(document.probes.front().sent->raw), intact = bytes_of(copy.raw);
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
         .diff = " Id: " + document.probes.front().id + "\n+--\n+Checked by footer.test, the careful provider.\n"}};
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

Document blocked_by_a_list() {
  auto document = blocked();
  document.self.records.push_back({.what = "blocklist",
                                   .name = "10.2.0.192.zen.example",
                                   .type = {},
                                   .wanted = "no answer",
                                   .found = {"127.0.0.2"},
                                   .cause = {},
                                   .problem = "lists 192.0.2.10"});
  conclude(document, evidence::embedded);
  return document;
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

/// Of the good delivery's session the part before MAIL.
Document inspected() {
  auto document = good_delivery();
  const auto attempt = document.probes.front().attempts.front();
  document.probes.clear();
  document.run.command = "mailprobe inspect target.test";
  document.run.target = "target.test";
  auto& host = document.target.mx.front();
  for (auto& address : host.addresses) {
    auto& session = address.session.emplace(attempt);
    session.host = host.host;
    session.address = address.ip;
    session.outcome = Outcome::not_sent;
    session.phase = "quit";
    session.reply.reset();
    address.ptr = host.host;
    address.ptr_confirmed = true;
    address.tls = {*session.tls};
  }
  stop(*host.addresses[1].session, "banner", Cause::blocked, "the connection was refused with 554");
  host.addresses[1].session->reply = ReplyFacts{554, "5.7.1", "blocked using a list"};
  host.addresses[1].tls.clear();
  host.caa = {CaaRecord{"target.test", false, "issue", "ca.example", {}}};
  document.target.mx.pop_back();
  document.target.ns = {NameServer{"ns.target.test", {"192.0.2.53", "2001:db8::53"}}};
  document.target.caa = host.caa;
  document.target.dmarc_domain = "target.test";
  document.target.spf_survey = {.lookups = 2,
                                .senders = {{"target.test", "mx", auth::SpfOutcome::pass, {"192.0.2.1", "2001:db8::1"}},
                                            {"mail.example", "ip4:198.51.100.0/24", auth::SpfOutcome::softfail, {}},
                                            {"mail.example", "exists:%{i}.s.test", auth::SpfOutcome::pass, {}}},
                                .rest = auth::SpfOutcome::fail,
                                .problems = {},
                                .failures = {}};
  document.target.spf_survey->senders[1].networks = {"198.51.100.0/24"};
  document.target.policies["bimi"] = "v=BIMI1; l=https://target.test/logo.svg";
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
          {"reported", reported()},
          {"mailbox_lost", mailbox_lost()},
          {"via_relay", via_relay()},
          {"our_port_25", our_port_25()},
          {"no_such_domain", no_such_domain()},
          {"null_mx", null_mx()},
          {"bogus_domain", bogus_domain()},
          {"forged_results", forged_results()},
          {"partly_surviving", partly_surviving()},
          {"answered", answered()},
          {"answered_badly", answered_badly()},
          {"bounced", bounced()},
          {"unanswered", unanswered()},
          {"trapped", trapped()},
          {"looked_up", looked_up()},
          {"unread_lookups", unread_lookups()},
          {"inspected", inspected()},
          {"scenario_run", scenario_run()},
          {"enforcement_run", enforcement_run()},
          {"compared", compared()},
          {"doctor_good", doctor_good()},
          {"doctor_bad", doctor_bad()},
          {"tls_surveyed", tls_surveyed()},
          {"tls_weak", tls_weak()}};
}

/// What comes to our receiver.
void taint_answers(Probe& probe, const std::string& text) {
  const auto other = bounced();
  auto reply = *other.probes.front().reply;
  auto& session = reply.session;
  session.ptr = session.helo = session.mail_from = text;
  session.recipients = {text};
  for (auto& event : session.events) event.text = text;
  session.tls->sni = session.tls->cipher = text;
  reply.spf->domain = reply.spf->reason = text;
  auth::Dkim dkim;
  dkim.domain = dkim.selector = dkim.reason = text;
  reply.dkim = {dkim};
  reply.dmarc.domain = reply.dmarc.reason = text;
  reply.statuses = {{text, text, text, text, text, text}};
  probe.reply = reply;
  probe.replies = {reply};
  probe.sessions = {session};
  probe.reply_watch = other.probes.front().reply_watch;
  probe.reply_watch->error = text;
}

Document hostile(std::string_view payload) {
  const std::string text(payload);
  auto document = footer_delivery();
  document.target.domain = document.target.mx.front().host = text;
  document.target.mx.front().problem = text;
  document.target.policies = {{"spf", text}, {"dmarc", text}};
  document.target.dmarc_domain = text;
  document.target.spf_survey = {
      .senders = {{text, text, auth::SpfOutcome::pass, {text}}}, .rest = {}, .problems = {text}, .failures = {text}};
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
  auto& survey = document.target.mx.front().addresses.front().survey.emplace();
  survey.suites = survey.groups = {{text, TlsAnswer::accepted}};
  survey.preference = survey.preferred_suite = text;
  survey.steps = {{text, text}};
  survey.omitted = {{text, {}, text}};
  OcspFacts ocsp;
  ocsp.status = text;
  ocsp.reason = ocsp.problem = text;
  survey.chains = {{text, {leaf}, Verification{"fail", {}, text}, DaneFacts{"fail", text, {}, {}, text}, true, ocsp}};
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
  probe.reports = hostile_reports(text);
  taint_answers(probe, text);
  taint_traps(probe, text);
  return document;
}

}  // namespace mailprobe::test
