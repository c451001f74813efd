#include "scenarios/absence.h"

#include <algorithm>

#include "base/safe_text.h"
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

/// A refusal that is about where we send from says nothing about the message.
bool about_us(const evidence::Attempt& attempt) {
  return attempt.cause == Cause::blocked || attempt.cause == Cause::rate_limited;
}

std::optional<Absence> not_handed_over(const Probe& probe) {
  if (!probe.smtp) return Absence{false, "nothing was sent", Cause::unreachable};
  const auto& last = *probe.smtp;
  switch (last.outcome) {
    case Outcome::accepted:
    case Outcome::unknown: return std::nullopt;
    case Outcome::rejected:
      if (probe.via) return Absence{false, "refused by our submission server: " + reply_text(last), Cause::via_relay};
      return Absence{!about_us(last), "refused: " + reply_text(last), last.cause};
    case Outcome::temporary: return Absence{false, "not taken yet: " + reply_text(last), last.cause};
    case Outcome::not_sent: return Absence{false, "not sent: " + reply_text(last), last.cause};
  }
  return std::nullopt;
}

bool bounced(const Probe& probe) {
  if (probe.watch && std::ranges::any_of(probe.watch->answers, [](const auto& a) { return a.kind == "bounce"; }))
    return true;
  return std::ranges::any_of(probe.replies, [](const auto& r) { return r.kind == AnswerKind::bounce; });
}

Absence no_copy(const Probe& probe) {
  if (auto why = not_handed_over(probe)) return *why;
  if (bounced(probe)) return {true, "a bounce came", {}};
  if (!probe.watch) return {false, "no mailbox was looked at", Cause::no_mailbox};
  if (!probe.watch->completed)
    return {false, probe.watch->error.value_or("the mailbox was not searched to the end"), probe.watch->cause};
  if (probe.smtp->outcome == Outcome::unknown)
    return {false, "no reply after the final dot, and no copy", Cause::possibly_delivered};
  return {true, "not found in the mailbox", {}};
}

/// A fault of ours never reads as the target's silence.
bool heard_to_the_end(const evidence::ReplyWatch& watch) { return watch.completed && !watch.error; }

Absence no_reply(const Probe& probe) {
  if (auto why = not_handed_over(probe)) return *why;
  if (!probe.reply_watch || !probe.reply_watch->wanted) return {false, "no answer was asked for", {}};
  if (!heard_to_the_end(*probe.reply_watch))
    return {false, probe.reply_watch->error.value_or("an answer was not waited for to the end"),
            probe.reply_watch->cause};
  return {false, "no answer came", Cause::timed_out};
}

/// Sessions towards us come with an answer, with what is forwarded, or to traps.
Absence no_session(const Probe& probe) {
  if (auto why = not_handed_over(probe)) return *why;
  const bool asked = probe.traps || (probe.reply_watch && (probe.reply_watch->wanted || probe.reply_watch->forward));
  if (!asked) return {false, "no answer was asked for", {}};
  if (probe.reply_watch && !heard_to_the_end(*probe.reply_watch))
    return {false, probe.reply_watch->error.value_or("an answer was not waited for to the end"),
            probe.reply_watch->cause};
  return {false, "nobody came", Cause::timed_out};
}

Absence no_forward(const Probe& probe) {
  if (auto why = not_handed_over(probe)) return *why;
  if (!probe.reply_watch || !probe.reply_watch->forward) return {false, "nothing was to be forwarded", {}};
  if (bounced(probe)) return {true, "a bounce came", {}};
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

}  // namespace

Absence absence_of(const Probe& probe, const Path& way, bool interrupted) {
  if (interrupted && !probe.smtp) return {false, "not sent: the run had ended before", Cause::interrupted};
  const auto& root = way.front().name;
  if (root == "mailbox" && !probe.mailbox) return no_copy(probe);
  if ((root == "reply" || root == "replies") && !probe.reply) return no_reply(probe);
  if (root == "reflection" && !probe.reflection)
    return probe.reply ? Absence{true, "no reflector answered", {}} : no_reply(probe);
  if (root == "sessions" && probe.sessions.empty()) return no_session(probe);
  if (root == "forward" && !probe.forward) return no_forward(probe);
  if (root == "smtp" && !probe.smtp) return {false, "nothing was sent", Cause::unreachable};
  if (root == "smtp" && way.size() > 1 && way[1].name == "tls" && !probe.smtp->tls) return no_tls(probe);
  if (root == "reports" && probe.reports.empty()) return {false, "no report has come yet", {}};
  if (root == "dns" && !probe.dns_witness) return {false, "our DNS is no witness of this run", {}};
  if (root == "dns") return not_asked(*probe.dns_witness);
  return {true, "nothing", {}};
}

namespace {

/// "/probes/0/smtp/reply/code" is below "smtp" and "reply".
bool is_below(std::string_view pointer, std::initializer_list<std::string_view> steps) {
  evidence::Trail trail(pointer);
  (void)trail.next();
  (void)trail.next();
  return std::ranges::all_of(steps, [&](std::string_view step) { return trail.next() == step; });
}

/// How the message was answered, where that is no answer of the target about it.
std::optional<Absence> no_answer(const Probe& probe, const std::string& value) {
  const auto& last = *probe.smtp;
  if (last.outcome == Outcome::unknown) return Absence{false, value, Cause::possibly_delivered};
  if (last.outcome == Outcome::rejected && probe.via)
    return Absence{false, value + " by our submission server: " + reply_text(last), Cause::via_relay};
  if (last.outcome == Outcome::temporary || last.outcome == Outcome::not_sent || about_us(last))
    return Absence{false, value + ": " + reply_text(last), last.cause};
  return std::nullopt;
}

}  // namespace

std::optional<Absence> undetermined(const Probe& probe, std::string_view pointer, const std::string& value) {
  if (value == word(auth::DkimOutcome::temperror)) return Absence{false, value, Cause::dns_failure};
  if (is_below(pointer, {"reply", "kind"}) && value == word(AnswerKind::delay))
    return Absence{false, "a notice of delay, and nothing after it", Cause::timed_out};
  if (!probe.smtp) return std::nullopt;
  const bool answer = value == word(probe.smtp->outcome) || is_below(pointer, {"smtp", "reply"});
  return answer ? no_answer(probe, value) : std::nullopt;
}

}  // namespace mailprobe::scenarios
