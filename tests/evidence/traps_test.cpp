// What mail to our traps, or its absence, says about who sends.
#include "evidence/traps.h"

#include "evidence/json.h"
#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

using test::CheckRow;
using enum Verdict;

enum class Way { tls, plain, gone, refused, alert };

/// A session that somebody opened to a trap, so many minutes after the message went out.
Session session(std::string_view trap, Way way, int minute, std::string address = "192.0.2.1") {
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
Document trapped() {
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

Document without_traps(Document document) {
  document.probes.front().traps.reset();
  document.findings = assess(document, embedded);
  return document;
}

void came(Document& document, std::string_view trap, Way way, int minute, std::string address = "192.0.2.1") {
  document.probes.front().sessions.push_back(session(trap, way, minute, std::move(address)));
}
void lose(Document& document, std::string_view trap) {
  std::erase_if(document.probes.front().sessions, [&](const Session& one) { return one.trap == trap; });
}
/// As who answers to the first address of a list.
void answer_to_good_alone(Document& document) {
  lose(document, trap::dane_right);
  lose(document, trap::sts_right);
}
void too_early(Document& document) {
  document.probes.front().traps->completed = false;
  document.probes.front().traps->waited_ms = 300'000;
}
/// Our receiver was not there all the while.
void unattended(Document& document) {
  auto& watch = *document.probes.front().traps;
  watch.completed = false;
  const auto from = parse_rfc3339("2026-01-31T12:05:00Z").value();
  watch.unattended.push_back({from, from + std::chrono::hours(1)});
}
/// A call there that our receiver had no place for.
void turn_away(Document& document, std::string_view trap, int minute = 3) {
  auto& one = document.probes.front().sessions.emplace_back(session(trap, Way::gone, minute));
  one.helo.reset();
  one.tls.reset();
  one.end = "refused";
  one.events = {{0, Direction::out, "421 4.3.2 Too many connections from your address, please try again later"}};
}
/// It saw the certificate, and then our receiver went down.
void go_down(Document& document, std::string_view trap) {
  auto& one = document.probes.front().sessions.emplace_back(session(trap, Way::gone, 3));
  one.end = "refused";
  one.events = {{0, Direction::out, "421 4.3.2 Going down, please try again later"}};
}
void leave_out(Document& document, std::string_view trap, std::string reason) {
  auto& watch = *document.probes.front().traps;
  std::erase_if(watch.asked, [&](const TrapAsked& one) { return one.name == trap; });
  watch.left_out.push_back({std::string(trap), std::move(reason)});
}
void report(Document& document, std::string domain, std::int64_t failed) {
  auto& one = document.probes.front().reports.emplace_back();
  one.kind = "tls";
  one.domain = std::move(domain);
  one.failed = failed;
  one.policy = "tlsa";
  if (failed > 0) one.rows = {{.count = failed, .result_type = "validation-failure"}};
}

/// A bounce of mail to the trap, which came back to the probe's reverse-path.
void bounced(Document& document, std::string_view trap, std::string action, std::string status) {
  auto& reply = document.probes.front().replies.emplace_back();
  reply.kind = AnswerKind::bounce;
  reply.session = session(trap::good, Way::tls, 3);
  reply.session.trap.reset();
  reply.statuses.push_back({.recipient = "Probe+id@trap-" + std::string(trap) + ".probe.test",
                            .action = std::move(action),
                            .status = std::move(status)});
}
void early_bounce(Document& document, std::string_view trap, std::string action, std::string status) {
  too_early(document);
  bounced(document, trap, std::move(action), std::move(status));
}

/// Nobody speaks TLS 1.3 anywhere.
void speak_tls12(Document& document) {
  for (auto& one : document.probes.front().sessions)
    if (one.tls) one.tls->version = "TLSv1.2";
}

constexpr auto dane = "outbound.dane-enforced", sts = "outbound.mta-sts-enforced", dnssec = "outbound.dnssec-validates",
               downgrade = "outbound.downgrade", greylist = "outbound.greylist-retry", starttls = "outbound.starttls",
               version = "outbound.tls-version", ipv6 = "outbound.ipv6";

/// The control came in plain text: who sends has no TLS at all.
void without_tls(Document& document) {
  lose(document, trap::good);
  came(document, trap::good, Way::plain, 1);
}

const CheckRow rows[] = {
    {"dane_went_away",
     [](Document& d) {
       too_early(d);
       came(d, trap::dane_wrong, Way::gone, 2);
     },
     dane,
     pass,
     {},
     {"192.0.2.1 (mx1.target.test) went away after TLS"}},
    {"dane_absent", [](Document&) {}, dane, pass, {}, {"Nothing came", "within 4h"}},
    {"dane_absent_too_early", too_early, dane, inconclusive, Cause::timed_out, {"within 5m"}},
    {"dane_absent_while_nobody_received",
     unattended,
     dane,
     inconclusive,
     Cause::own_limit,
     {"nobody received", "from 2026-01-31T12:05:00Z to 2026-01-31T13:05:00Z"}},
    {"dane_turned_away_by_us",
     [](Document& d) { turn_away(d, trap::dane_wrong); },
     dane,
     inconclusive,
     Cause::own_limit,
     {"turned a call from 192.0.2.1", "421 4.3.2"}},
    {"dane_turned_away_elsewhere", [](Document& d) { turn_away(d, trap::bogus); }, dane, pass},
    {"dane_turned_away_and_went_away",
     [](Document& d) {
       turn_away(d, trap::dane_wrong);
       came(d, trap::dane_wrong, Way::gone, 5);
     },
     dane, pass},
    {"dane_control_turned_away",
     [](Document& d) {
       lose(d, trap::dane_right);
       turn_away(d, trap::dane_right);
     },
     dane, inconclusive, Cause::own_limit},
    {"dane_we_went_down",
     [](Document& d) { go_down(d, trap::dane_wrong); },
     dane,
     inconclusive,
     Cause::own_limit,
     {"421 4.3.2 Going down"}},
    {"dane_turned_away_and_bounced_for_security",
     [](Document& d) {
       turn_away(d, trap::dane_wrong);
       bounced(d, trap::dane_wrong, "failed", "5.7.5");
     },
     dane, pass},
    {"dane_turned_away_and_bounced",
     [](Document& d) {
       turn_away(d, trap::dane_wrong);
       bounced(d, trap::dane_wrong, "failed", "5.0.0");
     },
     dane, inconclusive, Cause::own_limit},
    {"greylist_turned_away_and_bounced",
     [](Document& d) {
       came(d, trap::greylist, Way::refused, 1);
       turn_away(d, trap::greylist);
       bounced(d, trap::greylist, "failed", "4.4.7");
     },
     greylist, inconclusive, Cause::own_limit},
    {"dnssec_turned_away_by_us", [](Document& d) { turn_away(d, trap::bogus); }, dnssec, inconclusive,
     Cause::own_limit},
    {"downgrade_turned_away_by_us", [](Document& d) { turn_away(d, trap::hidden_starttls); }, downgrade, inconclusive,
     Cause::own_limit},
    {"dnssec_absent_while_nobody_received", unattended, dnssec, inconclusive, Cause::own_limit},
    {"downgrade_absent_while_nobody_received", unattended, downgrade, inconclusive, Cause::own_limit},
    {"dane_went_away_while_somebody_received",
     [](Document& d) {
       unattended(d);
       came(d, trap::dane_wrong, Way::gone, 2);
     },
     dane, pass},
    {"dane_reported",
     [](Document& d) {
       too_early(d);
       report(d, "Trap-dane-wrong.probe.test", 2);
     },
     dane,
     pass,
     {},
     {"TLS report"}},
    {"dane_report_without_failures",
     [](Document& d) {
       too_early(d);
       report(d, "trap-dane-wrong.probe.test", 0);
     },
     dane, inconclusive, Cause::timed_out},
    {"dane_report_of_another_trap",
     [](Document& d) {
       too_early(d);
       report(d, "trap-sts-wrong.probe.test", 2);
     },
     dane, inconclusive, Cause::timed_out},
    {"dane_not_enforced",
     [](Document& d) {
       came(d, trap::dane_wrong, Way::gone, 2);
       came(d, trap::dane_wrong, Way::tls, 3, "192.0.2.2");
     },
     dane,
     warn,
     {},
     {"over TLSv1.3, from 192.0.2.2"}},
    {"dane_without_control", [](Document& d) { lose(d, trap::dane_right); }, dane, inconclusive, Cause::no_control},
    {"dane_went_away_without_control",
     [](Document& d) {
       lose(d, trap::dane_right);
       came(d, trap::dane_wrong, Way::gone, 2);
     },
     dane, inconclusive, Cause::no_control},
    {"dane_arrival_needs_no_control",
     [](Document& d) {
       lose(d, trap::dane_right);
       came(d, trap::dane_wrong, Way::tls, 2);
     },
     dane, warn},
    {"dane_interrupted",
     [](Document& d) {
       too_early(d);
       d.run.interrupted = true;
     },
     dane, inconclusive, Cause::interrupted},
    {"dane_rejected",
     [](Document& d) {
       too_early(d);
       came(d, trap::dane_wrong, Way::alert, 2);
     },
     dane,
     pass,
     {},
     {"rejected the certificate (alert unknown_ca)", "192.0.2.1 (mx1.target.test)"}},
    {"dane_rejected_without_control",
     [](Document& d) {
       lose(d, trap::dane_right);
       came(d, trap::dane_wrong, Way::alert, 2);
     },
     dane, inconclusive, Cause::no_control},
    {"dane_rejected_and_in_plain_text",
     [](Document& d) {
       came(d, trap::dane_wrong, Way::alert, 2);
       came(d, trap::dane_wrong, Way::plain, 3);
     },
     dane,
     warn,
     {},
     {"in plain text"}},
    {"dane_rejected_by_who_rejects_its_control_too_and_comes",
     [](Document& d) {
       too_early(d);
       came(d, trap::dane_right, Way::alert, 1);
       came(d, trap::dane_wrong, Way::alert, 2);
     },
     dane, inconclusive, Cause::timed_out},
    {"sts_rejected",
     [](Document& d) {
       too_early(d);
       came(d, trap::wrong_name, Way::tls, 1);
       came(d, trap::sts_wrong, Way::alert, 2);
     },
     sts, pass},
    {"sts_rejected_by_who_rejects_all_and_comes",
     [](Document& d) {
       too_early(d);
       came(d, trap::wrong_name, Way::alert, 1);
       came(d, trap::wrong_name, Way::plain, 2);
       came(d, trap::sts_wrong, Way::alert, 2);
     },
     sts, inconclusive, Cause::timed_out},
    {"sts_rejected_by_who_rejects_all_for_good",
     [](Document& d) {
       too_early(d);
       came(d, trap::wrong_name, Way::alert, 1);
       came(d, trap::sts_wrong, Way::alert, 2);
     },
     sts, pass},
    {"sts_broken_off_for_another_reason",
     [](Document& d) {
       too_early(d);
       came(d, trap::sts_wrong, Way::alert, 2);
       d.probes.front().sessions.back().tls_alert = "handshake_failure";
     },
     sts, inconclusive, Cause::timed_out},
    {"bogus_rejected_proves_nothing",
     [](Document& d) {
       too_early(d);
       came(d, trap::bogus, Way::alert, 2);
       came(d, trap::bogus, Way::gone, 3);
     },
     dnssec, inconclusive, Cause::timed_out},
    {"dane_bounced",
     [](Document& d) { early_bounce(d, trap::dane_wrong, "failed", "5.7.5"); },
     dane,
     pass,
     {},
     {"A bounce tells that mail to a host whose TLSA record is of another key was not delivered"}},
    {"dane_delayed_for_it", [](Document& d) { early_bounce(d, trap::dane_wrong, "delayed", "4.7.5"); }, dane, pass},
    {"dane_delayed_for_whatever", [](Document& d) { early_bounce(d, trap::dane_wrong, "delayed", "4.0.0"); }, dane,
     inconclusive, Cause::timed_out},
    {"dane_given_up", [](Document& d) { early_bounce(d, trap::dane_wrong, "failed", "5.0.0"); }, dane, pass},
    {"dane_not_reached", [](Document& d) { early_bounce(d, trap::dane_wrong, "failed", "4.4.1"); }, dane, inconclusive,
     Cause::timed_out},
    {"dane_relayed", [](Document& d) { early_bounce(d, trap::dane_wrong, "relayed", "2.7.5"); }, dane, inconclusive,
     Cause::timed_out},
    {"dane_bounce_of_another_trap", [](Document& d) { early_bounce(d, trap::sts_wrong, "failed", "5.7.5"); }, dane,
     inconclusive, Cause::timed_out},
    {"dane_bounced_without_control",
     [](Document& d) {
       lose(d, trap::dane_right);
       bounced(d, trap::dane_wrong, "failed", "5.7.5");
     },
     dane, inconclusive, Cause::no_control},
    {"sts_bounced_to_the_mailbox",
     [](Document& d) {
       early_bounce(d, trap::sts_wrong, "failed", "5.7.5");
       auto& probe = d.probes.front();
       auto statuses = std::exchange(probe.replies, {}).front().statuses;
       probe.watch.emplace().answers.push_back({"bounce", "INBOX", {}, std::move(statuses)});
     },
     sts, pass},
    {"bogus_bounced", [](Document& d) { early_bounce(d, trap::bogus, "failed", "4.4.3"); }, dnssec, pass},
    {"bogus_bounced_for_the_certificate", [](Document& d) { early_bounce(d, trap::bogus, "failed", "4.7.5"); }, dnssec,
     inconclusive, Cause::timed_out},
    {"hidden_bounced", [](Document& d) { early_bounce(d, trap::hidden_starttls, "failed", "4.7.4"); }, downgrade, pass},
    {"tls10_bounced",
     [](Document& d) { early_bounce(d, trap::tls10_only, "failed", "4.7.5"); },
     version,
     pass,
     {},
     {"A bounce tells"},
     "trap tls10-only"},
    {"greylist_bounced",
     [](Document& d) {
       early_bounce(d, trap::greylist, "failed", "4.7.1");
       came(d, trap::greylist, Way::refused, 1);
     },
     greylist,
     fail,
     {},
     {"gave up, as a bounce tells"}},
    {"greylist_told_550",
     [](Document& d) {
       came(d, trap::greylist, Way::refused, 1);
       d.probes.front().sessions.back().probe.reset();
     },
     greylist,
     inconclusive,
     Cause::timed_out,
     {"nothing to try again"}},
    {"sts_went_away", [](Document& d) { came(d, trap::sts_wrong, Way::gone, 2); }, sts, pass},
    {"sts_not_enforced",
     [](Document& d) {
       came(d, trap::sts_wrong, Way::tls, 2);
       const auto& one = d.probes.front().sessions.back();
       d.probes.front().traps->policy_fetches = {
           {.time = one.started, .address = one.address, .name = {}, .outcome = "served"}};
     },
     sts, warn},
    {"sts_without_control", [](Document& d) { lose(d, trap::sts_right); }, sts, inconclusive, Cause::no_control},
    {"bogus_absent", [](Document&) {}, dnssec, pass},
    {"bogus_came", [](Document& d) { came(d, trap::bogus, Way::tls, 2); }, dnssec, warn},
    {"hidden_plain",
     [](Document& d) { came(d, trap::hidden_starttls, Way::plain, 1); },
     downgrade,
     warn,
     {},
     {"in plain text"}},
    {"hidden_came_again",
     [](Document& d) {
       auto first = session(trap::hidden_starttls, Way::gone, 1);
       first.tls.reset();
       d.probes.front().sessions.push_back(first);
       came(d, trap::hidden_starttls, Way::tls, 9);
     },
     downgrade,
     pass,
     {},
     {"then over TLSv1.3"}},
    {"hidden_from_nobody", [](Document& d) { came(d, trap::hidden_starttls, Way::tls, 1); }, downgrade, inconclusive,
     Cause::own_limit},
    {"hidden_absent", [](Document&) {}, downgrade, pass, {}, {"within 4h"}},
    {"hidden_too_early", too_early, downgrade, inconclusive, Cause::timed_out},
    {"greylist_came_again",
     [](Document& d) {
       came(d, trap::greylist, Way::tls, 16);
       came(d, trap::greylist, Way::refused, 1);
     },
     greylist,
     pass,
     {},
     {"15m later, from the same address"}},
    {"greylist_from_another_address",
     [](Document& d) {
       came(d, trap::greylist, Way::refused, 1);
       came(d, trap::greylist, Way::tls, 16, "192.0.2.9");
     },
     greylist,
     pass,
     {},
     {"another address, 192.0.2.9"}},
    {"greylist_never_again", [](Document& d) { came(d, trap::greylist, Way::refused, 1); }, greylist, fail,
     Cause::timed_out},
    {"greylist_never_again_while_nobody_received",
     [](Document& d) {
       unattended(d);
       came(d, trap::greylist, Way::refused, 1);
     },
     greylist, inconclusive, Cause::own_limit},
    {"greylist_came_again_to_a_receiver_that_had_forgotten",
     [](Document& d) {
       came(d, trap::greylist, Way::refused, 1);
       came(d, trap::greylist, Way::refused, 6);
     },
     greylist,
     pass,
     {},
     {"came again 5m later"}},
    {"greylist_not_yet",
     [](Document& d) {
       too_early(d);
       came(d, trap::greylist, Way::refused, 1);
     },
     greylist, inconclusive, Cause::timed_out},
    {"greylist_never_again_without_control",
     [](Document& d) {
       lose(d, trap::good);
       came(d, trap::greylist, Way::refused, 1);
     },
     greylist, inconclusive, Cause::no_control},
    {"greylist_not_greylisted",
     [](Document& d) {
       came(d, trap::greylist, Way::gone, 1);
       came(d, trap::greylist, Way::tls, 2);
     },
     greylist,
     inconclusive,
     Cause::own_limit,
     {"The 451 was not said"}},
    {"greylist_never_tried",
     [](Document&) {},
     greylist,
     inconclusive,
     Cause::timed_out,
     {"Nobody called", "nothing to try again"}},
    {"greylist_without_control", [](Document& d) { lose(d, trap::good); }, greylist, inconclusive, Cause::no_control},

    {"no_starttls_plain",
     [](Document& d) { came(d, trap::no_starttls, Way::plain, 2); },
     starttls,
     info,
     {},
     {"without STARTTLS in plain text, from 192.0.2.1", "control was sent over TLSv1.3"},
     "trap no-starttls"},
    {"no_starttls_absent",
     [](Document&) {},
     starttls,
     info,
     {},
     {"within 4h", "nothing is sent in plain text"},
     "trap no-starttls"},
    {"no_starttls_absent_of_who_sends_in_plain_text",
     [](Document& d) { came(d, trap::hidden_starttls, Way::plain, 2); },
     starttls,
     inconclusive,
     Cause::no_control,
     {"a session in plain text", "denies that nothing is sent in plain text"},
     "trap no-starttls"},
    {"no_starttls_absent_while_nobody_received",
     unattended,
     starttls,
     inconclusive,
     Cause::own_limit,
     {"nobody received"},
     "trap no-starttls"},
    {"no_starttls_too_early", too_early, starttls, inconclusive, Cause::timed_out, {}, "trap no-starttls"},
    {"no_starttls_without_control",
     [](Document& d) {
       lose(d, trap::good);
       came(d, trap::no_starttls, Way::plain, 2);
     },
     starttls,
     inconclusive,
     Cause::no_control,
     {},
     "trap no-starttls"},
    {"no_starttls_from_who_has_no_tls",
     [](Document& d) {
       without_tls(d);
       came(d, trap::no_starttls, Way::plain, 2);
     },
     starttls,
     inconclusive,
     Cause::no_control,
     {"in plain text to the control too"},
     "trap no-starttls"},
    {"wrong_name_tls",
     [](Document& d) { came(d, trap::wrong_name, Way::tls, 2); },
     starttls,
     info,
     {},
     {"opportunistic TLS"},
     "trap wrong-name"},
    {"wrong_name_plain",
     [](Document& d) {
       came(d, trap::wrong_name, Way::gone, 2);
       came(d, trap::wrong_name, Way::plain, 3);
     },
     starttls,
     warn,
     Cause::unsupported,
     {"in plain text"},
     "trap wrong-name"},
    {"wrong_name_absent",
     [](Document& d) { came(d, trap::wrong_name, Way::gone, 2); },
     starttls,
     info,
     {},
     {"the certificate is checked though no policy asks for it"},
     "trap wrong-name"},
    {"wrong_name_absent_of_who_takes_any_certificate",
     [](Document& d) { came(d, trap::dane_wrong, Way::tls, 3); },
     starttls,
     inconclusive,
     Cause::no_control,
     {"denies that the certificate is checked"},
     "trap wrong-name"},
    {"tls10_spoken",
     [](Document& d) {
       came(d, trap::tls10_only, Way::tls, 2);
       d.probes.front().sessions.back().tls->version = "TLSv1";
     },
     version,
     warn,
     Cause::unsupported,
     {"over TLSv1, from", "weak"},
     "trap tls10-only"},
    {"tls10_plain",
     [](Document& d) { came(d, trap::tls10_only, Way::plain, 2); },
     version,
     info,
     {},
     {"in plain text", "TLS 1.0 is not spoken"},
     "trap tls10-only"},
    {"tls10_absent", [](Document&) {}, version, pass, {}, {"Nothing came", "TLS 1.0 is not spoken"}, "trap tls10-only"},
    {"tls10_absent_of_who_has_no_tls", without_tls, version, inconclusive, Cause::no_control, {}, "trap tls10-only"},
    {"tls13_spoken",
     [](Document& d) { came(d, trap::tls13_only, Way::tls, 2); },
     version,
     pass,
     {},
     {"over TLSv1.3"},
     "trap tls13-only"},
    {"tls13_turned_away_by_us",
     [](Document& d) { turn_away(d, trap::tls13_only); },
     version,
     inconclusive,
     Cause::own_limit,
     {"421 4.3.2"},
     "trap tls13-only"},
    {"tls13_turned_away_and_bounced",
     [](Document& d) {
       turn_away(d, trap::tls13_only);
       bounced(d, trap::tls13_only, "failed", "4.3.2");
     },
     version,
     inconclusive,
     Cause::own_limit,
     {},
     "trap tls13-only"},
    {"tls13_plain",
     [](Document& d) {
       speak_tls12(d);
       came(d, trap::tls13_only, Way::plain, 2);
     },
     version,
     warn,
     Cause::unsupported,
     {"TLS 1.3 is not spoken"},
     "trap tls13-only"},
    {"tls13_plain_of_who_speaks_it",
     [](Document& d) { came(d, trap::tls13_only, Way::plain, 2); },
     version,
     inconclusive,
     Cause::no_control,
     {"a session over TLSv1.3 from 192.0.2.1", "denies that TLS 1.3 is not spoken"},
     "trap tls13-only"},
    {"tls13_absent",
     speak_tls12,
     version,
     warn,
     Cause::unsupported,
     {"Nothing came", "TLS 1.3 is not spoken"},
     "trap tls13-only"},
    {"tls13_absent_of_who_speaks_it",
     [](Document&) {},
     version,
     inconclusive,
     Cause::no_control,
     {"Nothing came", "denies that TLS 1.3 is not spoken"},
     "trap tls13-only"},
    {"tls13_bounced_of_who_speaks_it",
     [](Document& d) { bounced(d, trap::tls13_only, "failed", "4.7.5"); },
     version,
     inconclusive,
     Cause::no_control,
     {"A bounce tells"},
     "trap tls13-only"},
    {"tls13_absent_without_control",
     [](Document& d) { lose(d, trap::good); },
     version,
     inconclusive,
     Cause::no_control,
     {},
     "trap tls13-only"},
    {"ipv6_came",
     [](Document& d) { came(d, trap::ipv6_only, Way::tls, 2, "2001:db8::25"); },
     ipv6,
     pass,
     {},
     {},
     "trap"},
    {"ipv6_came_in_plain_text_without_control",
     [](Document& d) {
       lose(d, trap::good);
       came(d, trap::ipv6_only, Way::plain, 2, "2001:db8::25");
     },
     ipv6,
     pass,
     {},
     {"from 2001:db8::25"},
     "trap"},
    {"ipv6_absent", [](Document&) {}, ipv6, warn, Cause::unsupported, {"is not delivered"}, "trap ipv6-only"},
    {"ipv6_absent_of_who_has_no_tls", without_tls, ipv6, warn, Cause::unsupported, {}, "trap ipv6-only"},
    {"ipv6_absent_of_who_sends_over_it",
     [](Document& d) { came(d, trap::wrong_name, Way::tls, 2, "2001:db8::25"); },
     ipv6,
     inconclusive,
     Cause::no_control,
     {"2001:db8::25"},
     "trap ipv6-only"},
    {"ipv6_too_early", too_early, ipv6, inconclusive, Cause::timed_out, {}, "trap ipv6-only"},

    {"dnssec_absent_of_who_answered_to_the_control_alone",
     answer_to_good_alone,
     dnssec,
     inconclusive,
     Cause::no_control,
     {"nothing came to dane-right either", "1 of 13 addresses"}},
    {"downgrade_absent_of_who_answered_to_the_control_alone", answer_to_good_alone, downgrade, inconclusive,
     Cause::no_control},
    {"tls10_absent_of_who_answered_to_the_control_alone",
     answer_to_good_alone,
     version,
     inconclusive,
     Cause::no_control,
     {"nothing came to dane-right either"},
     "trap tls10-only"},
    {"tls13_absent_of_who_answered_to_the_control_alone",
     [](Document& d) {
       answer_to_good_alone(d);
       speak_tls12(d);
     },
     version,
     inconclusive,
     Cause::no_control,
     {"nothing came to dane-right either"},
     "trap tls13-only"},
    {"ipv6_absent_of_who_answered_to_the_control_alone",
     answer_to_good_alone,
     ipv6,
     inconclusive,
     Cause::no_control,
     {},
     "trap ipv6-only"},
    {"greylist_of_who_answered_to_the_control_alone", answer_to_good_alone, greylist, inconclusive, Cause::no_control},
    {"dane_absent_of_who_did_not_answer_to_sts_right",
     [](Document& d) { lose(d, trap::sts_right); },
     dane,
     inconclusive,
     Cause::no_control,
     {"nothing came to sts-right either", "2 of 13 addresses"}},
    {"dnssec_absent_where_we_turned_a_call_at_a_sound_host_away",
     [](Document& d) {
       lose(d, trap::sts_right);
       turn_away(d, trap::sts_right);
     },
     dnssec,
     inconclusive,
     Cause::own_limit,
     {"at its trap sts-right away"}},
    {"dnssec_absent_of_who_shied_away_from_a_sound_host",
     [](Document& d) {
       lose(d, trap::dane_right);
       came(d, trap::dane_right, Way::alert, 2);
     },
     dnssec, pass},
    {"dnssec_absent_of_who_gave_a_sound_host_up",
     [](Document& d) {
       lose(d, trap::dane_right);
       bounced(d, trap::dane_right, "failed", "5.7.5");
     },
     dnssec, pass},
    {"downgrade_absent_of_who_called_there",
     [](Document& d) {
       answer_to_good_alone(d);
       came(d, trap::hidden_starttls, Way::gone, 2);
     },
     downgrade, pass},
    {"dnssec_absent_beside_one_sound_host",
     [](Document& d) {
       answer_to_good_alone(d);
       leave_out(d, trap::dane_right, "x");
       leave_out(d, trap::sts_right, "x");
     },
     dnssec,
     inconclusive,
     Cause::no_control,
     {"no second host without a fault was asked for"}},
    {"dnssec_absent_beside_two_sound_hosts",
     [](Document& d) {
       lose(d, trap::dane_right);
       leave_out(d, trap::dane_right, "x");
     },
     dnssec, pass},
    {"dnssec_bounced_to_who_answered_to_the_control_alone",
     [](Document& d) {
       answer_to_good_alone(d);
       bounced(d, trap::bogus, "failed", "4.4.3");
     },
     dnssec, pass},

    {"control_not_asked_for",
     [](Document& d) {
       std::erase_if(d.probes.front().traps->asked, [](const TrapAsked& one) { return one.name == trap::dane_right; });
       lose(d, trap::dane_right);
     },
     dane,
     inconclusive,
     Cause::no_control,
     {"control dane-right was not asked for"}},
    {"left_out",
     [](Document& d) { leave_out(d, trap::dane_wrong, "is not signed"); },
     dane,
     not_tested,
     Cause::own_limit,
     {"The trap dane-wrong was not asked for: is not signed"},
     "probe"},
    {"greylist_left_out", [](Document& d) { leave_out(d, trap::greylist, "x"); }, greylist, not_tested,
     Cause::own_limit},
    {"hidden_left_out", [](Document& d) { leave_out(d, trap::hidden_starttls, "x"); }, downgrade, not_tested,
     Cause::own_limit},
    {"tls13_left_out",
     [](Document& d) { leave_out(d, trap::tls13_only, "x"); },
     version,
     not_tested,
     Cause::own_limit,
     {},
     "trap tls13-only"},
};

class TrapChecks : public testing::TestWithParam<CheckRow> {};
TEST_P(TrapChecks, Judge) { test::expect_row(trapped(), GetParam()); }
INSTANTIATE_TEST_SUITE_P(All, TrapChecks, testing::ValuesIn(rows),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(TrapChecks, SayNothingOfWhatWasNotAsked) {
  auto document = trapped();
  auto& asked = document.probes.front().traps->asked;
  std::erase_if(asked, [](const TrapAsked& one) { return one.name == trap::dane_wrong; });
  EXPECT_TRUE(test::findings_of(document, dane).empty());
  EXPECT_FALSE(test::findings_of(document, sts).empty());
  document.probes.front().traps.reset();
  EXPECT_TRUE(test::findings_of(document, sts).empty());
}

TEST(TrapChecks, ABounceOfMailToATrapIsNotTheProbes) {
  auto document = trapped();
  auto& probe = document.probes.front();
  probe.mailbox.reset();
  probe.watch.emplace().completed = true;
  bounced(document, trap::dane_wrong, "failed", "5.7.5");
  probe.watch->answers.push_back({"bounce", "INBOX", {}, probe.replies.front().statuses});
  EXPECT_EQ(test::finding_of(document, "path.delivered", "probe").summary.find("bounce"), std::string::npos);
  probe.watch->answers.front().statuses.front().recipient = "reflector@target.test";
  EXPECT_NE(test::finding_of(document, "path.delivered", "probe").summary.find("bounce"), std::string::npos);
}

TEST(TrapChecks, AControlThatIsLeftOutIsNoFinding) {
  auto document = trapped();
  leave_out(document, trap::sts_right, "is not published");
  for (const auto& finding : assess(document, embedded))
    EXPECT_EQ(finding.summary.find("sts-right was not asked for: "), std::string::npos) << finding.summary;
}

/// What a client does at a host that speaks TLS 1.0 only says nothing of how it sends otherwise.
TEST(TrapChecks, OfHostsDoNotCountForTheExitStatus) {
  auto document = trapped();
  came(document, trap::tls10_only, Way::tls, 2);
  lose(document, trap::good);
  document.findings = assess(document, embedded);
  ASSERT_EQ(word(test::finding_of(document, version, "trap tls13-only").verdict), "inconclusive");
  ASSERT_EQ(word(test::finding_of(document, version, "trap tls10-only").verdict), "warn");
  EXPECT_EQ(exit_status(document, true), exit_status(without_traps(document), true));
  EXPECT_EQ(exit_status(document, false), 0);
}

/// The host that has nothing else says more than a session over IPv4.
TEST(TrapChecks, OfIpv6AreTheOnlyOnesUnlessAnAnswerCameOverIt) {
  auto document = test::answered();
  document.probes.front().traps = trapped().probes.front().traps;
  ASSERT_EQ(test::findings_of(document, ipv6).size(), 1U);
  EXPECT_EQ(test::findings_of(document, ipv6).front().subject, "trap ipv6-only");
  document.probes.front().sessions.front().address = "2001:db8::9";
  EXPECT_EQ(test::findings_of(document, ipv6).size(), 2U);
}

TEST(TrapChecks, EveryControlIsACase) {
  for (const auto& one : trap_cases) EXPECT_TRUE(one.control.empty() || find_trap(one.control) != nullptr) << one.name;
  EXPECT_EQ(find_trap("other"), nullptr);
}

TEST(TrapWatch, GoesThroughJson) {
  auto document = trapped();
  leave_out(document, trap::good, "is not published");
  const auto again = from_json(to_json(document));
  ASSERT_TRUE(again) << again.error().message;
  const auto& watch = again->probes.front().traps;
  ASSERT_TRUE(watch);
  EXPECT_EQ(watch->asked.size(), trap_cases.size() - 1);
  ASSERT_EQ(watch->left_out.size(), 1U);
  EXPECT_EQ(watch->left_out.front().name, "good");
  EXPECT_EQ(watch->left_out.front().reason, "is not published");
  EXPECT_EQ(watch->asked.back().name, "tls13-only");
  EXPECT_TRUE(watch->completed);
}

}  // namespace
}  // namespace mailprobe::evidence
