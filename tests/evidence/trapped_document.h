// A run whose probe asked for answers to all our traps, and what may come to them.
#pragma once

#include "evidence/traps.h"
#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {

enum class Way { tls, plain, gone, refused, alert };

/// A session that somebody opened to a trap, so many minutes after the message went out.
inline Session session(std::string_view trap, Way way, int minute, std::string address = "192.0.2.1") {
  Session one;
  one.trap = trap;
  one.address = std::move(address);
  one.helo = "mx1.target.test";
  one.started = parse_rfc3339("2026-01-31T12:00:00Z").value() + std::chrono::minutes(minute);
  if (way == Way::alert) one.tls_alert = "unknown_ca";
  if (way != Way::plain && way != Way::alert) one.tls.emplace().version = "TLSv1.3";
  if (way != Way::gone && way != Way::alert) one.mail_from = "someone@target.test";
  if (way == Way::refused) one.probe = "id";
  if (way == Way::tls || way == Way::plain) one.recipients = {"probe+ID@trap." + std::string(trap)};
  one.end = way == Way::gone ? "closed" : "quit";
  return one;
}

/// The controls were served within a minute; all of trap_wait is over.
inline Document trapped() {
  auto document = test::good_delivery();
  auto& probe = document.probes.front();
  probe.traps.emplace();
  for (const auto& one : trap_cases)
    probe.traps->asked.push_back({std::string(one.name), "probe+id@trap-" + std::string(one.name) + ".probe.test"});
  probe.traps->waited_ms = 4 * 3'600'000;
  probe.traps->completed = true;
  for (const auto name : {trap::good, trap::dane_right, trap::sts_right})
    probe.sessions.push_back(session(name, Way::tls, 1));
  return document;
}

inline Document without_traps(Document document) {
  document.probes.front().traps.reset();
  document.findings = assess(document, embedded);
  return document;
}

inline void came(Document& document, std::string_view trap, Way way, int minute, std::string address = "192.0.2.1") {
  document.probes.front().sessions.push_back(session(trap, way, minute, std::move(address)));
}
inline void lose(Document& document, std::string_view trap) {
  std::erase_if(document.probes.front().sessions, [&](const Session& one) { return one.trap == trap; });
}
/// As who answers to the first address of a list.
inline void answer_to_good_alone(Document& document) {
  lose(document, trap::dane_right);
  lose(document, trap::sts_right);
}
inline void too_early(Document& document) {
  document.probes.front().traps->completed = false;
  document.probes.front().traps->waited_ms = 300'000;
}
/// Our receiver was not there all the while.
inline void unattended(Document& document) {
  auto& watch = *document.probes.front().traps;
  watch.completed = false;
  const auto from = parse_rfc3339("2026-01-31T12:05:00Z").value();
  watch.unattended.push_back({from, from + std::chrono::hours(1)});
}
/// A call there that our receiver had no place for.
inline void turn_away(Document& document, std::string_view trap, int minute = 3) {
  auto& one = document.probes.front().sessions.emplace_back(session(trap, Way::gone, minute));
  one.helo.reset();
  one.tls.reset();
  one.end = "refused";
  one.events = {{0, Direction::out, "421 4.3.2 Too many connections from your address, please try again later"}};
}
/// It saw the certificate, and then our receiver went down.
inline void go_down(Document& document, std::string_view trap) {
  auto& one = document.probes.front().sessions.emplace_back(session(trap, Way::gone, 3));
  one.end = "refused";
  one.events = {{0, Direction::out, "421 4.3.2 Going down, please try again later"}};
}
inline void leave_out(Document& document, std::string_view trap, std::string reason) {
  auto& watch = *document.probes.front().traps;
  std::erase_if(watch.asked, [&](const TrapAsked& one) { return one.name == trap; });
  watch.left_out.push_back({std::string(trap), std::move(reason)});
}
inline void report(Document& document, std::string domain, std::int64_t failed) {
  auto& one = document.probes.front().reports.emplace_back();
  one.kind = "tls";
  one.domain = std::move(domain);
  one.failed = failed;
  one.policy = "tlsa";
  if (failed > 0) one.rows = {{.count = failed, .result_type = "validation-failure"}};
}

/// A bounce of mail to the trap, which came back to the probe's reverse-path.
inline void bounced(Document& document, std::string_view trap, std::string action, std::string status) {
  auto& reply = document.probes.front().replies.emplace_back();
  reply.kind = AnswerKind::bounce;
  reply.session = session(trap::good, Way::tls, 3);
  reply.session.trap.reset();
  reply.statuses.push_back({.recipient = "Probe+id@trap-" + std::string(trap) + ".probe.test",
                            .action = std::move(action),
                            .status = std::move(status)});
}
inline void early_bounce(Document& document, std::string_view trap, std::string action, std::string status) {
  too_early(document);
  bounced(document, trap, std::move(action), std::move(status));
}

/// Nobody speaks TLS 1.3 anywhere.
inline void speak_tls12(Document& document) {
  for (auto& one : document.probes.front().sessions)
    if (one.tls) one.tls->version = "TLSv1.2";
}

inline constexpr auto dane = "outbound.dane-enforced", sts = "outbound.mta-sts-enforced",
                      dnssec = "outbound.dnssec-validates", downgrade = "outbound.downgrade",
                      greylist = "outbound.greylist-retry", starttls = "outbound.starttls",
                      version = "outbound.tls-version", ipv6 = "outbound.ipv6";

/// The control came in plain text: who sends has no TLS at all.
inline void without_tls(Document& document) {
  lose(document, trap::good);
  came(document, trap::good, Way::plain, 1);
}

}  // namespace mailprobe::evidence
