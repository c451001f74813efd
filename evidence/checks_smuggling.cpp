// inbound.smuggling: whether a second message behind what is no end of data came as one of its own. What counts is the
// message, or a server's answers to what should have been its text; a server that refuses the whole, or keeps it whole,
// is safe. RFC 5321 §4.1.1.4, CVE-2023-51764.
#include <algorithm>
#include <array>

#include "evidence/controls.h"
#include "evidence/findings.h"
#include "evidence/refused_for.h"

namespace mailprobe::evidence {

namespace {

struct Ending {
  std::string_view name, shown;
};
constexpr std::array<Ending, 9> endings{{
    {"lf-dot-lf", "LF . LF"},
    {"lf-dot-cr", "LF . CR"},
    {"cr-dot-lf", "CR . LF"},
    {"cr-dot-cr", "CR . CR"},
    {"lf-dot-crlf", "LF . CR LF"},
    {"cr-dot-crlf", "CR . CR LF"},
    {"crlf-dot-crcrlf", "CR LF . CR CR LF"},
    {"crcrlf-dot-crcrlf", "CR CR LF . CR CR LF"},
    {"crlf-nul-dot-crlf", "CR LF NUL . CR LF"},
}};

/// As people write it.
std::string shown(const Smuggling& smuggling) {
  const auto found = std::ranges::find(endings, smuggling.sequence, &Ending::name);
  return found == endings.end() ? plain(smuggling.sequence, 60) : "\"" + std::string(found->shown) + "\"";
}

constexpr std::string_view advice =
    "Let every server and gateway on the way end DATA at CRLF.CRLF only, and refuse a CR or LF that stands alone "
    "(Postfix: smtpd_forbid_bare_newline; Exim from 4.97.1 on; Sendmail from 8.18 on)";

/// RFC 5321 §3.8: 421 may come at any time.
bool is_farewell(const ReplyFacts& reply) { return reply.code == 421; }

bool is_refusal(const ReplyFacts& reply) { return reply.code / 100 == 4 || reply.code / 100 == 5; }

/// It answered commands that it took out of the message. One refusal more after that of the message may be meant for
/// QUIT.
bool split(const Probe& probe) {
  std::vector<ReplyFacts> answers = probe.smuggling->replies;
  std::erase_if(answers, is_farewell);
  const bool taken = probe.smtp && probe.smtp->outcome == Outcome::accepted;
  return answers.size() > 1 || (answers.size() == 1 && (taken || !is_refusal(answers.front())));
}

/// 354, and then a 250: it has the second message.
bool took_the_second(const Smuggling& smuggling) {
  const auto& replies = smuggling.replies;
  const auto go = std::ranges::find(replies, 354, &ReplyFacts::code);
  return go != replies.end() &&
         std::any_of(go, replies.end(), [](const ReplyFacts& reply) { return reply.code / 100 == 2; });
}

/// At the end of its data: what the session was seen to do then. RFC 5321 §4.1.1.10: QUIT is answered by 221.
Judgement judge_whole_refusal(const Probe& probe, std::string summary, const std::string& at) {
  const auto& replies = probe.smuggling->replies;
  const auto other = std::ranges::find_if_not(replies, is_farewell);
  if (other != replies.end())
    return {.verdict = Verdict::inconclusive,
            .summary = std::move(summary) + "; but what came next, " + std::to_string(other->code) + " " +
                       quoted(other->text) + ", is no answer to QUIT, and may be one to what stood behind it",
            .cause = Cause::protocol_error,
            .evidence = {at + pointer("smuggling", "replies")}};
  const auto left = std::ranges::any_of(probe.smtp->events, [](const Event& event) {
    return event.dir == Direction::in && event.text.starts_with("221");
  });
  return {.verdict = Verdict::pass,
          .summary = std::move(summary) + (left ? "; then QUIT was answered, and nothing before it"
                                                : "; then the session was over, and nothing was answered before"),
          .evidence = {at + pointer("smtp", "reply")}};
}

Judgement judge_refusal(const Probe& probe, const std::string& at) {
  const auto& attempt = *probe.smtp;
  const auto reply = attempt.reply ? std::to_string(attempt.reply->code) + " " + quoted(attempt.reply->text)
                                   : plain(attempt.error.value_or("no reply"), 200);
  if (attempt.outcome == Outcome::rejected && !is_about_our_address(attempt) && attempt.phase == "dot")
    return judge_whole_refusal(probe,
                               "The server refuses a message with " + shown(*probe.smuggling) + " in it: " + reply, at);
  return {.verdict = Verdict::inconclusive,
          .summary = "The message with " + shown(*probe.smuggling) + " in it did not get that far: " + reply,
          .cause = attempt.cause,
          .evidence = {at + pointer("smtp")}};
}

/// Of one that was taken, or may have been, whose second message is nowhere.
Judgement judge_absence(const Probe& probe, const std::string& at) {
  const auto& smuggling = *probe.smuggling;
  if (smuggling.whole == true)
    return {.verdict = Verdict::pass,
            .summary = shown(smuggling) + " does not end a message: it arrived whole, with the second one in it",
            .evidence = {at + pointer("smuggling", "whole"), at + pointer("mailbox")}};
  if (!probe.watch)
    return {.verdict = Verdict::not_tested,
            .summary = "No mailbox was watched, in which a second message could have come to light",
            .cause = Cause::no_mailbox,
            .evidence = {at + pointer("smuggling")}};
  if (!smuggling.completed)
    return {.verdict = Verdict::inconclusive,
            .summary = "The second message was not looked for to the end: " +
                       plain(probe.watch->error.value_or("the wait was cut short"), 200),
            .cause = probe.watch->cause,
            .evidence = {at + pointer("watch")}};
  if (smuggling.whole == false)
    return {.verdict = Verdict::warn,
            .summary = "The message arrived cut off at " + shown(smuggling) + "; the second one did not arrive",
            .advice = std::string(advice),
            .evidence = {at + pointer("mailbox")}};
  return {
      .verdict = Verdict::pass,
      .summary = "Neither the message with " + shown(smuggling) + " in it nor the second one arrived, the control did",
      .evidence = {at + pointer("smuggling")}};
}

/// Of what the server answered; nullopt: nothing that it should not have.
std::optional<Judgement> judge_answers(const Probe& probe, const std::string& at) {
  const auto& smuggling = *probe.smuggling;
  if (took_the_second(smuggling))
    return Judgement{.verdict = Verdict::fail,
                     .summary = "The server takes " + shown(smuggling) +
                                " for the end of a message, and took a second one that stood behind it",
                     .advice = std::string(advice),
                     .evidence = {at + pointer("smuggling", "replies")}};
  if (!split(probe)) return std::nullopt;
  return Judgement{.verdict = Verdict::warn,
                   .summary = "The server takes " + shown(smuggling) +
                              " for the end of a message: it answered what stood behind it, and took no second message",
                   .advice = std::string(advice),
                   .evidence = {at + pointer("smuggling", "replies")}};
}

Judgement judge_one(const Document& document, const Probe& probe, const std::string& at) {
  const auto& smuggling = *probe.smuggling;
  if (smuggling.folder)
    return {.verdict = Verdict::fail,
            .summary = "A second message behind " + shown(smuggling) + " arrived as one of its own, in " +
                       quoted(*smuggling.folder, 60),
            .advice = std::string(advice),
            .evidence = {at + pointer("smuggling")}};
  if (auto answered = judge_answers(probe, at)) return std::move(*answered);
  const auto controls = controls_of(document, probe);
  const bool controlled = std::ranges::any_of(controls, [](const Probe* each) { return arrived(*each); });
  if (!controlled && smuggling.whole != true) return without_control(controls, at + pointer("smuggling"));
  if (!probe.smtp)
    return {.verdict = Verdict::not_tested,
            .summary = "No server of the target was spoken to",
            .cause = document.target.cause,
            .evidence = {at + pointer("attempts")}};
  const auto outcome = probe.smtp->outcome;
  if (outcome != Outcome::accepted && outcome != Outcome::unknown) return judge_refusal(probe, at);
  return judge_absence(probe, at);
}

}  // namespace

void judge_smuggling(const Document& document, Findings& findings) {
  for (std::size_t p = 0; p < document.probes.size(); ++p) {
    const auto& probe = document.probes[p];
    if (!probe.smuggling) continue;
    findings.add("inbound.smuggling", probe_subject(probe), judge_one(document, probe, pointer("probes", p))).probe =
        probe.name;
  }
}

}  // namespace mailprobe::evidence
