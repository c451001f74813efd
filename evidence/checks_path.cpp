// path.*: acceptance, arrival and the way of the message. What the copy itself shows is in checks_copy.cpp.
#include "evidence/checks_copy.h"

#include <algorithm>
#include <array>

#include "base/come_back.h"
#include "base/text.h"
#include "base/time.h"
#include "evidence/answered.h"
#include "evidence/findings.h"
#include "evidence/refused_for.h"
#include "evidence/returned.h"
#include "evidence/tried.h"
#include "evidence/waited.h"

namespace mailprobe::evidence {

namespace {

void add(Findings& findings, std::string_view check, const Probe& probe, Judgement judgement, std::string evidence) {
  judgement.evidence = {std::move(evidence)};
  findings.add(check, probe_subject(probe), std::move(judgement)).probe = probe.name;
}

// --- accepted -------------------------------------------------------------------------------------------------------

std::string server_of(const Attempt& attempt) {
  return plain(attempt.host, 260) + " (" + plain(attempt.address, 60) + ")";
}

std::string reply_of(const Attempt& attempt) {
  if (!attempt.reply) return plain(attempt.error.value_or("without a reply"), 300);
  const auto enhanced = attempt.reply->enhanced ? " " + plain(*attempt.reply->enhanced, 20) : "";
  return std::to_string(attempt.reply->code) + enhanced + " " + quoted(attempt.reply->text);
}

std::string put_off_advice(const Attempt& attempt) {
  const auto wait = attempt.reply ? come_back_in(attempt.reply->text) : std::nullopt;
  const std::string_view general = "Try again later, or wait longer with --wait";
  return wait ? "The server asks to come back in " + duration_text(*wait) : std::string(general);
}

std::string own_limit_advice(const Attempt& attempt) {
  if (attempt.error && attempt.error->contains("--fail-fast")) return "Leave out --fail-fast to have all of them sent";
  return "Mend it on this side: it says nothing about the target";
}

Judgement judge_not_sent(const Attempt& attempt) {
  const auto summary = "Nothing was sent to " + server_of(attempt) + ": " +
                       plain(attempt.error.value_or("the session ended early"), 300);
  const bool certificate = attempt.tls && attempt.tls->verified && attempt.tls->verified->result == "fail";
  if (!attempt.cause) return {certificate ? Verdict::inconclusive : Verdict::error, summary, {}, {}};
  if (attempt.reply && attempt.reply->code / 100 == 4)  // RFC 5321 §4.2.1: 454 to STARTTLS may be another next time
    return {Verdict::inconclusive, summary, attempt.cause, put_off_advice(attempt)};
  switch (*attempt.cause) {
    case Cause::refused:
      if (!attempt.reply)  // the connection, by the server or a firewall, which may be ours
        return {Verdict::inconclusive, summary, attempt.cause, std::string(port_advice)};
      [[fallthrough]];
    case Cause::protocol_error: return {Verdict::fail, summary, attempt.cause, {}};
    case Cause::our_port_25:
      return {Verdict::inconclusive, summary, attempt.cause, "Send through a submission server with --via"};
    case Cause::own_limit: return {Verdict::inconclusive, summary, attempt.cause, own_limit_advice(attempt)};
    default: return {Verdict::inconclusive, summary, attempt.cause, {}};
  }
}

Judgement judge_outcome(const Attempt& attempt) {
  switch (attempt.outcome) {
    case Outcome::accepted: return {Verdict::pass, "Accepted by " + server_of(attempt), {}, {}};
    case Outcome::rejected:
      if (is_about_our_address(attempt))
        return {Verdict::inconclusive, "Refused because of where we send from: " + reply_of(attempt), attempt.cause,
                "Send from an address with a better standing, or with --via"};
      return {Verdict::fail, "Refused by " + server_of(attempt) + ": " + reply_of(attempt), attempt.cause,
              "Read the reply: it says what the server objects to"};
    case Outcome::temporary:
      return {Verdict::inconclusive, "Put off by " + server_of(attempt) + ": " + reply_of(attempt), attempt.cause,
              put_off_advice(attempt)};
    case Outcome::unknown:
      return {Verdict::inconclusive,
              std::string("Possibly delivered: the message was sent whole and no ") + (attempt.reply ? "usable " : "") +
                  "reply came; it is never sent again",
              Cause::possibly_delivered, "Look for the message at the target before sending another"};
    case Outcome::not_sent: break;
  }
  return judge_not_sent(attempt);
}

/// What a submission server refuses says nothing about the target: it is ours to see to.
Judgement judge_relay(const Probe& probe) {
  auto judgement = judge_outcome(deciding(probe));
  if (judgement.verdict != Verdict::fail && deciding(probe).outcome != Outcome::not_sent) return judgement;
  if (judgement.cause == Cause::interrupted) return judgement;
  judgement.verdict = Verdict::error;
  judgement.summary =
      "The submission server " + plain(*probe.via, 60) + " did not take the message: " + judgement.summary;
  judgement.advice = "See to the submission server, or send without --via";
  return judgement;
}

/// A name that could not be looked up is no server that cannot be reached.
Judgement judge_without_address(const Target& target) {
  for (const auto& host : target.mx)
    if (const auto cause = failed_look_up(host))
      return {Verdict::inconclusive,
              "Nothing was sent: the address of " + plain(host.host, 260) +
                  " could not be looked up: " + plain(*host.problem, 200),
              target.cause ? target.cause : cause,
              {}};
  return {Verdict::inconclusive,
          "Nothing was sent: no server has an address that can be reached from here, or that was asked for",
          target.cause ? target.cause : Cause::unreachable,
          {}};
}

Judgement judge_without_attempt(const Document& document, const Probe& probe) {
  using enum MxShape;
  const auto& target = document.target;
  if (document.run.interrupted)
    return {Verdict::inconclusive, "Interrupted before anything was sent", Cause::interrupted, {}};
  if (document.run.problem)
    return {Verdict::error, "Nothing was sent: " + plain(*document.run.problem, 300), Cause::own_limit, {}};
  if (probe.via)
    return {Verdict::error, "Nothing was sent: the submission server " + plain(*probe.via, 60) + " has no address",
            Cause::dns_failure, "Check the submission server's name"};
  if (target.shape == none && !target.problem)
    return {Verdict::error, "Nothing was looked up and nothing was sent", {}, {}};
  switch (target.shape) {
    case null_mx:
    case none:
    case nxdomain:
      return {Verdict::not_tested,
              "Nothing was sent: " + plain(target.problem.value_or("the domain takes no mail"), 300),
              {},
              {}};
    case failed:
      return {Verdict::inconclusive,
              "Nothing was sent: " + plain(target.problem.value_or("the MX could not be looked up"), 300),
              target.cause ? target.cause : Cause::dns_failure,
              {}};
    default: break;
  }
  return judge_without_address(target);
}

/// Secure TLSA records, usable or not (RFC 7672 §2.2), or a policy in mode enforce (RFC 8461 §5).
bool demands_tls(const Target& target, const Attempt& attempt) {
  if (target.mta_sts && target.mta_sts->mode == StsMode::enforce) return true;
  const auto host = std::ranges::find(target.mx, attempt.host, &MxHost::host);
  if (host == target.mx.end() || !host->tlsa_lookup) return false;
  return host->tlsa_lookup->state == TlsaState::usable || host->tlsa_lookup->state == TlsaState::unusable;
}

/// What the target itself publishes keeps senders away, not a floor of ours that it never promised.
bool barred_by_its_own_policy(const Document& document, const Probe& probe) {
  const auto& attempt = deciding(probe);
  if (attempt.outcome != Outcome::not_sent) return false;
  if (attempt.cause == Cause::unsupported && !attempt.starttls_offered) return demands_tls(document.target, attempt);
  if (attempt.cause != Cause::policy) return false;
  if (probe.policy.applied == "dane") return attempt.tls && attempt.tls->dane && attempt.tls->dane->result == "fail";
  const auto& sts = document.target.mta_sts;
  return probe.policy.applied == "sts" && sts && sts->mode == StsMode::enforce;
}

Judgement judge_acceptance(const Document& document, const Probe& probe) {
  if (!probe.smtp) return judge_without_attempt(document, probe);
  if (probe.via) return judge_relay(probe);
  auto judgement = judge_outcome(deciding(probe));
  if (judgement.advice == port_advice && answers_from_here(document, deciding(probe).port))
    judgement.advice = unanswered_advice;
  if (judgement.verdict != Verdict::inconclusive || !barred_by_its_own_policy(document, probe)) return judgement;
  judgement.verdict = Verdict::fail;
  judgement.advice = "Mend the servers or the policy: others that keep to it send nothing either";
  return judgement;
}

// --- delivered ------------------------------------------------------------------------------------------------------

Judgement judge_arrival(const Probe& probe) {
  const auto& copy = *probe.mailbox;
  const auto when = (copy.delay_ms > 0 ? " after " + duration_text(std::chrono::milliseconds(copy.delay_ms))
                                       : std::string(" at once")) +
                    (copy.late ? ", by a later look" : "");
  if (in_junk(copy))
    return {Verdict::warn,
            "Delivered as junk, to " + quoted(copy.folder, 60) + when,
            {},
            "Read path.filter-verdict, and look at what the target's filter objects to"};
  if (copy.copies > 1)
    return {Verdict::warn,
            "Delivered " + std::to_string(copy.copies) + " times to " + quoted(copy.folder, 60) + ", the first" + when,
            {},
            "Look for two ways to the mailbox (an alias, a forward, a filter's copy), or a host that sends again what "
            "it sent"};
  return {Verdict::pass, "Found in " + quoted(copy.folder, 60) + when, {}, {}};
}

/// The target took it, and sent on or answered what our own receiver refused.
Judgement judge_not_taken(const std::vector<DeliveryStatus>& statuses) {
  return {Verdict::inconclusive, "Accepted; of what was sent on to us a bounce came: " + not_taken_told(statuses),
          Cause::own_limit, std::string(not_taken_advice)};
}

/// A bounce does not prove that no copy comes (RFC 3464 §2.3.3: "delayed"), so that the wait goes on to its end.
Judgement judge_bounce(const MailboxWatch& watch, const MailboxAnswer& bounce) {
  return {Verdict::fail,
          "Accepted, but a bounce came instead of the message, to " + quoted(bounce.folder, 60) + "; no copy within " +
              waited_text(watch.waited_ms),
          Cause::refused, "Read the bounce" + (bounce.raw.path ? ": " + plain(*bounce.raw.path, 60) : std::string())};
}

Judgement judge_watch(const Probe& probe) {
  const auto& watch = *probe.watch;
  const auto waited = waited_text(watch.waited_ms);
  const auto* bounce = mailbox_bounce_of(probe);
  if (watch.completed && bounce != nullptr)
    return not_taken_by_us(probe, bounce->statuses) ? judge_not_taken(bounce->statuses) : judge_bounce(watch, *bounce);
  if (watch.completed)
    return {Verdict::fail,
            "Accepted, but not found in " + count_of(watch.folders.size(), "folder") + " within " + waited,
            Cause::timed_out, "Search the target's logs and quarantine for the Message-ID"};
  if (watch.cause == Cause::interrupted)
    return {Verdict::inconclusive, "The wait for the copy was cut short after " + waited, Cause::interrupted, {}};
  return {Verdict::error, "The mailbox could not be searched: " + plain(watch.error.value_or("no connection"), 300),
          watch.cause, "Check the mailbox's configuration and server"};
}

/// A bounce is evidence that it did not arrive (RFC 3464 §2.3.3: "failed" is final), unless it is we who returned it.
Judgement judge_returned(const Probe& probe, const Reply& bounce) {
  if (not_taken_by_us(probe, bounce.statuses)) return judge_not_taken(bounce.statuses);
  return {Verdict::fail, "Accepted, and then returned: " + cause_told(bounce.statuses), Cause::refused,
          "Look up the cause at the target: the bounce is in the report"};
}

Judgement judge_delayed(const Reply& notice) {
  return {Verdict::inconclusive, "Accepted, and still on its way: " + cause_told(notice.statuses), Cause::timed_out,
          "Look again later: mailprobe collect"};
}

/// Whoever answers, or complains, has the message, or its copy: where it lies is not known.
bool shows_arrival(const Reply& reply) {
  using enum AnswerKind;
  constexpr std::array kinds{person, vacation, reflector, complaint, opt_out};
  return std::ranges::find(kinds, reply.kind) != kinds.end();
}

std::string answered_after(const Reply& reply) {
  return reply.delay_ms
             ? " after " + duration_text(std::chrono::milliseconds(std::max<std::int64_t>(0, *reply.delay_ms)))
             : "";
}

/// What the answers alone tell; nullopt: nothing of it.
std::optional<Judgement> judge_by_answers(const Probe& probe) {
  for (const auto& [reply, at] : answers_of(probe, {})) {
    if (!shows_arrival(reply)) continue;
    if (!probe.watch || !probe.watch->completed)
      return Judgement{Verdict::pass,
                       "It was answered" + answered_after(reply) + ", so it arrived; in which folder is not known",
                       {},
                       {}};
    return Judgement{Verdict::warn,
                     "It was answered" + answered_after(reply) + ", but not found in " +
                         count_of(probe.watch->folders.size(), "folder") + " of the mailbox",
                     {},
                     "Is the mailbox that is watched the one that answers?"};
  }
  if (const auto* bounce = bounce_of(probe)) return judge_returned(probe, *bounce);
  if (const auto* notice = answer_of(probe, AnswerKind::delay)) return judge_delayed(*notice);
  return std::nullopt;
}

Judgement judge_delivery(const Document& document, const Probe& probe) {
  if (probe.mailbox) return judge_arrival(probe);
  if (auto told = judge_by_answers(probe)) return std::move(*told);
  if (!probe.smtp || (probe.smtp->outcome != Outcome::accepted && probe.smtp->outcome != Outcome::unknown))
    return {Verdict::not_tested, "Nothing was accepted, so nothing could arrive", {}, {}};
  if (document.run.interrupted)
    return {Verdict::inconclusive, "Interrupted while waiting for the copy", Cause::interrupted, {}};
  if (!probe.watch)
    return {Verdict::not_tested, "No mailbox was watched for the copy", Cause::no_mailbox,
            "Configure the target's mailbox under mailboxes:, and let it be looked at (without --no-wait)"};
  if (probe.smtp->outcome == Outcome::unknown)
    return {Verdict::inconclusive,
            "No copy was found; whether the server took the message is not known",
            Cause::possibly_delivered,
            {}};
  return judge_watch(probe);
}

/// What is wrong on purpose may be refused, or be taken for junk: nothing of it is charged to the target.
Judgement spared(const Probe& probe, Judgement judgement) {
  if (!probe.fault || (judgement.verdict != Verdict::fail && judgement.verdict != Verdict::warn)) return judgement;
  judgement.verdict = Verdict::info;
  judgement.summary += "; it was wrong on purpose (" + plain(*probe.fault, 60) + ")";
  judgement.advice.clear();
  return judgement;
}

}  // namespace

void judge_path(const Document& document, const RawReader& raw, Findings& findings) {
  for (std::size_t p = 0; p < document.probes.size(); ++p) {
    const auto& probe = document.probes[p];
    const auto at = pointer("probes", p);
    add(findings, "path.accepted", probe, spared(probe, judge_acceptance(document, probe)), at + pointer("smtp"));
    add(findings, "path.delivered", probe, spared(probe, judge_delivery(document, probe)),
        at + (probe.mailbox ? pointer("mailbox", "folder") : pointer(probe.reply ? "reply" : "smtp")));
    judge_copy(probe, at, raw, findings);
  }
}

}  // namespace mailprobe::evidence
