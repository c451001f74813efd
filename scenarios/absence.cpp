#include "scenarios/absence.h"

#include <algorithm>
#include <array>

#include "base/safe_text.h"
#include "evidence/answered.h"
#include "evidence/refused_for.h"
#include "evidence/returned.h"
#include "evidence/trail.h"

namespace mailprobe::scenarios {

namespace {

using evidence::AnswerKind;
using evidence::Probe;

std::string reply_text(const evidence::Attempt& attempt) {
  if (!attempt.reply) return attempt.error.value_or("no reply");
  return std::to_string(attempt.reply->code) + " " + (attempt.reply->enhanced ? *attempt.reply->enhanced + " " : "") +
         safe_text(attempt.reply->text, 200);
}

/// A refusal that is about where we send from says nothing about the message, and of one that is wrong on purpose
/// nothing else does than a refusal for that.
bool is_an_answer(const Probe& probe, const evidence::Attempt& refused) {
  return !evidence::is_about_our_address(refused) && evidence::is_for_its_fault(probe, refused);
}

std::optional<Absence> not_handed_over(const Probe& probe) {
  if (!probe.smtp) return Absence{false, "nothing was sent", Cause::unreachable};
  const auto& last = *probe.smtp;
  switch (last.outcome) {
    case Outcome::accepted:
    case Outcome::unknown: return std::nullopt;
    case Outcome::rejected:
      if (probe.via) return Absence{false, "refused by our submission server: " + reply_text(last), Cause::via_relay};
      return Absence{is_an_answer(probe, last), "refused: " + reply_text(last), last.cause};
    case Outcome::temporary: return Absence{false, "not taken yet: " + reply_text(last), last.cause};
    case Outcome::not_sent: return Absence{false, "not sent: " + reply_text(last), last.cause};
  }
  return std::nullopt;
}

/// What our own receiver did not take is no answer of the target's. nullopt: nothing was returned.
std::optional<Absence> returned(const Probe& probe) {
  const auto* bounce = evidence::bounce_of(probe);
  const auto* in_mailbox = evidence::mailbox_bounce_of(probe);
  if (bounce == nullptr && in_mailbox == nullptr) return std::nullopt;
  const auto& statuses = bounce != nullptr ? bounce->statuses : in_mailbox->statuses;
  if (evidence::not_taken_by_us(probe, statuses))
    return Absence{false, evidence::not_taken_told(statuses), Cause::own_limit};
  return Absence{true, "a bounce came", {}};
}

Absence no_copy(const Probe& probe) {
  if (auto why = not_handed_over(probe)) return *why;
  if (auto bounce = returned(probe)) return *bounce;
  if (!probe.watch) return {false, "no mailbox was looked at", Cause::no_mailbox};
  if (!probe.watch->completed)
    return {false, probe.watch->error.value_or("the mailbox was not searched to the end"), probe.watch->cause};
  if (probe.smtp->outcome == Outcome::unknown)
    return {false, "no reply after the final dot, and no copy", Cause::possibly_delivered};
  return {true, "not found in the mailbox", {}};
}

/// A fault of ours never reads as the target's silence.
bool heard_to_the_end(const evidence::ReplyWatch& watch) { return watch.completed && !watch.error; }

/// What found fault with us is no silence either.
Absence unless_shy(const Probe& probe, const std::string& silence) {
  const auto* shy = evidence::shied_from_us(probe);
  if (shy == nullptr) return {false, silence, Cause::timed_out};
  return {false, silence + ": " + evidence::told_shy(*shy), Cause::own_limit};
}

Absence no_reply(const Probe& probe) {
  if (auto why = not_handed_over(probe)) return *why;
  if (!probe.reply_watch || !probe.reply_watch->wanted) return {false, "no answer was asked for", {}};
  if (!heard_to_the_end(*probe.reply_watch))
    return {false, probe.reply_watch->error.value_or("an answer was not waited for to the end"),
            probe.reply_watch->cause};
  return unless_shy(probe, "no answer came");
}

/// Sessions towards us come with an answer, with what is forwarded, or to traps.
Absence no_session(const Probe& probe) {
  if (auto why = not_handed_over(probe)) return *why;
  const bool asked = probe.traps || (probe.reply_watch && (probe.reply_watch->wanted || probe.reply_watch->forward));
  if (!asked) return {false, "no answer was asked for", {}};
  if (probe.reply_watch && !heard_to_the_end(*probe.reply_watch))
    return {false, probe.reply_watch->error.value_or("an answer was not waited for to the end"),
            probe.reply_watch->cause};
  return unless_shy(probe, "nobody came");
}

Absence no_forward(const Probe& probe) {
  if (auto why = not_handed_over(probe)) return *why;
  if (!probe.reply_watch || !probe.reply_watch->forward) return {false, "nothing was to be forwarded", {}};
  if (auto bounce = returned(probe)) return *bounce;
  if (!heard_to_the_end(*probe.reply_watch))
    return {false, probe.reply_watch->error.value_or("what is forwarded was not waited for to the end"),
            probe.reply_watch->cause};
  return {false, "nothing was forwarded to us", Cause::timed_out};
}

Absence no_tls(const Probe& probe) {
  if (!probe.smtp) return {false, "no session came about", Cause::unreachable};
  const auto& last = *probe.smtp;
  if (!last.starttls_offered && !last.capabilities.empty()) return {true, "no STARTTLS", {}};
  if (last.phase == "tls" || last.phase == "starttls") return {true, "no TLS: " + reply_text(last), last.cause};
  return {false, "no session came so far: " + reply_text(last), last.cause};
}

/// That a question is not there proves nothing where not all that was asked is known.
Absence not_asked(const evidence::DnsWitness& witness) {
  if (witness.problem) return {false, "not known: " + *witness.problem, witness.cause};
  if (witness.dropped > 0) return {false, "not known: our DNS left questions unanswered", Cause::own_limit};
  return {true, "nothing", {}};
}

/// The server has answered EHLO with what it can do, or knows no EHLO, so that it can do nothing (RFC 5321 §4.1.1.1).
bool was_greeted(const evidence::Attempt& attempt) {
  constexpr std::array<std::string_view, 7> later{"starttls", "auth", "mail", "rcpt", "data", "dot", "quit"};
  if (attempt.phase == "ehlo") return !attempt.tls && attempt.cause == Cause::unsupported;
  return std::ranges::find(later, attempt.phase) != later.end() || (attempt.phase == "tls" && attempt.starttls_offered);
}

}  // namespace

std::optional<Absence> unheard(const Probe& probe, const Path& way) {
  if (way.size() < 2) return std::nullopt;
  const bool offered = way[1].name == "starttls_offered";
  if (way[1].name != "capabilities" && !offered) return std::nullopt;
  const auto heard = [&](const evidence::Attempt& attempt) {
    return was_greeted(attempt) || (offered && attempt.starttls_offered);  // the session ended after it
  };
  const bool all = way.front().name == "attempts";
  if ((!all && way.front().name != "smtp") || !probe.smtp) return std::nullopt;
  if (all ? std::ranges::any_of(probe.attempts, heard) : heard(*probe.smtp)) return std::nullopt;
  return Absence{false, "no answer to EHLO came: " + reply_text(*probe.smtp), probe.smtp->cause};
}

bool nobody_came(const Probe& probe) {
  return std::ranges::all_of(probe.sessions,
                             [&](const auto& session) { return evidence::may_be_anybodys(probe, session); });
}

Absence absence_of(const Probe& probe, const Path& way, bool interrupted) {
  if (interrupted && !probe.smtp) return {false, "not sent: the run had ended before", Cause::interrupted};
  const auto& root = way.front().name;
  if (root == "mailbox" && !probe.mailbox) return no_copy(probe);
  if ((root == "reply" || root == "replies") && !probe.reply) return no_reply(probe);
  if (root == "reflection" && !probe.reflection)
    return probe.reply ? Absence{true, "no reflector answered", {}} : no_reply(probe);
  if (root == "sessions" && nobody_came(probe)) return no_session(probe);
  if (root == "forward" && !probe.forward) return no_forward(probe);
  const bool session = root == "smtp" || root == "attempts";
  if (session && !probe.smtp) return {false, "nothing was sent", Cause::unreachable};
  if (session && way.size() > 1 && way[1].name == "tls" && !probe.smtp->tls) return no_tls(probe);
  if (root == "reports" && probe.reports.empty()) return {false, "no report has come yet", {}};
  if (root == "dns" && !probe.dns_witness) return {false, "our DNS is no witness of this run", {}};
  if (root == "dns") return not_asked(*probe.dns_witness);
  return {true, "nothing", {}};
}

namespace {

/// How the message was answered, where that is no answer of the target about it.
std::optional<Absence> no_answer(const Probe& probe, const evidence::Attempt& last, const std::string& value) {
  if (last.outcome == Outcome::unknown) return Absence{false, value, Cause::possibly_delivered};
  if (last.outcome == Outcome::rejected && probe.via)
    return Absence{false, value + " by our submission server: " + reply_text(last), Cause::via_relay};
  const bool no_more = last.outcome == Outcome::rejected && !is_an_answer(probe, last);
  if (no_more || last.outcome == Outcome::temporary || last.outcome == Outcome::not_sent)
    return Absence{false, value + ": " + reply_text(last), last.cause};
  return std::nullopt;
}

bool begins(const Path& path, std::string_view first, std::string_view second) {
  return path.size() > 1 && path[0].name == first && path[1].name == second;
}

/// The one of the attempts that the pointer leads into, else the last.
const evidence::Attempt* attempt_at(const Probe& probe, const std::string& pointer) {
  evidence::Trail trail(pointer);
  for (int i = 0; i < 2; ++i) (void)trail.next();  // /probes/0
  if (trail.next() == "attempts") return trail.of(probe.attempts);
  return probe.smtp ? &*probe.smtp : nullptr;
}

/// How far the session got and what came of it: the code says no more than the outcome.
bool tells_the_outcome(const Path& path) {
  for (const auto* root : {"smtp", "attempts"})
    if (begins(path, root, "reply") || begins(path, root, "phase")) return true;
  return false;
}

}  // namespace

std::optional<Absence> undetermined(const Probe& probe, const Path& path, const std::string& pointer,
                                    const std::string& value) {
  if (value == word(auth::DkimOutcome::temperror)) return Absence{false, value, Cause::dns_failure};
  if (begins(path, "reply", "kind") && value == word(AnswerKind::delay))  // RFC 3464 §2.3.3: more is to follow
    return Absence{false, "a notice of delay, and nothing after it", Cause::timed_out};
  const auto* attempt = attempt_at(probe, pointer);
  if (attempt == nullptr) return std::nullopt;
  if (begins(path, "attempts", "starttls_offered") && !attempt->starttls_offered && !was_greeted(*attempt))
    return Absence{false, "no answer to EHLO came: " + reply_text(*attempt), attempt->cause};
  const bool answer = value == word(attempt->outcome) || tells_the_outcome(path);
  return answer ? no_answer(probe, *attempt, value) : std::nullopt;
}

}  // namespace mailprobe::scenarios
