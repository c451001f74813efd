// What the target itself recorded: its trusted Authentication-Results beside our own evaluation (RFC 8601).
#include <algorithm>
#include <array>

#include "base/text.h"
#include "evidence/checks_copy.h"

namespace mailprobe::evidence {

namespace {

constexpr std::array<std::string_view, 3> methods{"spf", "dkim", "dmarc"};

/// Every trusted result of that method.
std::vector<const auth::MethodResult*> recorded(const MailboxCopy& copy, std::string_view method) {
  std::vector<const auth::MethodResult*> out;
  for (const auto& field : copy.authentication_results)
    for (const auto& result : field.results)
      if (field.trusted && iequals(result.method, method)) out.push_back(&result);
  return out;
}

/// One word for a method: pass where any of its results is (several signatures), else the first.
std::string recorded_word(const std::vector<const auth::MethodResult*>& results) {
  const auto pass = [](const auth::MethodResult* each) { return iequals(each->result, "pass"); };
  return std::ranges::any_of(results, pass) ? "pass" : to_lower(results.front()->result);
}

std::string our_word(const MailboxCopy& copy, std::string_view method) {
  if (method == "spf") return copy.spf ? std::string(word(copy.spf->result)) : "";
  if (method == "dmarc") return copy.dmarc.result ? std::string(word(*copy.dmarc.result)) : "";
  if (copy.dkim.empty()) return "none";
  const bool pass =
      std::ranges::any_of(copy.dkim, [](const auth::Dkim& each) { return each.result == auth::DkimOutcome::pass; });
  return std::string(word(pass ? auth::DkimOutcome::pass : copy.dkim.front().result));
}

/// RFC 8601 §2.7: words that settle it. "none", "neutral", "temperror", none at all and words of somebody's own do not.
bool decided(std::string_view result) {
  static constexpr std::array<std::string_view, 6> settled{"pass",      "fail",   "softfail",
                                                           "permerror", "policy", "hardfail"};
  return std::ranges::find(settled, result) != settled.end();
}

/// RFC 6376 §3.5: whether a signature counts whose x= is over is left to the verifier. The words are those of auth/.
bool is_expired(const MailboxCopy& copy, std::string_view method) {
  const auto expired = [](const auth::Dkim& each) { return each.reason == "signature expired"; };
  return method == "dkim" && !copy.dkim.empty() && std::ranges::all_of(copy.dkim, expired);
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
  void compare(const MailboxCopy& copy, std::string_view method);
};

void Comparison::compare(const MailboxCopy& copy, std::string_view method) {
  const auto results = recorded(copy, method);
  const auto ours = our_word(copy, method);
  if (results.empty() || ours.empty()) return;
  const auto theirs = recorded_word(results);
  const auto name = std::string(method);
  if (theirs == ours)
    append(agreed, name + "=" + ours);
  else if (changed_later(copy, method, theirs))
    append(changed, name + "=pass");
  else if (!decided(theirs) || !decided(ours))
    append(open, name + "=" + plain(theirs, 20) + ", we say " + ours), ours_open |= ours == "temperror";
  else if ((theirs != "pass" && ours != "pass") || is_expired(copy, method))
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

Judgement compare_all(const MailboxCopy& copy) {
  const auto trusted = [](const auto& field) { return field.trusted; };
  if (std::ranges::none_of(copy.authentication_results, trusted)) return without_trusted(copy);
  Comparison all;
  for (const auto method : methods) all.compare(copy, method);
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
  add(findings, "path.authentication-results", probe, at, compare_all(*probe.mailbox));
}

}  // namespace mailprobe::evidence
