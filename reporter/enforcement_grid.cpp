#include "reporter/enforcement_grid.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include "base/sort_stably.h"
#include "base/text.h"
#include "evidence/controls.h"
#include "evidence/own_results.h"
#include "evidence/returned.h"
#include "reporter/headline.h"
#include "reporter/phrases.h"
#include "reporter/probe_rows.h"

namespace mailprobe::reporter {

namespace {

using evidence::Document;
using evidence::Finding;
using evidence::Probe;

/// A fault is named for what it breaks: "dkim-body-hash", "spf-fail", "smuggling-lf-dot-lf".
std::string method_of(const Probe& probe) { return probe.fault->substr(0, probe.fault->find('-')); }

std::string check_of(const std::string& method) {
  return method == "smuggling" ? "inbound.smuggling" : "inbound." + method + "-evaluated";
}

std::string name_of(const Probe& probe) { return probe.name.empty() ? probe.id : probe.name; }

/// "enforcement" of "enforcement:dkim/body-hash": several scenarios in one run.
std::string scenario_of(const std::string& name) {
  const auto colon = name.find(':');
  return colon == std::string::npos || colon > name.find_first_of("/ ") ? "" : name.substr(0, colon);
}

std::string without_scenario(const std::string& name) {
  const auto scenario = scenario_of(name);
  return scenario.empty() ? name : name.substr(scenario.size() + 1);
}

constexpr std::string_view not_sent = "not sent", not_yet = "not accepted yet";

struct Place {
  std::string icon, words;
};

std::string reply_words(const evidence::Attempt& attempt) {
  if (!attempt.reply) return {};
  return " " + attempt.reply->enhanced.value_or(std::to_string(attempt.reply->code));
}

Place unfound(const Probe& probe) {
  if (probe.forward) return {"us", "forwarded to us"};
  if (evidence::arrived(probe)) return {"mailbox", "accepted, and answered"};
  if (const auto* bounce = evidence::bounce_of(probe))
    return evidence::not_taken_by_us(probe, bounce->statuses)
               ? Place{"unknown", "accepted, and not taken by our receiver"}
               : Place{"stop", "accepted, and returned"};
  if (!probe.watch) return {"unknown", "accepted; not looked for"};
  return {probe.watch->completed ? "stop" : "unknown",
          probe.watch->completed ? "accepted; in no folder" : "accepted; not searched to the end"};
}

Place place_of(const Probe& probe) {
  if (probe.mailbox) return {evidence::in_junk(*probe.mailbox) ? "junk" : "mailbox", probe.mailbox->folder};
  if (!probe.smtp || probe.smtp->outcome == Outcome::not_sent) return {"unknown", std::string(not_sent)};
  switch (probe.smtp->outcome) {
    case Outcome::rejected: return {"stop", "refused" + reply_words(*probe.smtp)};
    case Outcome::temporary: return {"unknown", std::string(not_yet) + reply_words(*probe.smtp)};
    default: return unfound(probe);
  }
}

/// The target's own word for the method, each once: "dkim=fail". Of ours, not of what others signed.
std::string recorded_words(const Probe& probe, const std::string& method) {
  std::string text;
  std::set<std::string> known;
  for (const auto* result : evidence::own_results(probe, method))
    if (known.insert(to_lower(result->result)).second)
      text += (text.empty() ? "" : ", ") + method + "=" + to_lower(result->result);
  return text;
}

void set_control(EnforcementRow& row, const Document& document, const Probe& probe) {
  const auto controls = evidence::controls_of(document, probe);
  if (controls.empty()) return;
  const auto arrived = std::ranges::find_if(controls, [](const Probe* each) { return evidence::arrived(*each); });
  const Probe& one = arrived == controls.end() ? *controls.front() : **arrived;
  row.control_arrived = arrived != controls.end();
  row.control_sought = row.control_arrived || one.watch || one.reply_watch;
  row.control = without_scenario(name_of(one)) + ": " + place_of(one).words;
}

/// Findings by check and probe. They name a probe by its name.
class Graded {
 public:
  explicit Graded(const Document& document) {
    for (const auto& finding : document.findings)
      if (finding.probe && finding.check.starts_with("inbound.")) by_[finding.check + '\0' + *finding.probe] = &finding;
  }
  [[nodiscard]] const Finding* of(const std::string& check, const std::string& probe) const {
    const auto found = by_.find(check + '\0' + probe);
    return found == by_.end() ? nullptr : found->second;
  }

 private:
  std::unordered_map<std::string, const Finding*> by_;
};

EnforcementRow row_of(const Document& document, std::size_t index, const Graded& graded) {
  const auto& probe = document.probes[index];
  const auto method = method_of(probe), name = name_of(probe);
  EnforcementRow row;
  row.probe = index;
  row.name = without_scenario(name);
  row.wrong = fault_phrase(*probe.fault);
  set_control(row, document, probe);
  if (const auto* finding = graded.of(check_of(method), name)) {
    row.grade = finding->grade;
    row.judged = finding->verdict;
    row.summary = finding->summary;
  }
  row.recorded = recorded_words(probe, method);
  auto place = place_of(probe);
  row.icon = std::move(place.icon);
  row.went = std::move(place.words);
  if (probe.smuggling && probe.smuggling->folder) row.went += "; what was smuggled in: " + *probe.smuggling->folder;
  return row;
}

std::string set_of(const Probe& probe, bool several_identities) {
  auto set = scenario_of(name_of(probe));
  if (several_identities) set += (set.empty() ? "identity " : ", identity ") + probe.identity;
  return set;
}

std::string part(std::size_t count, std::string_view words) {
  return count == 0 ? std::string{} : fmt::format(", {} {}", count, words);
}

}  // namespace

std::optional<EnforcementGrid> enforcement_grid(const Document& document) {
  if (std::ranges::none_of(document.probes, [](const Probe& each) { return each.fault.has_value(); }))
    return std::nullopt;
  const Graded graded(document);
  std::set<std::string> identities, sets;
  for (const auto& probe : document.probes)
    if (probe.fault) identities.insert(probe.identity);
  std::map<std::size_t, evidence::Verdict> verdicts;
  for (const auto& each : probe_rows(document, {})) verdicts[each.index] = each.verdict;
  EnforcementGrid grid;
  for (std::size_t i = 0; i < document.probes.size(); ++i) {
    if (!document.probes[i].fault) continue;
    auto& row = grid.rows.emplace_back(row_of(document, i, graded));
    row.verdict = verdicts[i];
    row.set = set_of(document.probes[i], identities.size() > 1);
    sets.insert(row.set);
  }
  grid.several_sets = sets.size() > 1;
  sort_stably(grid.rows, &EnforcementRow::set);
  return grid;
}

std::string enforcement_sentence(const EnforcementGrid& grid) {
  const auto with = [&](std::string_view icon) {
    return static_cast<std::size_t>(std::ranges::count(grid.rows, icon, &EnforcementRow::icon));
  };
  const auto alone = static_cast<std::size_t>(std::ranges::count(grid.rows, false, &EnforcementRow::control_arrived));
  const auto gone = [&](std::string_view how) {
    return static_cast<std::size_t>(
        std::ranges::count_if(grid.rows, [&](const EnforcementRow& row) { return row.went.starts_with(how); }));
  };
  const auto kept = gone(not_sent), put_off = gone(not_yet);
  auto fates = part(with("stop"), "refused or dropped") + part(with("junk"), "filed as junk") +
               part(with("mailbox") + with("us"), "delivered") + part(kept, not_sent) + part(put_off, not_yet) +
               part(with("unknown") - kept - put_off, "of unknown fate");
  auto text =
      count_of(grid.rows.size(), "message was", "messages were") + " wrong on purpose: " + fates.substr(2) + ".";
  if (alone > 0)
    text += fmt::format(" The control of {} is not known to have arrived: {} nothing.", alone,
                        alone == 1 ? "it tells" : "they tell");
  return text;
}

std::string fault_phrase(std::string_view fault) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 18> phrases{{
      {"dkim-body-hash", "signed for another body"},
      {"dkim-signature", "signed for another header"},
      {"dkim-unknown-selector", "signed with a key that is not published"},
      {"dkim-revoked-key", "signed with a revoked key"},
      {"dkim-expired", "signature has expired"},
      {"dkim-rsa-sha1", "signed with rsa-sha1"},
      {"dkim-weak-key", "signed with a key of 512 bits"},
      {"spf-fail", "SPF forbids our address (-all)"},
      {"spf-softfail", "SPF doubts our address (~all)"},
      {"spf-permerror", "the SPF record is broken"},
      {"spf-lookups", "SPF needs too many look-ups"},
      {"dmarc-none", "no SPF, no DKIM, p=none"},
      {"dmarc-subdomain", "no SPF, no DKIM, the policy is the domain's above"},
      {"dmarc-quarantine", "no SPF, no DKIM, p=quarantine"},
      {"dmarc-reject", "no SPF, no DKIM, p=reject"},
      {"dmarc-strict", "not aligned strictly, p=reject"},
      {"dmarc-from-missing", "no From"},
      {"dmarc-from-twice", "two From"},
  }};
  for (const auto& [name, phrase] : phrases)
    if (name == fault) return std::string(phrase);
  return std::string(fault);
}

std::string_view grade_phrase(const EnforcementRow& row) {
  if (!row.grade) return verdict_label(row.judged);
  switch (*row.grade) {
    case evidence::Grade::looked_up: return "looked up";
    case evidence::Grade::evaluated: return "evaluated";
    case evidence::Grade::recorded: return "recorded";
    case evidence::Grade::enforced: return "enforced";
  }
  return {};
}

}  // namespace mailprobe::reporter
