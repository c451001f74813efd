#include "scenarios/selection.h"

#include <algorithm>
#include <set>

#include "base/suggest.h"
#include "evidence/controls.h"
#include "scenarios/glob.h"

namespace mailprobe::scenarios {

namespace {

bool names(const std::string& pattern, const Probe& probe) {
  return glob_matches(probe.name, pattern) || glob_matches(evidence::base_name(probe.name), pattern);
}

bool holds(const std::vector<std::string>& tags, const std::string& tag) {
  return std::ranges::find(tags, tag) != tags.end();
}

bool wanted(const Scenario& scenario, const Probe& probe, const Selection& selection) {
  const auto named = [&](const auto& pattern) { return names(pattern, probe); };
  const auto tagged = [&](const auto& tag) { return holds(probe.tags, tag) || holds(scenario.tags, tag); };
  return (selection.only.empty() || std::ranges::any_of(selection.only, named)) &&
         (selection.tags.empty() || std::ranges::any_of(selection.tags, tagged));
}

bool controls(const Probe& control, const Probe& of) {
  return control.control_of && (*control.control_of == of.name || *control.control_of == evidence::base_name(of.name));
}

void keep(Scenario& scenario, const Selection& selection) {
  std::vector<bool> kept;
  kept.reserve(scenario.probes.size());
  for (const auto& probe : scenario.probes) kept.push_back(wanted(scenario, probe, selection));
  std::vector<Probe> left;
  for (std::size_t i = 0; i < scenario.probes.size(); ++i) {
    bool needed = kept[i];
    for (std::size_t other = 0; other < kept.size() && !needed; ++other)
      needed = kept[other] && controls(scenario.probes[i], scenario.probes[other]);
    if (needed) left.push_back(scenario.probes[i]);
  }
  if (left.size() != scenario.probes.size()) scenario.expect.clear();
  scenario.probes = std::move(left);
}

/// A name that nobody has would run nothing, and look like a success.
Result<void> check_known(const std::vector<Scenario>& scenarios, const Selection& selection) {
  std::set<std::string> found, tags;
  for (const auto& scenario : scenarios) {
    tags.insert(scenario.tags.begin(), scenario.tags.end());
    for (const auto& probe : scenario.probes) {
      found.emplace(evidence::base_name(probe.name));
      tags.insert(probe.tags.begin(), probe.tags.end());
    }
  }
  const auto unknown = [](const std::string& option, const std::string& word, const std::set<std::string>& there) {
    const std::vector<std::string> list(there.begin(), there.end());
    auto hint = did_you_mean(word, list);
    if (hint.empty()) hint = list.empty() ? ": there is none" : ": there are " + any_of(list);
    return fail(Failure::usage, option + " " + in_quotes(word) + " fits no probe" + hint);
  };
  for (const auto& pattern : selection.only) {
    const auto fits = [&](const Scenario& each) {
      return std::ranges::any_of(each.probes, [&](const Probe& probe) { return names(pattern, probe); });
    };
    if (std::ranges::none_of(scenarios, fits)) return unknown("--only", pattern, found);
  }
  for (const auto& tag : selection.tags)
    if (!tags.contains(tag)) return unknown("--tag", tag, tags);
  return {};
}

}  // namespace

Result<void> select(std::vector<Scenario>& scenarios, const Selection& selection) {
  if (auto ok = check_known(scenarios, selection); !ok) return ok;
  for (auto& scenario : scenarios) {
    if (!selection.all()) keep(scenario, selection);
    for (auto& probe : scenario.probes) probe.repeat = selection.repeat.value_or(probe.repeat);
  }
  std::erase_if(scenarios, [](const Scenario& each) { return each.probes.empty(); });
  if (scenarios.empty()) return fail(Failure::usage, "--only and --tag together fit no probe: leave one of them out");
  return {};
}

}  // namespace mailprobe::scenarios
