// Probes that came in, as plain data: what answers are tried on.
#pragma once

#include "reflector/answer.h"

namespace mailprobe::test {

inline const std::string probe_id = "abcdefghijklmnopqrstuvwxyz";

/// Over TLSv1.3, everything passes.
inline reflector::Arrival good_arrival() {
  reflector::Arrival arrival;
  arrival.raw =
      "From: probe@probe.test\r\nTo: reflector@reflector.test\r\nSubject: Test message of mailprobe\r\n"
      "Message-ID: <" +
      probe_id + "@probe.test>\r\nX-Mailprobe-Id: " + probe_id + "\r\nAuto-Submitted: no\r\n\r\nbody\r\n";
  arrival.received = *parse_rfc3339("2026-01-31T12:00:00Z");
  auto& session = arrival.session;
  session.address = "192.0.2.10";
  session.ptr = "mx.probe.test";
  session.ptr_confirmed = true;
  session.helo = "mx.probe.test";
  session.mail_from = "probe+" + probe_id + "@probe.test";
  session.recipients = {"reflector@reflector.test"};
  session.started = arrival.received;
  session.end = "quit";
  session.events = {{0, Direction::out, "220 mx.reflector.test ESMTP"}, {1, Direction::in, "EHLO mx.probe.test"}};
  session.tls.emplace();
  session.tls->version = "TLSv1.3";
  session.tls->cipher = "TLS_AES_256_GCM_SHA384";
  session.tls->group = "x25519";
  arrival.spf.emplace();
  arrival.spf->result = auth::SpfOutcome::pass;
  arrival.spf->domain = "probe.test";
  arrival.spf->mechanism = "ip4:192.0.2.10";
  arrival.spf->identity = "mailfrom";
  auth::Dkim dkim;
  dkim.index = 1;
  dkim.domain = "probe.test";
  dkim.selector = "r1";
  dkim.algorithm = "rsa-sha256";
  dkim.canonicalization = "relaxed/relaxed";
  dkim.result = auth::DkimOutcome::pass;
  arrival.dkim = {dkim};
  dkim.index = 2;
  dkim.selector = "e1";
  dkim.result = auth::DkimOutcome::fail;
  dkim.reason = "body hash mismatch";
  arrival.dkim.push_back(dkim);
  arrival.dmarc.result = auth::DmarcOutcome::pass;
  arrival.dmarc.domain = "probe.test";
  arrival.dmarc.policy = auth::DmarcPolicy::reject;
  arrival.dmarc.aligned_spf = true;
  arrival.dmarc.aligned_dkim = true;
  return arrival;
}

inline reflector::Answer answer_to(const reflector::Arrival& arrival) {
  return {.id = "zyxwvutsrqponmlkjihgfedcba",
          .probe = probe_id,
          .from = Mailbox::parse("reflector@reflector.test").value(),
          .to = Mailbox::parse("probe+" + probe_id + "@probe.test").value(),
          .contact = "postmaster@reflector.test",
          .in_reply_to = reflector::message_id_of(arrival.raw),
          .date = *parse_rfc3339("2026-01-31T12:00:01Z")};
}

}  // namespace mailprobe::test
