// What the target itself recorded: its trusted Authentication-Results beside our own evaluation (RFC 8601).
#include <algorithm>
#include <array>

#include "base/text.h"
#include "evidence/checks_copy.h"
#include "evidence/our_signatures.h"
#include "evidence/own_results.h"

namespace mailprobe::evidence {

namespace {

constexpr std::array<std::string_view, 3> methods{"spf", "dkim", "dmarc"};

/// Those that the target's results are compared with: our own; all of the copy, where it does not say whose it means.
std::vector<const auth::Dkim*> compared_signatures(const Probe& probe) {
  const auto results = own_results(probe, "dkim");
  const bool named = std::ranges::any_of(results, [](const auto* each) { return !each->properties.empty(); });
  std::vector<const auth::Dkim*> out;
  for (const auto& each : probe.mailbox->dkim)
    if (!named || is_our_domain(probe, each.domain)) out.push_back(&each);
  return out;
}

std::string our_word(const Probe& probe, std::string_view method) {
  const auto& copy = *probe.mailbox;
  if (method == "spf") return copy.spf ? std::string(word(copy.spf->result)) : "";
  if (method == "dmarc") return copy.dmarc.result ? std::string(word(*copy.dmarc.result)) : "";
  const auto signatures = compared_signatures(probe);
  if (signatures.empty()) return "none";
  const bool pass = std::ranges::find(signatures, auth::DkimOutcome::pass, &auth::Dkim::result) != signatures.end();
  return std::string(word(pass ? auth::DkimOutcome::pass : signatures.front()->result));
}

/// RFC 8601 §2.7: words that settle it. "none", "neutral", "temperror", none at all and words of somebody's own do not.
bool decided(std::string_view result) {
  static constexpr std::array<std::string_view, 6> settled{"pass",      "fail",   "softfail",
                                                           "permerror", "policy", "hardfail"};
  return std::ranges::find(settled, result) != settled.end();
}

/// RFC 6376 §3.5: whether a signature counts whose x= is over is left to the verifier. The words are those of auth/.
bool is_expired(const Probe& probe, std::string_view method) {
  const auto signatures = compared_signatures(probe);
  const auto expired = [](const auth::Dkim* each) { return each->reason == "signature expired"; };
  return method == "dkim" && !signatures.empty() && std::ranges::all_of(signatures, expired);
}

/// The target judged the message before it (or who came after it) changed it: then both are right.
bool changed_later(const MailboxCopy& copy, std::string_view method, std::string_view theirs) {
  const bool mutated = std::ranges::any_of(copy.dkim, [](const auth::Dkim& each) { return !each.mutation.empty(); });
  return mutated && method != "spf" && theirs == "pass";
}

struct Comparison {
  std::string agreed, changed, open, differing, contradicted;  // in words
  bool ours_open = false;                                      // it was we who could not look something up

  static void append(std::string& to, const std::string& text) { to += (to.empty() ? "" : ", ") + text; }
  void compare(const Probe& probe, std::string_view method);
};

void Comparison::compare(const Probe& probe, std::string_view method) {
  const auto recorded = recorded_word(probe, method);
  const auto ours = our_word(probe, method);
  if (!recorded || ours.empty()) return;
  const auto& theirs = *recorded;
  const auto name = std::string(method);
  if (theirs == ours)
    append(agreed, name + "=" + ours);
  else if (changed_later(*probe.mailbox, method, theirs))
    append(changed, name + "=pass");
  else if (!decided(theirs) || !decided(ours))
    append(open, name + "=" + plain(theirs, 20) + ", we say " + ours), ours_open |= ours == "temperror";
  else if ((theirs != "pass" && ours != "pass") || is_expired(probe, method))
    append(differing, name + "=" + plain(theirs, 20) + ", we say " + ours);
  else
    append(contradicted, name + "=" + plain(theirs, 20) + ", we say " + ours);
}

Judgement without_trusted(const MailboxCopy& copy) {
  if (copy.authentication_results.empty())
    return {.verdict = Verdict::warn,
            .summary = "The target records no Authentication-Results",
            .advice = "Let the receiving server add them: without them nobody downstream knows what it found"};
  return {.verdict = Verdict::warn,
          .summary = "None of the " + count_of(copy.authentication_results.size(), "Authentication-Results field") +
                     " is known to be the target's own; they are shown and not believed",
          .advice = "Name the target's authserv-id under authserv_ids: of the mailbox"};
}

Judgement compare_all(const Probe& probe) {
  const auto& copy = *probe.mailbox;
  const auto trusted = [](const auto& field) { return field.trusted; };
  if (std::ranges::none_of(copy.authentication_results, trusted)) return without_trusted(copy);
  Comparison all;
  for (const auto method : methods) all.compare(probe, method);
  if (!all.contradicted.empty())
    return {.verdict = Verdict::fail,
            .summary = "The target records " + all.contradicted,
            .advice = "Compare the evaluation of the two in the report"};
  if (!all.differing.empty())
    return {.verdict = Verdict::warn,
            .summary = "The target records " + all.differing + ": another word for what does not hold",
            .advice = "Compare the evaluation of the two in the report"};
  if (!all.changed.empty())
    return {.verdict = Verdict::pass,
            .summary = "The target records " + all.changed + " from before the message was changed" +
                       (all.agreed.empty() ? "" : ", and agrees with us otherwise: " + all.agreed)};
  if (!all.agreed.empty())
    return {
        .verdict = Verdict::pass,
        .summary = "The target agrees with us: " + all.agreed + (all.open.empty() ? "" : "; undecided: " + all.open)};
  if (all.ours_open)
    return {.verdict = Verdict::inconclusive,
            .summary = "The target records " + all.open + ": we could not look everything up",
            .cause = Cause::dns_failure,
            .advice = "Look at our own records with doctor, and run it again"};
  if (!all.open.empty()) return {.verdict = Verdict::warn, .summary = "The target records " + all.open};
  return {.verdict = Verdict::warn,
          .summary = "The target records none of SPF, DKIM and DMARC",
          .advice = "Let the receiving server evaluate them"};
}

void add(Findings& findings, std::string_view check, const Probe& probe, const std::string& at, Judgement judgement) {
  judgement.evidence = {at + pointer("mailbox", "authentication_results")};
  findings.add(check, probe_subject(probe), std::move(judgement)).probe = probe.name;
}

}  // namespace

void judge_recorded(const Probe& probe, const std::string& at, Findings& findings) {
  add(findings, "path.authentication-results", probe, at, compare_all(probe));
}

}  // namespace mailprobe::evidence
