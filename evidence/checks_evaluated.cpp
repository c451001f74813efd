// That the target evaluated at all, graded by what the witnesses saw: looked up (our DNS), evaluated (its refusal says
// so), recorded (its trusted Authentication-Results, or a report of its own), enforced (a negative probe beside its
// control). RFC 8601, RFC 7372, RFC 9990.
#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "evidence/checks_copy.h"
#include "evidence/controls.h"
#include "evidence/own_address.h"
#include "evidence/own_results.h"
#include "evidence/refused_for.h"
#include "evidence/reported.h"

namespace mailprobe::evidence {

namespace {

constexpr std::array<std::string_view, 3> methods{"spf", "dkim", "dmarc"};

std::string upper_name(std::string_view method) {
  return method == "spf" ? "SPF" : method == "dkim" ? "DKIM" : "DMARC";
}

/// What one witness says: in words, and where that stands.
struct Testimony {
  Grade grade = Grade::looked_up;
  std::string words;
  std::vector<std::string> evidence;
};
using Testimonies = std::vector<Testimony>;

// --- dns ------------------------------------------------------------------------------------------------------------

/// SPF brings the client that was judged. Another one than ours: that of a host further on, unless we cannot know ours
/// (behind NAT).
bool is_about_us(const DnsQuery& query, const std::vector<IpAddress>& own) {
  const auto seen = query.seen ? IpAddress::parse(*query.seen) : std::nullopt;
  if (!seen || own.empty() || std::ranges::any_of(own, is_behind_nat)) return true;
  return std::ranges::find(own, seen->unmapped()) != own.end();
}

/// Its own names cannot be in any cache: who evaluates asks for them. DMARC's are not the probe's own, but for those
/// who follow RFC 9989 §4.10.
bool must_be_asked(const Probe& probe, std::string_view method) {
  return probe.dns_witness && !probe.dns_witness->domain.empty() &&
         (method == "dkim" || (method == "spf" && probe.dns_witness->spf));
}

/// Where the evaluation needs names that no other probe has, the others prove nothing.
Testimonies looked_up(const Document& document, const Probe& probe, std::string_view method, const std::string& at) {
  Testimony found;
  std::set<std::string> resolvers;
  const auto own = own_addresses(document, probe);
  for (std::size_t i = 0; i < probe.dns.size(); ++i) {
    const auto& query = probe.dns[i];
    if (query.use != method || !is_about_us(query, own)) continue;
    if (must_be_asked(probe, method) && !query.name.ends_with(probe.dns_witness->domain)) continue;
    resolvers.insert(plain(query.from, 60));
    found.evidence.push_back(at + pointer("dns", i));
  }
  if (resolvers.empty()) return {};
  found.words = upper_name(method) + " was looked up by " + listed({resolvers.begin(), resolvers.end()});
  return {std::move(found)};
}

bool was_seen_elsewhere(const Document& document, const Probe& probe, std::string_view method) {
  const auto own = own_addresses(document, probe);
  return std::ranges::any_of(probe.dns,
                             [&](const DnsQuery& query) { return query.use == method && !is_about_us(query, own); });
}

// --- smtp -----------------------------------------------------------------------------------------------------------

/// RFC 7372 §3: what a refusal of ours says that it found.
bool refusal_names(const std::optional<std::string>& enhanced, std::string_view method) {
  static const std::set<std::string, std::less<>> dkim{"7.20", "7.21", "7.22", "7.26"}, spf{"7.23", "7.24", "7.26"};
  if (!enhanced || enhanced->size() < 3) return false;
  const auto detail = std::string_view(*enhanced).substr(2);
  return (method == "dkim" && dkim.contains(detail)) || (method == "spf" && spf.contains(detail));
}

Testimonies refused_for(const Probe& probe, std::string_view method, const std::string& at) {
  if (!probe.smtp || !probe.smtp->reply || probe.via || !refusal_names(probe.smtp->reply->enhanced, method)) return {};
  return {{.grade = Grade::evaluated,
           .words = "the target refuses the message for it (" + plain(*probe.smtp->reply->enhanced, 20) + ")",
           .evidence = {at + pointer("smtp", "reply")}}};
}

// --- mailbox --------------------------------------------------------------------------------------------------------

Testimonies recorded_by_mailbox(const Probe& probe, std::string_view method, const std::string& at) {
  const auto result = recorded_word(probe, method);
  if (!result) return {};
  return {{.grade = Grade::recorded,
           .words = "the target recorded " + std::string(method) +
                    (result->empty() ? " without a result" : "=" + plain(*result, 20)),
           .evidence = {at + pointer("mailbox", "authentication_results")}}};
}

// --- reports --------------------------------------------------------------------------------------------------------

/// The target's own words: that it evaluated, and where it acted upon it, enforced.
Testimonies told_by_report(const Probe& probe, std::string_view method, const std::string& at) {
  const auto said = reported(probe, at, method);
  if (!said) return {};
  const bool acted = said->disposition && *said->disposition != "none";
  return {{.grade = acted ? Grade::enforced : Grade::evaluated,
           .words = "the report of " + plain(said->organization, 60) + " says " + std::string(method) + "=" +
                    plain(said->result, 20) +
                    (said->disposition ? ", disposition " + plain(*said->disposition, 20) : std::string{}),
           .evidence = {said->at}}};
}

// --- enforced -------------------------------------------------------------------------------------------------------

/// A fault is named for what it breaks: "dkim-body-hash".
bool breaks(const Probe& probe, std::string_view method) { return probe.fault && istarts_with(*probe.fault, method); }

/// A rule of the message's format is broken too (RFC 5322 §3.6): who refuses it may know nothing of the method.
bool is_malformed(const Probe& probe) { return probe.fault && probe.fault->starts_with("dmarc-from-"); }

/// The rule that leaves it to the receiver what it makes of such a message; empty where none does.
std::string_view left_open_by(const Probe& probe) {
  if (probe.fault == "dkim-expired") return "RFC 6376 §3.5";  // it "MAY be considered invalid"
  if (is_malformed(probe)) return "RFC 9989 §5.3.1";          // "outside the scope of this document"
  return {};
}

// --- all of them ----------------------------------------------------------------------------------------------------

Testimonies gather(const Document& document, const Probe& probe, std::string_view method, const std::string& at) {
  if (probe.via) return told_by_report(probe, method, at);
  Testimonies all;
  for (auto some : {recorded_by_mailbox(probe, method, at), told_by_report(probe, method, at),
                    refused_for(probe, method, at), looked_up(document, probe, method, at)})
    std::ranges::move(some, std::back_inserter(all));
  return all;
}

Judgement proven(const Testimonies& all) {
  Judgement judgement{.verdict = Verdict::pass, .summary = {}, .grade = Grade::looked_up};
  for (const auto& one : all) {
    judgement.summary += (judgement.summary.empty() ? "" : "; ") + one.words;
    judgement.grade = std::max(*judgement.grade, one.grade);
    judgement.evidence.insert(judgement.evidence.end(), one.evidence.begin(), one.evidence.end());
  }
  if (judgement.summary.starts_with("the ")) judgement.summary.front() = 'T';
  return judgement;
}

/// What our DNS was asked is not known to its end: that nothing is there proves nothing.
Judgement unheard(const Probe& probe, std::string_view method, const std::string& at) {
  return {.verdict = Verdict::inconclusive,
          .summary = "Whether " + upper_name(method) +
                     " was looked up is not known: " + plain(*probe.dns_witness->problem, 300),
          .cause = probe.dns_witness->cause,
          .evidence = {at + pointer("dns_witness")}};
}

/// One of those that got no answer may have been about this message.
Judgement unanswered(const Probe& probe, std::string_view method, const std::string& at) {
  const auto count = static_cast<std::size_t>(probe.dns_witness->dropped);
  return {.verdict = Verdict::inconclusive,
          .summary = "Whether " + upper_name(method) + " was looked up is not known: our DNS left " +
                     count_of(count, "question") + " over its rate limit unanswered meanwhile",
          .cause = Cause::own_limit,
          .evidence = {at + pointer("dns_witness", "dropped")}};
}

Judgement unproven(const Document& document, const Probe& probe, std::string_view method, const std::string& at) {
  const auto name = upper_name(method);
  if (probe.attempts.empty() && !probe.mailbox)
    return {.verdict = Verdict::not_tested,
            .summary = "No server of the target was spoken to, so none had anything to look up",
            .cause = document.target.cause,
            .evidence = {at + pointer("attempts")}};
  if (must_be_asked(probe, method) && was_seen_elsewhere(document, probe, method))
    return {.verdict = Verdict::inconclusive,
            .summary = name + " was looked up only for another client than us: by a host further on",
            .evidence = {at + pointer("dns")}};
  if (probe.dns_witness && probe.dns_witness->problem && (probe.mailbox || must_be_asked(probe, method)))
    return unheard(probe, method, at);
  if (must_be_asked(probe, method) && probe.dns_witness->dropped > 0) return unanswered(probe, method, at);
  if (must_be_asked(probe, method) && probe.mailbox)
    return {.verdict = Verdict::warn,
            .summary = "The message was delivered, and nobody had looked up what " + name + " needs of it",
            .advice = "Let the receiving server evaluate " + name,
            .evidence = {at + pointer("dns_witness")}};
  if (probe.mailbox)
    return {.verdict = Verdict::inconclusive,
            .summary = "The target recorded " +
                       std::string(recorded_of_others(probe, method) ? "results of others only" : "no result") +
                       " for " + std::string(method) + ", and no other witness saw it",
            .evidence = {at + pointer("mailbox", "authentication_results")}};
  if (probe.dns_witness)
    return {.verdict = Verdict::inconclusive,
            .summary = "Nobody has looked up what " + name + " needs until now, and there is no copy that could tell",
            .evidence = {at + pointer("dns_witness")}};
  return {.verdict = Verdict::not_tested,
          .summary = "There is no delivered copy that could tell",
          .cause = probe.watch ? std::nullopt : std::optional(Cause::no_mailbox),
          .evidence = {at + pointer("mailbox")}};
}

// --- wrong on purpose -----------------------------------------------------------------------------------------------

/// One because of where we send from is about us, and that of our own submission server is not the target's.
bool turned_away(const Probe& probe) {
  return !probe.via && probe.smtp && probe.smtp->outcome == Outcome::rejected && !is_about_our_address(*probe.smtp);
}

/// For something that came between it and its control.
Judgement refused_for_another_cause(const Probe& probe, std::string_view method, const std::string& at) {
  const auto& last = *probe.smtp;
  const auto reply = last.reply ? last.reply->enhanced.value_or(std::to_string(last.reply->code)) : std::string();
  return {.verdict = Verdict::inconclusive,
          .summary = "The message with " + quoted(*probe.fault, 60) + " was refused, its control arrived: " +
                     (reply.empty() ? std::string("the refusal") : plain(reply, 20)) + " at " + plain(last.phase, 20) +
                     " does not speak of " + upper_name(method),
          .cause = Cause::refused,
          .evidence = {at + pointer("smtp", "reply")}};
}

Judgement refused_as_malformed(const Probe& probe, std::string_view method, const std::string& at) {
  return {.verdict = Verdict::inconclusive,
          .summary = "The message with " + quoted(*probe.fault, 60) +
                     " was refused, its control arrived: for its format (RFC 5322 §3.6) or for " + upper_name(method) +
                     ", that does not tell",
          .cause = Cause::refused,
          .evidence = {at + pointer("smtp", "reply")}};
}

/// libspf2 (OpenDMARC, Exim) lets SPF pass for every client in 127.0.0.0/8, and DMARC with it: that is about us.
bool came_from_loopback(const Document& document, const Probe& probe, std::string_view method) {
  return method != "dkim" && std::ranges::any_of(own_addresses(document, probe), &IpAddress::loopback);
}

Judgement taken_for_right(const Document& document, const Probe& probe, std::string_view method,
                          const std::string& at) {
  Judgement judgement{
      .verdict = Verdict::fail,
      .summary = "The target recorded " + std::string(method) + "=pass for a message with " + quoted(*probe.fault, 60),
      .advice = "Find out what evaluates " + upper_name(method) + " there: it takes what is wrong for right",
      .evidence = {at + pointer("mailbox", "authentication_results")}};
  if (came_from_loopback(document, probe, method)) {
    judgement.verdict = Verdict::inconclusive;
    judgement.summary += ", which came from a loopback address: many let those pass";
    judgement.advice = "Send it from another address: --source-ip";
    return judgement;
  }
  const auto rule = left_open_by(probe);
  if (rule.empty()) return judgement;
  judgement.verdict = Verdict::warn;
  judgement.summary += ": " + std::string(rule) + " leaves that to the receiver";
  if (is_malformed(probe)) judgement.advice = "Refuse messages without From and with several (RFC 5322 §3.6)";
  judgement.grade = Grade::recorded;
  return judgement;
}

/// A negative probe counts only beside its positive twin that did arrive. One that arrives is no failure: DKIM alone is
/// nothing to refuse a message for (RFC 6376 §6.3).
Judgement judge_negative(const Document& document, const Probe& probe, std::string_view method, const std::string& at) {
  const auto controls = controls_of(document, probe);
  if (std::ranges::none_of(controls, [](const Probe* each) { return arrived(*each); }))
    return without_control(controls, at);
  const bool refused = turned_away(probe);
  if (refused && !is_for_its_fault(probe, *probe.smtp)) return refused_for_another_cause(probe, method, at);
  if (refused && is_malformed(probe)) return refused_as_malformed(probe, method, at);
  // The junk is an answer only where the control does not lie there too.
  const bool elsewhere = std::ranges::any_of(controls, [](const Probe* each) { return lies_outside_junk(*each); });
  if (refused || (lies_in_junk(probe) && elsewhere && !is_malformed(probe)))
    return {.verdict = Verdict::pass,
            .summary = "The target enforces " + upper_name(method) + ": the message with " + quoted(*probe.fault, 60) +
                       (refused ? " was refused" : " went to the junk") + ", its control arrived",
            .evidence = {at},
            .grade = Grade::enforced};
  if (probe.via && probe.smtp && probe.smtp->outcome == Outcome::rejected)
    return {.verdict = Verdict::inconclusive,
            .summary = "The submission server " + plain(*probe.via, 60) + " refused the message with " +
                       quoted(*probe.fault, 60) + ": the target has not seen it",
            .cause = Cause::via_relay,
            .advice = "Send without --via",
            .evidence = {at + pointer("smtp", "reply")}};
  if (!probe.mailbox)
    return {.verdict = Verdict::inconclusive,
            .summary = "What became of the message with " + quoted(*probe.fault, 60) + " is not known",
            .evidence = {at}};
  if (recorded_word(probe, method) == "pass") return taken_for_right(document, probe, method, at);
  const auto all = gather(document, probe, method, at);
  auto judgement = all.empty() ? unproven(document, probe, method, at) : proven(all);
  if (lies_in_junk(probe) && !elsewhere)
    judgement.summary += "; it went to the junk, as its control did, so that the folder tells nothing";
  return judgement;
}

Judgement judge_one(const Document& document, const Probe& probe, std::string_view method, const std::string& at) {
  if (breaks(probe, method)) return judge_negative(document, probe, method, at);
  const auto all = gather(document, probe, method, at);
  if (!all.empty()) return proven(all);
  if (probe.via)  // a relay of ours evaluates too, and nobody can tell the two apart
    return {.verdict = Verdict::not_tested,
            .summary = "The message went through the submission server " + plain(*probe.via, 60),
            .cause = Cause::via_relay,
            .evidence = {at + (probe.mailbox ? pointer("mailbox", "authentication_results") : pointer("mailbox"))}};
  return unproven(document, probe, method, at);
}

}  // namespace

void judge_evaluation(const Document& document, Findings& findings) {
  for (std::size_t p = 0; p < document.probes.size(); ++p) {
    const auto& probe = document.probes[p];
    for (const auto method : methods)
      findings
          .add("inbound." + std::string(method) + "-evaluated", probe_subject(probe),
               judge_one(document, probe, method, pointer("probes", p)))
          .probe = probe.name;
  }
}

}  // namespace mailprobe::evidence
