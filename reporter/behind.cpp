#include "reporter/behind.h"

#include <algorithm>
#include <array>

#include "evidence/controls.h"
#include "evidence/findings.h"
#include "evidence/trail.h"
#include "reporter/summary.h"

namespace mailprobe::reporter {

namespace {

using evidence::Attempt;
using evidence::Document;
using evidence::Expectation;
using evidence::Finding;
using evidence::Probe;
using evidence::Verdict;

const Finding* pointed_to(const Document& document, std::string_view pointer) {
  evidence::Trail trail(pointer);
  if (trail.next() != "findings") return nullptr;
  const auto* finding = trail.of(document.findings);
  return trail.at_end() ? finding : nullptr;
}

/// "HOST IP" of "address HOST IP" and of "cert HOST IP rsa".
std::string_view place_of(std::string_view subject) {
  constexpr std::string_view address = "address ", certificate = "cert ";
  if (subject.starts_with(address)) return subject.substr(address.size());
  if (!subject.starts_with(certificate)) return {};
  subject.remove_prefix(certificate.size());
  return subject.substr(0, subject.rfind(' '));
}

/// "/probes/0/mailbox" of "/probes/0/mailbox/folder"; of what is no pointer, nothing.
std::string_view outer(std::string_view pointer) {
  const auto slash = pointer.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : pointer.substr(0, slash);
}

/// What may break off a delivery, in the order of a session.
constexpr std::array<std::string_view, 6> of_session{"inbound.connect",     "inbound.starttls", "inbound.tls-version",
                                                     "inbound.certificate", "inbound.dane",     "inbound.mta-sts"};

std::size_t step_of(const Finding& finding) {
  return static_cast<std::size_t>(std::ranges::find(of_session, finding.check) - of_session.begin());
}

/// That it holds is not known, or it does not.
bool is_obstacle(const Finding& finding) { return is_open(finding.verdict) && finding.verdict != Verdict::warn; }

bool explains(const Finding& cause, Verdict verdict) { return verdict != Verdict::fail || is_wrong(cause.verdict); }

/// The attempt ended as the finding says, or for a policy that it says is not kept.
bool ended(const Attempt& attempt, const Finding& finding) {
  if (!attempt.cause) return false;
  const bool of_policy = finding.check == "inbound.dane" || finding.check == "inbound.mta-sts";
  return finding.cause == attempt.cause ||
         (attempt.cause == Cause::policy && of_policy && finding.verdict == Verdict::fail);
}

void first(const Finding*& place, const Finding& finding) {
  if (place == nullptr) place = &finding;
}

/// The copy, the answer or what was forwarded, as a whole: it is not there.
bool looks_for_what_came(const Expectation& expectation) {
  constexpr std::array<std::string_view, 3> parts{"/mailbox", "/reply", "/forward"};
  return std::ranges::any_of(expectation.evidence, [&](const std::string& pointer) {
    return std::ranges::any_of(parts, [&](std::string_view part) { return pointer.ends_with(part); });
  });
}

}  // namespace

bool is_open(Verdict verdict) { return bearing_of(verdict, Strictness::warnings_too) != Bearing::none; }

bool is_wrong(Verdict verdict) { return verdict == Verdict::fail || verdict == Verdict::warn; }

const Probe* probe_of(const Document& document, const Expectation& expectation) {
  if (!expectation.probe) return nullptr;
  const auto found = std::ranges::find(document.probes, *expectation.probe, &Probe::id);
  return found == document.probes.end() ? nullptr : &*found;
}

// --- what is known of a document ------------------------------------------------------------------------------------

Causes::Causes(const Document& document) : document_(document) {
  for (const auto& probe : document.probes) ways_.emplace(probe.name, Way{.probe = &probe});
  for (const auto& finding : document.findings)
    if (is_open(finding.verdict)) note(finding);
}

void Causes::note(const Finding& finding) {
  for (const auto& pointer : finding.evidence) about_[pointer].push_back(&finding);
  if (!is_obstacle(finding)) return;
  if (finding.check == "published.mx") first(no_server_, finding);
  if (const auto place = place_of(finding.subject); !place.empty()) at_place_[place].push_back(&finding);
  note_way(finding);
}

void Causes::note_way(const Finding& finding) {
  const auto found = finding.probe ? ways_.find(*finding.probe) : ways_.end();
  if (found == ways_.end()) return;
  auto& way = found->second;
  if (finding.check == "path.accepted") first(way.accepted, finding);
  if (finding.check == "path.delivered") first(way.delivered, finding);
  const auto of_wait = [](const std::string& pointer) { return pointer.ends_with("/reply_watch"); };
  if (std::ranges::any_of(finding.evidence, of_wait)) first(way.unanswered, finding);
}

const Causes::Way* Causes::way_of(const Probe& probe) const {
  const auto found = ways_.find(probe.name);
  return found == ways_.end() ? nullptr : &found->second;
}

// --- the beginning of a chain ---------------------------------------------------------------------------------------

/// What ended the attempt, as the findings about that server have it.
const Finding* Causes::at_server(const Attempt& attempt) const {
  const auto subject = evidence::address_subject(attempt);
  const auto found = at_place_.find(place_of(subject));
  if (found == at_place_.end()) return nullptr;
  const Finding* cause = nullptr;
  for (const auto* finding : found->second)
    if (ended(attempt, *finding) && step_of(*finding) < (cause == nullptr ? of_session.size() : step_of(*cause)))
      cause = finding;
  return cause;
}

/// Why a message did not arrive. Each step comes before those that need it.
const Finding* Causes::obstacle(const Probe& probe) const {
  const auto* way = way_of(probe);
  if (way == nullptr || evidence::arrived(probe)) return nullptr;
  const bool ours = way->accepted != nullptr && way->accepted->verdict == Verdict::error;
  if (!probe.smtp && !probe.via && no_server_ != nullptr && !ours) return no_server_;
  if (probe.smtp && evidence::deciding(probe).outcome == Outcome::not_sent)
    if (const auto* cause = at_server(evidence::deciding(probe))) return cause;
  return way->accepted != nullptr ? way->accepted : way->delivered;
}

const Finding* Causes::obstacle_of_control(const Probe& probe) const {
  for (const auto* control : evidence::controls_of(document_, probe))
    if (const auto* cause = obstacle(*control)) return cause;
  return nullptr;
}

/// Of what is known of that server the first, where it ended in the same way.
const Finding* Causes::before_at_server(const Finding& finding) const {
  const auto found = at_place_.find(place_of(finding.subject));
  if (found == at_place_.end() || step_of(finding) == of_session.size()) return nullptr;
  const Finding* first = nullptr;
  for (const auto* each : found->second)
    if (each->cause == finding.cause && step_of(*each) < step_of(first == nullptr ? finding : *first)) first = each;
  return first;
}

/// Where it is a consequence, what came before it.
const Finding* Causes::earlier(const Finding& finding) const {
  const bool unknown = finding.verdict == Verdict::inconclusive;
  if (!finding.probe) return unknown ? before_at_server(finding) : nullptr;
  const auto found = ways_.find(*finding.probe);
  if (found == ways_.end()) return nullptr;
  const auto& way = found->second;
  if (unknown && finding.cause == Cause::no_control)
    if (const auto* cause = obstacle_of_control(*way.probe)) return cause;
  return unknown || &finding == way.accepted || &finding == way.delivered ? obstacle(*way.probe) : nullptr;
}

const Finding& Causes::root_of(const Finding& finding) const {
  const auto* cause = earlier(finding);
  return cause != nullptr && explains(*cause, finding.verdict) ? *cause : finding;
}

// --- behind an expectation ------------------------------------------------------------------------------------------

/// Of the findings that an expectation is about, one that came out as it did; else the first that is wrong.
const Finding* Causes::worst_named(const Expectation& expectation) const {
  const Finding* worst = nullptr;
  for (const auto& pointer : expectation.evidence) {
    const auto* finding = pointed_to(document_, pointer);
    if (finding == nullptr || !is_open(finding->verdict)) continue;
    if (finding->verdict == expectation.verdict) return finding;
    if (worst == nullptr || (is_wrong(finding->verdict) && !is_wrong(worst->verdict))) worst = finding;
  }
  return worst;
}

/// What is wrong with the same piece of evidence, or with what holds it: "/probes/0/mailbox" holds
/// "/probes/0/mailbox/folder".
const Finding* Causes::closest(const Expectation& expectation) const {
  const Finding* found = nullptr;
  std::size_t best = 0;
  for (const std::string_view pointer : expectation.evidence)
    for (auto at = pointer; at.size() > best; at = outer(at)) {
      // whether a message is taken is one thing, and what TLS it went over another
      if (at.ends_with("/smtp") && pointer.substr(at.size()).starts_with("/tls")) break;
      const auto about = about_.find(at);
      if (about == about_.end()) continue;
      const auto fits = std::ranges::find_if(
          about->second, [&](const auto* each) { return explains(root_of(*each), expectation.verdict); });
      if (fits == about->second.end()) continue;
      best = at.size();
      found = *fits;
    }
  return found;
}

/// Why what an expectation looks for is not there.
const Finding* Causes::missing(const Expectation& expectation) const {
  const bool unknown = expectation.verdict != Verdict::fail;
  const auto* probe = probe_of(document_, expectation);
  if (probe == nullptr) return unknown && !expectation.probe ? no_server_ : nullptr;
  if (!unknown && !looks_for_what_came(expectation)) return nullptr;
  if (expectation.cause == Cause::no_control)
    if (const auto* cause = obstacle_of_control(*probe)) return cause;
  if (const auto* cause = obstacle(*probe)) return cause;
  const auto* way = way_of(*probe);
  const bool of_answers = looks_for_what_came(expectation) || expectation.text.contains("outbound.");
  return way != nullptr && of_answers ? way->unanswered : nullptr;
}

const Finding* Causes::behind(const Expectation& expectation) const {
  for (const auto* near : {worst_named(expectation), closest(expectation), missing(expectation)}) {
    if (near == nullptr) continue;
    const auto& root = root_of(*near);
    if (explains(root, expectation.verdict)) return &root;
  }
  return nullptr;
}

bool is_let_pass(const Expectation& expectation, const Probe& probe) {
  return probe.fault && expectation.verdict == Verdict::fail;
}

}  // namespace mailprobe::reporter
