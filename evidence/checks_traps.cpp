// outbound.{dane,mta-sts}-enforced, downgrade, greylist-retry, dnssec-validates: what became of mail to our traps
// (evidence/traps.h). Absence counts only beside a control that arrived, where all addresses are seen to have been
// answered, and once the whole of trap_wait is over; what
// evidence/trap_signs.h knows (a session that shies away from the certificate, a bounce), or a TLS report of the
// failure, counts at once.
#include <algorithm>

#include "base/time.h"
#include "evidence/findings.h"
#include "evidence/policy_had.h"
#include "evidence/trapped.h"
#include "evidence/traps.h"

namespace mailprobe::evidence {

namespace {

using enum Verdict;
using std::chrono::milliseconds;

constexpr std::size_t max_reason = 400;

// --- mail that should not come --------------------------------------------------------------------------------------

struct Barred {
  std::string_view check, trap, control;
  std::string_view broken;  // what the trap's host has
  std::string_view advice;
  Barrier by;                        // what a bounce says
  std::optional<Refusing> reported;  // what a TLS report of it says
};

constexpr std::array<Barred, 3> barriers{{
    {"outbound.dane-enforced", trap::dane_wrong, trap::dane_right, "a host whose TLSA record is of another key",
     "Turn DANE on where mail goes out, behind a resolver that validates (Postfix: smtp_tls_security_level = dane, "
     "smtp_dns_support_level = dnssec)",
     Barrier::certificate, Refusing::dane},
    {"outbound.mta-sts-enforced", trap::sts_wrong, trap::sts_right, "a host that fails its MTA-STS policy",
     "Turn MTA-STS on where mail goes out (Postfix: postfix-mta-sts-resolver)", Barrier::certificate,
     Refusing::mta_sts},
    {"outbound.dnssec-validates",
     trap::bogus,
     trap::good,
     "a domain whose zone does not validate",
     "Let the sending server ask a resolver that validates DNSSEC",
     Barrier::dns,
     {}},
}};

std::string how_it_left(const Session& session) {
  if (session.tls) return " went away after TLS from ";
  return " rejected the certificate (alert " + plain(session.tls_alert.value_or(""), 40) + ") of ";
}

/// DNSSEC fails closed: who cannot look a TLSA record up sends nothing (RFC 7672 §2.1.2). A policy by HTTPS does not.
Judgement judge_arrival(const Barred& barrier, const AtTrap& came, const Trapped& traps) {
  Judgement judgement{.verdict = warn,
                      .summary = "Mail came to " + std::string(barrier.broken) + ", " + over(*came.session) +
                                 ", from " + from(*came.session),
                      .advice = std::string(barrier.advice),
                      .evidence = {came.at}};
  if (barrier.trap != trap::sts_wrong) return judgement;
  auto policy = policy_had(traps, came);
  if (policy.doubt) return std::move(*policy.doubt);
  if (policy.fetched_at) judgement.evidence.push_back(std::move(*policy.fetched_at));
  return judgement;
}

Judgement judge_barrier(const Barred& barrier, const Trapped& traps) {
  const std::string broken(barrier.broken);
  if (const auto came = traps.arrival(barrier.trap)) return judge_arrival(barrier, *came, traps);
  const auto control = traps.arrival(barrier.control);
  if (!control) return traps.open(barrier.trap, barrier.control);
  const auto passed = [&](std::string summary, std::string at) {
    return Judgement{.verdict = pass,
                     .summary = std::move(summary),
                     .evidence = {std::move(at), control->at},
                     .grade = Grade::enforced};
  };
  if (const auto gone = traps.refusal(barrier.trap))
    return passed(from(*gone->session) + how_it_left(*gone->session) + broken + "; its control was served", gone->at);
  if (const auto bounce = traps.bounce(barrier.trap, barrier.by))
    return passed("A bounce tells that mail to " + broken + " was not delivered; its control was served", *bounce);
  if (const auto report = barrier.reported ? traps.report(barrier.trap, *barrier.reported) : std::nullopt)
    return passed("A TLS report tells that sessions with " + broken + " failed; its control was served", *report);
  if (traps.absence_counts(barrier.trap))
    return passed("Nothing came to " + broken + " within " + traps.waited() + "; its control was served", traps.at());
  return traps.open(barrier.trap, barrier.control);
}

// --- mail that should come again ------------------------------------------------------------------------------------

Judgement judge_downgrade(const Trapped& traps) {
  const auto all = traps.sessions(trap::hidden_starttls);
  if (const auto came = traps.arrival(trap::hidden_starttls)) {
    if (!came->session->tls)
      return {.verdict = warn,
              .summary = "Where STARTTLS was hidden the mail came in plain text, from " + from(*came->session) +
                         ": who can hide it can read the mail",
              .advice = "Obey DANE and MTA-STS, which tell a sender beforehand that there is TLS",
              .evidence = {came->at}};
    if (came->session == all.front().session)
      return {.verdict = inconclusive,
              .summary = "STARTTLS was not hidden from " + from(*came->session) + ", which had called before",
              .cause = Cause::own_limit,
              .advice = "Run it again in four hours",
              .evidence = {came->at}};
    return {.verdict = pass,
            .summary = "Where STARTTLS was hidden nothing came until it was offered, then " + over(*came->session),
            .evidence = {all.front().at, came->at}};
  }
  const auto control = traps.arrival(trap::good);
  if (const auto bounce = traps.bounce(trap::hidden_starttls, Barrier::certificate); bounce && control)
    return {.verdict = pass,
            .summary = "Where STARTTLS was hidden the mail was given up, a bounce tells; its control was served",
            .evidence = {*bounce, control->at}};
  if (!control || !traps.absence_counts(trap::hidden_starttls)) return traps.open(trap::hidden_starttls, trap::good);
  return {.verdict = pass,
          .summary = "Where STARTTLS was hidden nothing came within " + traps.waited() + "; its control was served",
          .evidence = {traps.at(), control->at}};
}

/// Sessions that were told 451 and left nothing. One that names no probe was told 550: it asked for nobody that we
/// know.
std::vector<AtTrap> deferred(const std::vector<AtTrap>& all) {
  std::vector<AtTrap> those;
  std::ranges::copy_if(all, std::back_inserter(those), [](const AtTrap& one) {
    return one.session->probe.has_value() && one.session->recipients.empty();
  });
  return those;
}

Judgement retried(const AtTrap& first, const AtTrap& came) {
  const auto later = std::chrono::duration_cast<milliseconds>(came.session->started - first.session->started);
  const bool same = came.session->address == first.session->address;
  return {.verdict = pass,
          .summary = "After a 451 the mail came again " + duration_text(later) + " later, from " +
                     (same ? "the same address" : "another address, " + from(*came.session)),
          .evidence = {first.at, came.at}};
}

Judgement never_tried(const Trapped& traps) {
  return {.verdict = inconclusive,
          .summary = "Nobody called at the host that says 451 within " + traps.waited() +
                     ", though the control was served: there was nothing to try again",
          .cause = Cause::timed_out,
          .advice = "Have somebody answer to all addresses",
          .evidence = {traps.at()}};
}

constexpr std::string_view queue_advice =
    "Keep mail that is deferred in a queue, and try again for days (RFC 5321 §4.5.4.1)";

Judgement given_up(const AtTrap& first, const std::string& bounce) {
  return {.verdict = fail,
          .summary = "After a 451 " + from(*first.session) + " gave up, as a bounce tells",
          .advice = std::string(queue_advice),
          .evidence = {first.at, bounce}};
}

Judgement judge_greylist(const Trapped& traps) {
  const auto tried = deferred(traps.sessions(trap::greylist));
  if (const auto came = traps.arrival(trap::greylist)) {
    if (!tried.empty() && tried.front().session->started <= came->session->started)
      return retried(tried.front(), *came);
    return {.verdict = inconclusive,
            .summary = "The 451 was not said to " + from(*came->session),
            .cause = Cause::own_limit,
            .evidence = {came->at}};
  }
  // Our receiver was restarted, and knew the address no more: it came again all the same.
  if (tried.size() > 1) return retried(tried.front(), tried[1]);
  const auto control = traps.arrival(trap::good);
  const auto bounce = traps.bounce(trap::greylist, Barrier::any);
  if (control && bounce && !tried.empty()) return given_up(tried.front(), *bounce);
  if (!control || !traps.absence_counts(trap::greylist)) return traps.open(trap::greylist, trap::good);
  if (tried.empty()) return never_tried(traps);
  return {.verdict = fail,
          .summary = "After a 451 " + from(*tried.front().session) + " did not come again within " + traps.waited() +
                     "; its control was served",
          .cause = Cause::timed_out,
          .advice = std::string(queue_advice),
          .evidence = {tried.front().at, control->at}};
}

// --- what was not asked for ------------------------------------------------------------------------------------------

struct Purpose {
  std::string_view check;
  std::string subject;
};

/// What would have been judged; nullopt: it is a control.
std::optional<Purpose> purpose_of(std::string_view name, const Probe& probe) {
  for (const auto& barrier : barriers)
    if (barrier.trap == name) return Purpose{barrier.check, probe_subject(probe)};
  if (name == trap::hidden_starttls) return Purpose{"outbound.downgrade", probe_subject(probe)};
  if (name == trap::greylist) return Purpose{"outbound.greylist-retry", probe_subject(probe)};
  if (const auto check = host_check(name)) return Purpose{*check, trap_subject(name)};
  return std::nullopt;
}

void judge_left_out(const Probe& probe, const std::string& at, Findings& findings) {
  const auto& all = probe.traps->left_out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto purpose = purpose_of(all[i].name, probe);
    if (!purpose) continue;
    Judgement judgement{
        .verdict = not_tested,
        .summary = "The trap " + plain(all[i].name, 60) + " was not asked for: " + plain(all[i].reason, max_reason),
        .cause = Cause::own_limit,
        .advice = "mailprobe traps prints what to publish, mailprobe doctor says what is missing",
        .evidence = {at + pointer("traps", "left_out", i)}};
    findings.add(purpose->check, purpose->subject, std::move(judgement)).probe = probe.name;
  }
}

}  // namespace

void judge_traps(const Document& document, Findings& findings) {
  for (std::size_t i = 0; i < document.probes.size(); ++i) {
    const auto& probe = document.probes[i];
    if (!probe.traps) continue;
    const auto at = pointer("probes", i);
    const Trapped traps(document, probe, at);
    const auto add = [&](std::string_view check, Judgement judgement) {
      findings.add(check, probe_subject(probe), std::move(judgement)).probe = probe.name;
    };
    for (const auto& barrier : barriers)
      if (traps.asked(barrier.trap)) add(barrier.check, judge_barrier(barrier, traps));
    if (traps.asked(trap::hidden_starttls)) add("outbound.downgrade", judge_downgrade(traps));
    if (traps.asked(trap::greylist)) add("outbound.greylist-retry", judge_greylist(traps));
    judge_trap_hosts(traps, probe, findings);
    judge_left_out(probe, at, findings);
  }
}

}  // namespace mailprobe::evidence
