// outbound.forward*: what a forwarder of the target's makes of a message on its way back to us. Under whose
// reverse-path it comes, what SPF says of that, which of our signatures still verify, whether the forwarder vouches for
// what it found by ARC. RFC 5321 §3.9, RFC 7208 §D.3, RFC 8617.
#include <algorithm>
#include <array>

#include "auth/mutation.h"
#include "base/time.h"
#include "evidence/answered.h"
#include "evidence/findings.h"
#include "evidence/forwarded.h"
#include "evidence/our_signatures.h"
#include "evidence/returned.h"
#include "evidence/waited.h"

namespace mailprobe::evidence {

namespace {

constexpr std::array<std::string_view, 4> of_the_copy{"outbound.forward-srs", "outbound.forward-spf",
                                                      "outbound.forward-dkim", "outbound.forward-arc"};

bool under_way(const Probe& probe) {
  return probe.smtp && (probe.smtp->outcome == Outcome::accepted || probe.smtp->outcome == Outcome::unknown);
}

// --- where nothing came ---------------------------------------------------------------------------------------------

/// The last word on it (RFC 3464 §2.3.3: "failed" is final), whoever it came to; nullptr: there is none.
const std::vector<DeliveryStatus>* bounced_with(const Probe& probe) {
  if (const auto* bounce = bounce_of(probe)) return &bounce->statuses;
  const auto* bounce = mailbox_bounce_of(probe);
  return bounce == nullptr ? nullptr : &bounce->statuses;
}

/// What is wrong on purpose may be returned. What we did not take ourselves was forwarded.
Judgement judge_returned(const Probe& probe, const std::vector<DeliveryStatus>& statuses) {
  if (not_taken_by_us(probe, statuses))
    return {.verdict = Verdict::inconclusive,
            .summary = "It was forwarded to us, and " + not_taken_told(statuses),
            .cause = Cause::own_limit,
            .advice = std::string(not_taken_advice)};
  Judgement judgement{.verdict = Verdict::fail,
                      .summary = "It bounced instead of being forwarded: " + cause_told(statuses),
                      .cause = Cause::refused,
                      .advice = "Look up the cause at the target: the bounce is in the report"};
  if (!probe.fault) return judgement;
  return {.verdict = Verdict::info,
          .summary = judgement.summary + "; it was wrong on purpose (" + plain(*probe.fault, 60) + ")"};
}

Judgement judge_silence(const Document& document, const Probe& probe, const std::string& at) {
  const auto& watch = *probe.reply_watch;
  Judgement judgement{.summary = {}, .evidence = {at + pointer("reply_watch")}};
  if (!under_way(probe)) {
    judgement.summary = "Nothing was accepted, so nothing could be forwarded";
  } else if (const auto* statuses = bounced_with(probe)) {
    judgement = judge_returned(probe, *statuses);
    judgement.evidence = {at + pointer(answer_of(probe, AnswerKind::bounce) != nullptr ? "replies" : "watch")};
  } else if (watch.cause == Cause::interrupted || document.run.interrupted) {
    judgement.verdict = Verdict::inconclusive;
    judgement.summary = "The wait for what is forwarded was cut short";
    judgement.cause = Cause::interrupted;
  } else if (watch.error) {
    judgement.verdict = Verdict::error;
    judgement.summary = "Nothing could be received: " + plain(*watch.error, 300);
    judgement.cause = watch.cause;
    judgement.advice = "See to the receiver";
  } else if (!watch.completed) {
    judgement.summary = "What is forwarded was not waited for; mailprobe collect looks for it";
  } else {
    judgement.verdict = Verdict::inconclusive;
    judgement.summary = "Nothing was forwarded to us within " + waited_text(watch.waited_ms);
    judgement.cause = Cause::timed_out;
    judgement.advice = "Let " + plain(probe.to, 100) + " forward to " + plain(probe.from, 100) +
                       ", or wait longer with --wait; mailprobe collect finds what comes late";
  }
  return judgement;
}

// --- what came ------------------------------------------------------------------------------------------------------

Judgement judge_arrival(const Probe& probe) {
  const auto& forward = *probe.forward;
  const auto when =
      forward.delay_ms
          ? " after " + duration_text(std::chrono::milliseconds(std::max<std::int64_t>(0, *forward.delay_ms)))
          : std::string();
  return {.verdict = Verdict::pass,
          .summary = "Forwarded to us" + when + ", from " + plain(forward.session.address, 60)};
}

Judgement judge_srs(const Probe& probe) {
  const auto path = probe.forward->session.mail_from.value_or("");
  switch (rewriting_of(path, probe.reverse_path.empty() ? probe.from : probe.reverse_path)) {
    case Rewriting::srs:
      return {.verdict = Verdict::pass, .summary = "The forwarder writes the reverse-path anew by SRS: " + plain(path)};
    case Rewriting::other:
      return {.verdict = Verdict::pass, .summary = "The forwarder has a reverse-path of its own: " + plain(path)};
    case Rewriting::null:
      return {.verdict = Verdict::info,
              .summary = probe.reverse_path.empty() ? "The reverse-path is null, as it was"
                                                    : "The forwarder sends on with the null reverse-path",
              .advice = probe.reverse_path.empty() ? "" : "Bounces of what it forwards are lost: use SRS instead"};
    case Rewriting::none: break;
  }
  return {.verdict = Verdict::fail,
          .summary = "The forwarder sends on under our own reverse-path, " + plain(path) +
                     ", for which it is no permitted sender",
          .advice = "Let the forwarder write the reverse-path anew (SRS: postsrsd, or its own support of it)"};
}

Judgement judge_spf(const Probe& probe) {
  const auto& spf = probe.forward->spf;
  if (!spf) return {.verdict = Verdict::not_tested, .summary = "SPF was not evaluated when it arrived"};
  const auto result = std::string(word(spf->result));
  const auto what = "SPF is " + result + " for " + plain(spf->domain, 260);
  if (result == "pass") return {.verdict = Verdict::pass, .summary = what};
  if (result == "temperror") return {.verdict = Verdict::inconclusive, .summary = what, .cause = Cause::dns_failure};
  return {.verdict = Verdict::fail,
          .summary = what + ", from " + plain(probe.forward->session.address, 60),
          .advice = "Let the forwarder use a reverse-path in a domain that lists it in its SPF record (SRS)"};
}

std::string dmarc_words(const Probe& probe) {
  const auto& dmarc = probe.forward->dmarc;
  if (!dmarc.result) return {};
  return "; DMARC is " + std::string(word(*dmarc.result)) + " for " + plain(dmarc.domain, 260);
}

Judgement judge_dkim(const Probe& probe, const std::optional<std::string>& sent,
                     const std::optional<std::string>& received) {
  const auto ours = our_signatures(probe, probe.forward->dkim, sent);
  const auto holds = [](const OurSignature& each) {
    return each.found != nullptr && each.found->result == auth::DkimOutcome::pass && !each.found->partial;
  };
  const auto open = [](const OurSignature& each) {
    return each.found != nullptr && each.found->result == auth::DkimOutcome::temperror;
  };
  const auto good = static_cast<std::size_t>(std::ranges::count_if(ours, holds));
  const auto dmarc = dmarc_words(probe);
  if (ours.empty())
    return {.verdict = Verdict::not_applicable, .summary = "The message was sent without a DKIM signature" + dmarc};
  if (good == ours.size())
    return {.verdict = Verdict::pass,
            .summary = (good == 1 ? std::string("The DKIM signature still verifies")
                                  : "All " + std::to_string(good) + " DKIM signatures still verify") +
                       dmarc};
  if (std::ranges::any_of(ours, open))
    return {.verdict = Verdict::inconclusive,
            .summary = "Not every signature could be judged: a key could not be looked up" + dmarc,
            .cause = Cause::dns_failure};
  const auto changes = sent && received ? auth::find_mutations(*sent, *received) : std::vector<auth::Mutation>{};
  const auto why = mutation_list(probe, changes, received);
  return {.verdict = good == 0 ? Verdict::fail : Verdict::warn,
          .summary = std::to_string(good) + " of " + count_of(ours.size(), "DKIM signature") + " survived" +
                     (why.empty() ? "" : ": " + why) + dmarc,
          .advice = changes.empty() ? "Let the forwarder leave the message as it is" : mutation_advice(changes)};
}

Judgement judge_arc(const Probe& probe) {
  const auto& arc = probe.forward->arc;
  if (!arc || arc->result == auth::ArcOutcome::none)
    return {
        .verdict = Verdict::warn,
        .summary = "The forwarder adds no ARC set: whoever gets it next has nothing but what is left of SPF and DKIM",
        .advice = "Let the forwarder seal what it forwards (ARC)"};
  const auto sets = count_of(arc->instances.size(), "ARC set");
  if (arc->result == auth::ArcOutcome::pass)
    return {.verdict = Verdict::pass,
            .summary = "The chain of " + sets + " is valid" +
                       (arc->instances.empty() ? "" : ", sealed by " + plain(arc->instances.back().domain, 260))};
  if (arc->temporary)
    return {.verdict = Verdict::inconclusive,
            .summary = "We could not verify the ARC chain: " + plain(arc->reason, 300),
            .cause = Cause::dns_failure};
  return {.verdict = Verdict::fail,
          .summary = "The ARC chain is broken: " + plain(arc->reason, 300),
          .advice = "Let each host seal last, after every change that it makes to the message"};
}

// --- both -----------------------------------------------------------------------------------------------------------

void add(Findings& findings, std::string_view check, const Probe& probe, Judgement judgement) {
  findings.add(check, probe_subject(probe), std::move(judgement)).probe = probe.name;
}

void judge_copy_of(const Probe& probe, const std::string& at, const RawReader& raw, Findings& findings) {
  const auto read = [&](const Raw& which) { return raw ? raw(which) : std::nullopt; };
  const auto sent = probe.sent ? read(probe.sent->raw) : std::nullopt;
  const auto received = read(probe.forward->raw);
  const auto with = [&](Judgement judgement, std::string_view member) {
    judgement.evidence = {at + pointer("forward", member)};
    return judgement;
  };
  add(findings, "outbound.forward", probe, with(judge_arrival(probe), "session"));
  add(findings, "outbound.forward-srs", probe, with(judge_srs(probe), "session"));
  add(findings, "outbound.forward-spf", probe, with(judge_spf(probe), "spf"));
  auto dkim = with(judge_dkim(probe, sent, received), "dkim");
  if (probe.forward->dmarc.result) dkim.evidence.push_back(at + pointer("forward", "dmarc"));
  add(findings, "outbound.forward-dkim", probe, std::move(dkim));
  add(findings, "outbound.forward-arc", probe, with(judge_arc(probe), "arc"));
}

}  // namespace

void judge_forward(const Document& document, const RawReader& raw, Findings& findings) {
  for (std::size_t p = 0; p < document.probes.size(); ++p) {
    const auto& probe = document.probes[p];
    const auto at = pointer("probes", p);
    if (probe.forward) {
      judge_copy_of(probe, at, raw, findings);
    } else if (probe.reply_watch && probe.reply_watch->forward) {
      add(findings, "outbound.forward", probe, judge_silence(document, probe, at));
      for (const auto check : of_the_copy)
        add(findings, check, probe,
            {.verdict = Verdict::not_tested,
             .summary = "Nothing was forwarded that could be looked at",
             .evidence = {at + pointer("forward")}});
    }
  }
}

}  // namespace mailprobe::evidence
