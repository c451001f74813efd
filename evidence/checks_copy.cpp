#include "evidence/checks_copy.h"

#include <algorithm>
#include <array>

#include "auth/mutation.h"
#include "base/text.h"
#include "evidence/our_signatures.h"

namespace mailprobe::evidence {

namespace {

constexpr std::int64_t slow_ms = 60'000;
constexpr std::size_t most_mutations = 4;  // named in one sentence

using Bytes = std::optional<std::string>;

/// The one probe under judgement.
struct Copy {
  const Probe& probe;
  const MailboxCopy& copy;
  const std::string& at;
  Bytes sent, received;

  Finding& add(Findings& findings, std::string_view check, Verdict verdict, std::string summary,
               std::string_view member) const {
    auto& finding = findings.add(
        check, probe_subject(probe),
        {.verdict = verdict, .summary = std::move(summary), .evidence = {at + pointer("mailbox", member)}});
    finding.probe = probe.name;
    return finding;
  }
};

// --- latency, hops --------------------------------------------------------------------------------------------------

void judge_latency(const Copy& it, Findings& findings) {
  const auto delay = it.copy.delay_ms;
  const bool quick = delay <= slow_ms;
  it.add(findings, "path.latency", quick ? Verdict::pass : Verdict::warn,
         "In the mailbox " + duration_text(std::chrono::milliseconds(delay)) + " after it was accepted", "delay_ms");
}

void judge_hops(const Copy& it, Findings& findings) {
  std::string words;
  for (const auto& hop : it.copy.hops)
    words += (words.empty() ? "" : ", ") + hop.by + (hop.tls ? " (TLS " + std::string(word(hop.tls_source)) + ")" : "");
  it.add(findings, "path.hops", Verdict::info,
         count_of(it.copy.hops.size(), "hop") + (words.empty() ? "" : ": " + quoted(words, 300)), "hops");
}

// --- DKIM -----------------------------------------------------------------------------------------------------------

bool holds(const OurSignature& each) { return each.found != nullptr && each.found->result == auth::DkimOutcome::pass; }

bool undecided(const OurSignature& each) {
  return each.found != nullptr && each.found->result == auth::DkimOutcome::temperror;
}

/// Body before header, each change once.
std::vector<auth::Mutation> changes_of(const std::vector<OurSignature>& ours) {
  std::vector<auth::Mutation> out;
  for (const auto& each : ours)
    for (const auto& mutation : each.found != nullptr ? each.found->mutation : std::vector<auth::Mutation>{})
      if (std::ranges::none_of(
              out, [&](const auto& known) { return known.kind == mutation.kind && known.part == mutation.part; }))
        out.push_back(mutation);
  std::ranges::stable_partition(out, [](const auto& mutation) { return mutation.part == "body"; });
  if (out.size() > most_mutations) out.resize(most_mutations);
  return out;
}

/// "the body hash fails", "the header hash fails", or the verifier's own words.
std::string what_fails(const std::vector<OurSignature>& ours) {
  const auto fails = [&](std::optional<bool> auth::Dkim::* part) {
    return std::ranges::any_of(ours, [&](const auto& each) { return each.found && (each.found->*part) == false; });
  };
  const bool body = fails(&auth::Dkim::body_ok), header = fails(&auth::Dkim::header_ok);
  if (body && header) return "the body hash and the header hash fail";
  if (body) return "the body hash fails";
  if (header) return "the header hash fails";
  for (const auto& each : ours)
    if (each.found != nullptr && !holds(each)) return each.found->reason;
  return "they are not in the delivered copy";
}

std::string because(const std::vector<auth::Mutation>& changes, const Bytes& received) {
  std::string out;
  for (const auto& change : changes) out += (out.empty() ? " because " : ", and ") + mutation_text(change, received);
  return out;
}

std::string advice_for(const std::vector<auth::Mutation>& changes) {
  std::string out;
  for (const auto& change : changes) {
    const auto next = mutation_advice(change);
    if (!out.contains(next)) out += (out.empty() ? "" : ". ") + next;
  }
  return out;
}

void judge_survival(const Copy& it, Findings& findings) {
  constexpr std::string_view check = "path.dkim-survival";
  const auto ours = our_signatures(it.probe, it.sent);
  const auto all = ours.size();
  const auto good = static_cast<std::size_t>(std::ranges::count_if(ours, holds));
  const auto open = static_cast<std::size_t>(std::ranges::count_if(ours, undecided));
  if (all == 0) {
    it.add(findings, check, Verdict::not_applicable, "The message was sent without a DKIM signature", "dkim");
    return;
  }
  if (good == all) {
    it.add(
        findings, check, Verdict::pass,
        all == 1 ? "The DKIM signature still verifies" : "All " + std::to_string(all) + " DKIM signatures still verify",
        "dkim");
    return;
  }
  if (good + open == all) {
    auto& finding = it.add(findings, check, Verdict::inconclusive,
                           "Our DKIM key could not be looked up, so the signatures could not be verified", "dkim");
    finding.cause = Cause::dns_failure;
    return;
  }
  const auto changes = changes_of(ours);
  const auto count = good == 0 ? (all == 1 ? std::string("The DKIM signature does not survive")
                                           : "None of the " + std::to_string(all) + " DKIM signatures survives")
                               : "Only " + std::to_string(good) + " of the " + std::to_string(all) +
                                     " DKIM signatures survive" + (good == 1 ? "s" : "");
  auto& finding = it.add(findings, check, good == 0 ? Verdict::fail : Verdict::warn,
                         count + ": " + what_fails(ours) + because(changes, it.received), "dkim");
  finding.advice = advice_for(changes);
}

// --- body and header ------------------------------------------------------------------------------------------------

void judge_intact(const Copy& it, Findings& findings) {
  if (!it.sent || !it.received) {
    for (const std::string_view check : {"path.body-intact", "path.header-intact"})
      it.add(findings, check, Verdict::not_tested, "The raw messages are not at hand", "raw");
    return;
  }
  const auto changes = auth::find_mutations(*it.sent, *it.received);
  const auto judge = [&](std::string_view check, bool body, std::string_view intact) {
    std::vector<auth::Mutation> mine;
    std::ranges::copy_if(changes, std::back_inserter(mine),
                         [&](const auto& change) { return (change.part == "body") == body; });
    if (mine.size() > most_mutations) mine.resize(most_mutations);
    std::string words;
    for (const auto& change : mine) words += (words.empty() ? "" : "; ") + mutation_text(change, it.received);
    auto& finding = it.add(findings, check, mine.empty() ? Verdict::pass : Verdict::warn,
                           mine.empty() ? std::string(intact) : "Changed on the way: " + words, "raw");
    finding.advice = advice_for(mine);
  };
  judge("path.body-intact", true, "The body arrived byte for byte");
  judge("path.header-intact", false, "Every header field that was sent is there, unchanged and in order");
}

// --- the filter -----------------------------------------------------------------------------------------------------

void judge_filter(const Copy& it, Findings& findings) {
  constexpr std::string_view check = "path.filter-verdict";
  if (it.copy.filter.empty()) {
    const bool junk = in_junk(it.copy);
    it.add(findings, check, junk ? Verdict::warn : Verdict::info,
           junk ? "Filed as junk, and no header field says why" : "The target's filter left no trace in the header",
           "filter");
    return;
  }
  const auto [spam, words] = read_filter(it.copy.filter);
  it.add(findings, check, spam ? Verdict::warn : Verdict::pass,
         (spam ? "The target's filter takes the message for spam: " : "The target's filter found no spam: ") + words,
         "filter");
}

void judge_without_copy(const Probe& probe, const std::string& at, Findings& findings) {
  constexpr std::array<std::string_view, 7> checks{
      "path.latency",       "path.hops",           "path.dkim-survival",         "path.body-intact",
      "path.header-intact", "path.filter-verdict", "path.authentication-results"};
  for (const auto check : checks) {
    auto& finding = findings.add(check, probe_subject(probe),
                                 {.verdict = Verdict::not_tested, .summary = "There is no delivered copy to look at"});
    finding.probe = probe.name;
    finding.evidence = {at + pointer("mailbox")};
    if (!probe.watch && probe.smtp && probe.smtp->outcome == Outcome::accepted) finding.cause = Cause::no_mailbox;
  }
}

}  // namespace

bool in_junk(const MailboxCopy& copy) {
  if (copy.special_use && !copy.special_use->empty()) return iequals(*copy.special_use, "\\Junk");
  const auto leaf = copy.folder.substr(copy.folder.find_last_of("/.") + 1);
  return iequals(leaf, "Junk") || iequals(leaf, "Spam") || iequals(leaf, "Junk Email");
}

void judge_copy(const Probe& probe, const std::string& at, const RawReader& raw, Findings& findings) {
  if (!probe.mailbox) {
    judge_without_copy(probe, at, findings);
    return;
  }
  const Copy it{probe, *probe.mailbox, at, probe.sent ? raw(probe.sent->raw) : std::nullopt, raw(probe.mailbox->raw)};
  judge_latency(it, findings);
  judge_hops(it, findings);
  judge_survival(it, findings);
  judge_intact(it, findings);
  judge_filter(it, findings);
  judge_recorded(probe, at, findings);
}

}  // namespace mailprobe::evidence
