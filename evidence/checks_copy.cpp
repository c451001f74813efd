#include "evidence/checks_copy.h"

#include <array>

#include "base/text.h"

namespace mailprobe::evidence {

namespace {

constexpr std::int64_t slow_ms = 60'000;

void judge_latency(const Copy& it, Findings& findings) {
  const auto delay = it.copy.delay_ms;
  const bool quick = delay <= slow_ms;
  it.add(findings, "path.latency", quick ? Verdict::pass : Verdict::warn,
         delay > 0 ? "In the mailbox " + duration_text(std::chrono::milliseconds(delay)) + " after it was accepted"
                   : std::string("In the mailbox at once"),
         "delay_ms");
}

std::string hop_words(const auth::Hop& hop) {
  auto words = hop.by;
  if (!hop.protocol.empty()) words += " by " + hop.protocol;
  if (hop.tls) words += " (TLS " + std::string(word(hop.tls_source)) + ")";
  return words;
}

void judge_hops(const Copy& it, Findings& findings) {
  if (it.copy.hops.empty()) {  // RFC 5321 §4.4: every server inserts one
    it.add(findings, "path.hops", Verdict::warn, "The copy has no Received field", "hops").advice =
        "Let every server on the way insert its Received field";
    return;
  }
  std::vector<std::string> words;
  words.reserve(it.copy.hops.size());
  for (const auto& hop : it.copy.hops) words.push_back(plain(hop_words(hop), 120));
  it.add(findings, "path.hops", Verdict::info, count_of(it.copy.hops.size(), "hop") + ": " + plain(listed(words), 400),
         "hops");
}

void judge_without_copy(const Probe& probe, const std::string& at, Findings& findings) {
  constexpr std::array<std::string_view, 8> checks{
      "path.latency",       "path.hops",           "path.dkim-survival",          "path.body-intact",
      "path.header-intact", "path.filter-verdict", "path.authentication-results", "path.arc"};
  for (const auto check : checks) {
    auto& finding = findings.add(check, probe_subject(probe),
                                 {.verdict = Verdict::not_tested, .summary = "There is no delivered copy to look at"});
    finding.probe = probe.name;
    finding.evidence = {at + pointer("mailbox")};
    if (!probe.watch && probe.smtp && probe.smtp->outcome == Outcome::accepted) finding.cause = Cause::no_mailbox;
  }
}

}  // namespace

Finding& Copy::add(Findings& findings, std::string_view check, Verdict verdict, std::string summary,
                   std::string_view member) const {
  auto& finding = findings.add(check, probe_subject(probe), {.verdict = verdict, .summary = std::move(summary)});
  finding.probe = probe.name;
  finding.evidence = {at + pointer("mailbox", member)};
  return finding;
}

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
  const auto read = [&](const Raw& which) { return raw ? raw(which) : std::nullopt; };
  const Copy it{.probe = probe,
                .copy = *probe.mailbox,
                .at = at,
                .sent = probe.sent ? read(probe.sent->raw) : std::nullopt,
                .received = read(probe.mailbox->raw)};
  judge_latency(it, findings);
  judge_hops(it, findings);
  judge_survival(it, findings);
  judge_intact(it, findings);
  judge_filter(it, findings);
  judge_recorded(probe, at, findings);
  judge_arc(it, findings);
}

}  // namespace mailprobe::evidence
