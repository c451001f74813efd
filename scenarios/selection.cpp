#include "scenarios/selection.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/suggest.h"
#include "evidence/controls.h"
#include "scenarios/expression.h"
#include "scenarios/glob.h"

namespace mailprobe::scenarios {

namespace {

/// Also as reports name it where there are several files: "content:text/utf-8".
bool names(const std::string& pattern, const std::string& scenario, const Probe& probe) {
  const auto base = std::string(evidence::base_name(probe.name));
  return std::ranges::any_of(std::array{probe.name, base, scenario + ":" + probe.name, scenario + ":" + base},
                             [&](const std::string& name) { return glob_matches(name, pattern); });
}

bool holds(const std::vector<std::string>& tags, const std::string& tag) {
  return std::ranges::find(tags, tag) != tags.end();
}

bool wanted(const Scenario& scenario, const Probe& probe, const Selection& selection) {
  const auto named = [&](const auto& pattern) { return names(pattern, scenario.name, probe); };
  const auto tagged = [&](const auto& tag) { return holds(probe.tags, tag) || holds(scenario.tags, tag); };
  return (selection.only.empty() || std::ranges::any_of(selection.only, named)) &&
         (selection.tags.empty() || std::ranges::any_of(selection.tags, tagged));
}

bool controls(const Probe& control, const Probe& of) {
  return control.control_of && (*control.control_of == of.name || *control.control_of == evidence::base_name(of.name));
}

/// A line of each probe, or of the domain, holds of some of them too.
bool is_about_several(const Expected& line) {
  const auto expression = parse_expression(line.text);
  return !expression || has_aggregate(*expression);
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
  if (left.size() != scenario.probes.size()) std::erase_if(scenario.expect, is_about_several);
  scenario.probes = std::move(left);
}

/// A name that nobody has would run nothing, and look like a success.
Result<void> check_known(const std::vector<Scenario>& scenarios, const Selection& selection) {
  std::set<std::string> found, tags;
  for (const auto& scenario : scenarios) {
    tags.insert(scenario.tags.begin(), scenario.tags.end());
    for (const auto& probe : scenario.probes) {
      found.insert((scenarios.size() > 1 ? scenario.name + ":" : "") + std::string(evidence::base_name(probe.name)));
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
      return std::ranges::any_of(each.probes, [&](const Probe& probe) { return names(pattern, each.name, probe); });
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
