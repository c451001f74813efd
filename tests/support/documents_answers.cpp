// Runs that waited for an answer, and what came.
#include "base/encoding.h"
#include "tests/support/documents.h"

namespace mailprobe::test {

using namespace evidence;

namespace {

constexpr std::string_view answer =
    "DKIM-Signature: v=1; a=rsa-sha256; d=target.test; s=t1; bh=YQ==; b=YW5zd2Vy\r\n"
    "Date: Sat, 31 Jan 2026 12:00:04 +0000\r\n"
    "From: reflector@target.test\r\n"
    "To: probe@probe.test\r\n"
    "Message-ID: <answer@target.test>\r\n"
    "\r\n"
    "It came.\r\n";

TlsFacts negotiated() {
  return {.version = "TLSv1.3",
          .cipher = "TLS_AES_256_GCM_SHA384",
          .group = "x25519",
          .sni = "mx.probe.test",
          .peer_signature = {},
          .certificates = {},
          .verified = {},
          .dane = {}};
}

std::vector<Event> dialogue() {
  using enum Direction;
  return {{0, out, "220 mx.probe.test ESMTP mailprobe receiver"},
          {1, in, "EHLO mx1.target.test"},
          {1, out, "250-mx.probe.test"},
          {1, out, "250 STARTTLS"},
          {2, in, "STARTTLS"},
          {2, out, "220 2.0.0 ready"},
          {6, in, "MAIL FROM:<reflector@target.test>"},
          {9, out, "250 2.0.0 Kept"},
          {10, in, "QUIT"}};
}

Session session(const std::string& token) {
  Session session;
  session.probe = token;
  session.address = "192.0.2.1";
  session.ptr = "mx1.target.test";
  session.ptr_confirmed = true;
  session.helo = "mx1.target.test";
  session.helo_addresses = {"192.0.2.1"};
  session.tls = negotiated();
  session.mail_from = "reflector@target.test";
  session.recipients = {"probe+" + token + "@probe.test"};
  session.events = dialogue();
  session.started = parse_rfc3339("2026-01-31T12:00:04Z").value();
  session.duration_ms = 10;
  session.end = "quit";
  return session;
}

auth::Spf spf_pass() {
  return {.result = auth::SpfOutcome::pass,
          .domain = "target.test",
          .mechanism = "mx",
          .path = {{"target.test", "mx"}},
          .lookups = 1,
          .identity = "mailfrom",
          .reason = {},
          .explanation = {}};
}

auth::Dkim signature() {
  return {.index = 1,
          .domain = "target.test",
          .selector = "t1",
          .algorithm = "rsa-sha256",
          .canonicalization = "relaxed/relaxed",
          .header_b = "YW5zd2Vy",
          .result = auth::DkimOutcome::pass,
          .reason = {},
          .header_ok = true,
          .body_ok = true,
          .key_bits = 2048,
          .mutation = {}};
}

auth::Dmarc dmarc_pass() {
  auth::Dmarc dmarc;
  dmarc.result = auth::DmarcOutcome::pass;
  dmarc.domain = dmarc.record_domain = "target.test";
  dmarc.policy = auth::DmarcPolicy::reject;
  dmarc.disposition = auth::DmarcPolicy::none;
  dmarc.aligned_spf = dmarc.aligned_dkim = true;
  return dmarc;
}

/// Without a mailbox to look into: what is known of the delivery, the answers say.
Document waited() {
  auto document = unwatched();
  auto& probe = document.probes.front();
  probe.reply_watch = ReplyWatch{.address = "probe+" + probe.id + "@probe.test",
                                 .wanted = true,
                                 .listening = {"192.0.2.10 port 25"},
                                 .places = {"192.0.2.10 port 25"},
                                 .completed = true,
                                 .waited_ms = 4000,
                                 .cause = {},
                                 .error = {}};
  return document;
}

void add(Probe& probe, Reply reply) {
  probe.sessions.push_back(reply.session);
  if (!probe.reply) probe.reply = reply;
  probe.replies.push_back(std::move(reply));
}

Reply bounce_of(const Probe& probe) {
  Reply reply;
  reply.delay_ms = 2100;
  reply.kind = AnswerKind::bounce;
  reply.session = session(probe.id);
  reply.session.mail_from = "";
  reply.raw = raw_of("From: MAILER-DAEMON@mx1.target.test\r\n\r\nSorry.\r\n");
  reply.spf = spf_pass();
  reply.spf->result = auth::SpfOutcome::none;
  reply.spf->identity = "helo";
  reply.spf->domain = "mx1.target.test";
  reply.dmarc.result = auth::DmarcOutcome::none;
  reply.dmarc.domain = "mx1.target.test";
  reply.statuses = {{.recipient = "reflector@target.test",
                     .action = "failed",
                     .status = "5.1.1",
                     .diagnostic = "550 5.1.1 No such user",
                     .remote_mta = "mx.inner.test",
                     .reporting_mta = "mx1.target.test"}};
  return reply;
}

}  // namespace

Document answered() {
  auto document = waited();
  auto& probe = document.probes.front();
  Reply reply;
  reply.delay_ms = 4000;
  reply.kind = AnswerKind::person;
  reply.session = session(probe.id);
  reply.raw = raw_of(answer);
  reply.spf = spf_pass();
  reply.dkim = {signature()};
  reply.dmarc = dmarc_pass();
  add(probe, std::move(reply));
  return document;
}

Document answered_badly() {
  auto document = answered();
  auto& probe = document.probes.front();
  auto& reply = probe.replies.front();
  reply.session.tls.reset();
  reply.session.ptr.reset();
  reply.session.ptr_confirmed = false;
  reply.session.helo = "localhost";
  reply.spf->result = auth::SpfOutcome::softfail;
  reply.dkim.front().result = auth::DkimOutcome::fail;
  reply.dkim.front().reason = "body hash mismatch";
  reply.dmarc.result = auth::DmarcOutcome::fail;
  reply.dmarc.aligned_spf = reply.dmarc.aligned_dkim = false;
  std::erase_if(reply.session.events,
                [](const Event& event) { return event.dir == Direction::in && event.text == "STARTTLS"; });
  probe.reply = reply;
  probe.sessions = {reply.session};
  return document;
}

Document bounced() {
  auto document = waited();
  auto& probe = document.probes.front();
  add(probe, bounce_of(probe));
  return document;
}

Document unanswered() { return waited(); }

}  // namespace mailprobe::test
