#include "app/suite_needs.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/safe_text.h"
#include "evidence/negative_names.h"
#include "scenarios/faults.h"
#include "scenarios/load.h"
#include "scenarios/suites.h"

namespace mailprobe::app {

namespace {

using scenarios::Scenario;

bool any_probe(const Scenario& suite, const auto& wants) { return std::ranges::any_of(suite.probes, wants); }

/// Names whose records it needs.
std::set<std::string> labels_of(const Scenario& suite) {
  std::set<std::string> labels;
  for (const auto& probe : suite.probes) {
    if (const auto label = scenarios::label_of(probe.send.from)) labels.insert(*label);
    if (probe.send.dkim.fault == scenarios::DkimFault::revoked_key) labels.emplace(evidence::revoked_selector);
  }
  return labels;
}

void add_missing_records(const Scenario& suite, const std::vector<evidence::OwnRecord>& negative,
                         SuiteStanding& standing) {
  const auto labels = labels_of(suite);
  for (const auto& record : negative) {
    if (!labels.contains(record.what) || record.holds) continue;
    const auto problem = safe_text(record.problem.value_or("is not known"), 200);
    if (record.cause)
      standing.unknown = record.name + " " + problem;
    else
      standing.lacks.push_back(fmt::format("{} IN {} \"{}\" {}", record.name, record.type, record.wanted, problem));
  }
}

std::string_view verdict_of(const SuiteStanding& standing) {
  if (!standing.lacks.empty()) return "cannot run yet";
  return standing.unknown.empty() ? "can run" : "not known";
}

}  // namespace

SuiteStanding standing_of(const Scenario& suite, const probe::Settings& settings, const probe::Identity& identity,
                          const std::vector<evidence::OwnRecord>& negative) {
  SuiteStanding standing{
      .name = suite.name, .description = suite.description, .lacks = {}, .besides = {}, .omits = {}, .unknown = {}};
  const auto wants_copy = [](const scenarios::Probe& probe) { return probe.watch.mailbox; };
  const auto wants_answer = [](const scenarios::Probe& probe) {
    return probe.watch.reply && !scenarios::waits_for_report(probe);
  };
  const auto wants_forward = [](const scenarios::Probe& probe) { return probe.watch.forward; };
  const auto wants_traps = [](const scenarios::Probe& probe) { return probe.watch.traps; };
  if (any_probe(suite, wants_copy) && settings.mailboxes.empty())
    standing.lacks.emplace_back("a mailbox at the target, to look for the copies in: \"mailboxes\"");
  const bool answers = any_probe(suite, wants_answer), forwards = any_probe(suite, wants_forward);
  if ((answers || forwards) && settings.receiver.listen.empty())
    standing.lacks.emplace_back("a receiver, which " + std::string(answers ? "answers come" : "it is forwarded") +
                                " to: \"receiver\"");
  if (any_probe(suite, wants_traps) &&
      (settings.receiver.traps.empty() || settings.receiver.trap_domain != identity.domain))
    standing.lacks.push_back("traps in " + identity.domain + ": \"receiver.traps\", docs/traps.md");
  add_missing_records(suite, negative, standing);
  if (answers) standing.besides.emplace_back("an address that answers");
  if (forwards) standing.besides.push_back("an address that forwards to " + identity.address.text());
  if (any_probe(suite, [](const scenarios::Probe& probe) { return probe.send.end_of_data.has_value(); }))
    standing.besides.emplace_back("--intrusive");
  if (any_probe(suite, [](const scenarios::Probe& probe) { return scenarios::fault_of(probe.send).has_value(); }))
    standing.besides.push_back("the target's consent: \"mailprobe-consent=" + identity.domain +
                               "\" at _mailprobe.TARGET");
  for (const auto& probe : suite.probes)
    if (scenarios::waits_for_report(probe) && settings.receiver.listen.empty())
      standing.omits.push_back(probe.name + ", whose report comes to a receiver: \"receiver\"");
  for (const auto& probe : suite.probes)
    if (scenarios::has_weak_key(probe.send) && !settings.receiver.dns.weak_domain)
      standing.omits.push_back(probe.name + ", which needs a domain of its own: \"receiver.dns.weak_domain\"");
  return standing;
}

std::vector<SuiteStanding> suite_standings(const probe::Settings& settings, const probe::Identity& identity,
                                           const std::vector<evidence::OwnRecord>& negative) {
  std::vector<SuiteStanding> all;
  const scenarios::Outside outside{.given = {{"target", identity.address.text()}}, .environment = {}, .file = {}};
  for (const auto& suite : scenarios::suites())
    if (const auto scenario = scenarios::load(suite.text, std::string(suite.name), outside))
      all.push_back(standing_of(*scenario, settings, identity, negative));
  return all;
}

std::string to_text(const std::vector<SuiteStanding>& standings) {
  std::string text = "Suites of \"mailprobe run\"\n";
  for (const auto& one : standings) {
    text += fmt::format("  {:<14} {}", one.name, verdict_of(one));
    for (const auto& beside : one.besides) text += (&beside == one.besides.data() ? "; needs " : ", and ") + beside;
    text += '\n';
    for (const auto& omitted : one.omits) text += fmt::format("  {:<14}   without {}\n", "", omitted);
    if (!one.unknown.empty()) text += fmt::format("  {:<14}   {}\n", "", one.unknown);
    for (const auto& missing : one.lacks) text += fmt::format("  {:<14}   needs {}\n", "", missing);
  }
  return text;
}

}  // namespace mailprobe::app
