#include "reporter/trap_story.h"

#include <algorithm>

#include "evidence/own_refusal.h"
#include "evidence/reported.h"
#include "evidence/trap_signs.h"
#include "evidence/trapped.h"
#include "evidence/traps.h"
#include "reporter/phrases.h"
#include "reporter/trap_meaning.h"

namespace mailprobe::reporter {

namespace trap = evidence::trap;
using evidence::Document;
using evidence::Probe;
using evidence::Session;
using evidence::TrapAsked;
using evidence::Verdict;

namespace {

using Sessions = std::vector<const Session*>;

constexpr std::string_view record_prefix = "trap ";  // of self.records[].what

Sessions sessions_at(const Probe& probe, std::string_view name) {
  Sessions all;
  for (const auto& session : probe.sessions)
    if (session.trap == name) all.push_back(&session);
  std::ranges::sort(all, {}, [](const Session* one) { return one->started; });
  return all;
}

const Session* arrival(const Sessions& sessions) {
  const auto found = std::ranges::find_if(sessions, [](const Session* one) { return !one->recipients.empty(); });
  return found == sessions.end() ? nullptr : *found;
}

/// The one that tells most: mail that came, who saw the certificate and went away, the last that called.
const Session* telling(const Sessions& sessions) {
  if (const auto* came = arrival(sessions)) return came;
  const auto gone = std::ranges::find_if(sessions, [](const Session* one) { return evidence::shied_away(*one); });
  if (gone != sessions.end()) return *gone;
  return sessions.empty() ? nullptr : sessions.back();
}

bool asked(const Probe& probe, std::string_view name) {
  return std::ranges::find(probe.traps->asked, name, &TrapAsked::name) != probe.traps->asked.end();
}

bool reported(const Probe& probe, const TrapAsked& one) {
  const auto host = one.address.substr(one.address.rfind('@') + 1);
  using enum evidence::Refusing;
  const auto by = one.name == trap::sts_wrong ? mta_sts : dane;
  return !evidence::reported_failures(probe, {}, by, host, host).empty();
}

bool returned(const Document& document, const Probe& probe, const TrapAsked& one) {
  return evidence::Trapped(document, probe, {}).bounce(one.name, evidence::Barrier::any).has_value();
}

std::string without_mail(const Session& session) {
  if (evidence::turned_away(session)) return "was turned away by a limit of ours";
  if (session.tls) return "went away after TLS";
  return evidence::rejects_certificate(session) ? "rejected the certificate" : "called, and went away";
}

std::string came_words(const Document& document, const Probe& probe, const TrapAsked& one, const Session* session) {
  if (session == nullptr && reported(probe, one)) return "refused, a TLS report says";
  if (session == nullptr && returned(document, probe, one)) return "returned, a bounce says";
  if (session == nullptr) return probe.traps->completed ? "did not come" : "has not come";
  if (!session->recipients.empty()) return "came";
  if (session->mail_from) return one.name == trap::greylist ? "was told to come again" : "was refused";
  return without_mail(*session);
}

std::string when_words(const Probe& probe, const Sessions& sessions, const Session* session) {
  if (session == nullptr) return {};
  std::string text;
  if (probe.sent && probe.sent->at && session->started >= *probe.sent->at)
    text = "after " + duration((session->started - *probe.sent->at).count());
  if (sessions.size() > 1) text += (text.empty() ? "" : ", ") + count_of(sessions.size(), "call") + " in all";
  return text;
}

std::string control_words(const Probe& probe, std::string_view control) {
  if (control.empty()) return {};
  const auto text = "control: " + std::string(control);
  if (!asked(probe, control)) return text + ", which was not asked for";
  return text + (arrival(sessions_at(probe, control)) == nullptr ? ", which has not come" : ", which came");
}

// --- what it means --------------------------------------------------------------------------------------------------

struct Word {
  Verdict verdict = Verdict::inconclusive;
  std::string text;
};

constexpr std::string_view no_control = "Its control did not come, so nothing follows.",
                           too_early = "Too early to tell: it may be a delay.";

bool control_came(const Probe& probe, std::string_view name) {
  return arrival(sessions_at(probe, evidence::find_trap(name)->control)) != nullptr;
}

Word undecided(const Probe& probe, std::string_view name, const evidence::Finding& finding) {
  if (finding.cause == Cause::no_control && !control_came(probe, name))
    return {finding.verdict, std::string(no_control)};
  if (finding.cause == Cause::timed_out && !probe.traps->completed) return {finding.verdict, std::string(too_early)};
  return {finding.verdict, finding.summary};
}

/// About the probe, or "trap CASE" (no case begins another). nullptr: it is not in this document.
const evidence::Finding* finding_of(const Document& document, const Probe& probe, std::string_view check,
                                    std::string_view subject) {
  const auto found = std::ranges::find_if(document.findings, [&](const auto& finding) {
    return finding.check == check && finding.subject.starts_with(subject) && finding.probe == probe.name;
  });
  return found == document.findings.end() ? nullptr : &*found;
}

Word word_of_judged(const Document& document, const Probe& probe, const Judged& judged) {
  const auto* finding = finding_of(document, probe, judged.check, "probe ");
  if (finding == nullptr) return {.text = "Not judged."};
  if (finding->verdict == Verdict::pass) return {finding->verdict, std::string(judged.holds)};
  if (finding->verdict == Verdict::warn || finding->verdict == Verdict::fail)
    return {finding->verdict, std::string(judged.broken)};
  return undecided(probe, judged.trap, *finding);
}

/// Of a host that is as it should be: no check speaks of it.
Word word_of_control(const Probe& probe, const Shown& shown, const Session* came) {
  if (came != nullptr) {
    const auto& meaning = came->tls ? shown.tls : shown.plain;
    return {meaning.verdict, std::string(meaning.text)};
  }
  if (evidence::find_trap(shown.trap)->control.empty())
    return {.text = "No answer comes at all, so the others say nothing."};
  if (!control_came(probe, shown.trap)) return {.text = std::string(no_control)};
  const auto away = [](const Session* session) { return evidence::turned_away(*session); };
  if (std::ranges::any_of(sessions_at(probe, shown.trap), away))
    return {.text = "A limit of ours turned the call away, so nothing follows."};
  if (!probe.traps->unattended.empty()) return {.text = "Nobody received all the while, so nothing follows."};
  if (!probe.traps->completed) return {.text = std::string(too_early)};
  return {.text = "Others came, and this one did not, though nothing is wrong with it."};
}

Word word_of_shown(const Document& document, const Probe& probe, const Shown& shown, const Session* came) {
  if (shown.check.empty()) return word_of_control(probe, shown, came);
  const auto* finding = finding_of(document, probe, shown.check, "trap " + std::string(shown.trap));
  if (finding == nullptr) return {.text = "Not judged."};
  if (finding->verdict == Verdict::inconclusive) return undecided(probe, shown.trap, *finding);
  const auto& meaning = came == nullptr ? shown.absent : came->tls ? shown.tls : shown.plain;
  return {finding->verdict, std::string(meaning.text)};
}

Word meaning_of(const Document& document, const Probe& probe, std::string_view name, const Session* came) {
  if (const auto* judged = judged_trap(name)) return word_of_judged(document, probe, *judged);
  if (const auto* shown = shown_trap(name)) return word_of_shown(document, probe, *shown, came);
  return {.text = "Not a trap that this version knows."};
}

void add_session(const Session& session, TrapRow& row) {
  const auto helo = session.helo.value_or("");
  row.from = helo.empty() ? session.address : helo;
  row.client = helo.empty() ? "" : session.address;
  if (session.tls || session.mail_from) row.over = session.tls ? tls_name(session.tls->version) : "plain text";
  if (session.tls) row.cipher = session.tls->cipher + (session.tls->group ? ", " + *session.tls->group : "");
}

TrapRow row_of(const Document& document, const Probe& probe, const TrapAsked& one) {
  const auto* known = evidence::find_trap(one.name);
  auto sessions = sessions_at(probe, one.name);
  const auto* session = telling(sessions);
  auto means = meaning_of(document, probe, one.name, arrival(sessions));
  TrapRow row;
  row.name = one.name;
  row.address = one.address;
  if (known != nullptr) {
    row.what = known->what;
    row.control = control_words(probe, known->control);
  }
  row.came = came_words(document, probe, one, session);
  row.when = when_words(probe, sessions, session);
  if (session != nullptr) add_session(*session, row);
  row.verdict = means.verdict;
  row.meaning = std::move(means.text);
  row.sessions = std::move(sessions);
  return row;
}

// --- the whole ------------------------------------------------------------------------------------------------------

std::string why_left(const Document& document, const Probe& probe, std::string_view name) {
  const auto& known = probe.traps->left_out;
  const auto found = std::ranges::find(known, name, &evidence::TrapLeftOut::name);
  if (found != known.end()) return found->reason;
  for (const auto& record : document.self.records)  // of a run that did not note it
    if (record.what == std::string(record_prefix) + std::string(name))
      return record.name + " " + record.problem.value_or("is not as it should be");
  return "not set up";
}

/// As the catalogue has them; what it does not know last.
std::vector<TrapLeft> left_of(const Document& document, const Probe& probe) {
  std::vector<TrapLeft> all;
  for (const auto& one : evidence::trap_cases)
    if (!asked(probe, one.name)) all.push_back({std::string(one.name), why_left(document, probe, one.name)});
  for (const auto& one : probe.traps->left_out)
    if (evidence::find_trap(one.name) == nullptr) all.push_back({one.name, one.reason});
  return all;
}

/// As the catalogue has them; what it does not know last.
std::vector<const TrapAsked*> in_order(const Probe& probe) {
  std::vector<const TrapAsked*> all;
  const auto add = [&](auto fits) {
    for (const auto& one : probe.traps->asked)
      if (fits(one)) all.push_back(&one);
  };
  for (const auto& known : evidence::trap_cases) add([&](const TrapAsked& one) { return one.name == known.name; });
  add([](const TrapAsked& one) { return evidence::find_trap(one.name) == nullptr; });
  return all;
}

std::string sentence_of(const Probe& probe) {
  const auto& watch = *probe.traps;
  auto text = "The message asked for an answer at " + count_of(watch.asked.size(), "host") +
              " of ours, each with one thing wrong or right. ";
  const auto waited = duration(watch.waited_ms);
  if (watch.waited_ms == 0) return text + "What came was there at the first look.";
  return text + (watch.completed ? "Watched to the end, for " + waited + "."
                                 : "Watched for " + waited + " so far; “mailprobe collect” looks again.");
}

}  // namespace

TrapStory trap_story(const Document& document, const Probe& probe) {
  TrapStory story;
  story.sentence = sentence_of(probe);
  story.rows.reserve(probe.traps->asked.size());
  for (const auto* one : in_order(probe)) story.rows.push_back(row_of(document, probe, *one));
  story.left = left_of(document, probe);
  return story;
}

}  // namespace mailprobe::reporter
