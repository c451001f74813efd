#include "reporter/gathered.h"

#include <algorithm>
#include <unordered_map>

#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

constexpr std::size_t most_named = 8;  // of those that read the same

/// What holds for several messages is one thing, whatever it took.
bool in_any_words(const evidence::Finding& finding) {
  return finding.probe && finding.verdict == evidence::Verdict::pass;
}

std::string key_of(const evidence::Finding& finding) {
  std::string key;
  const std::string_view words = in_any_words(finding) ? "" : std::string_view(finding.summary);
  for (const std::string_view part :
       {std::string_view(finding.check), word(finding.verdict), words, finding.cause ? word(*finding.cause) : "",
        finding.grade ? word(*finding.grade) : ""})
    key.append(part).append(1, '\0');
  return key;
}

std::string key_of(const ExpectationRow& row) {
  std::string key;
  for (const auto& part : {std::string(word(row.verdict)), row.text, row.found, row.cause})
    key.append(part).append(1, '\0');
  return key;
}

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (!name.empty() && (names.empty() || names.back() != name)) names.push_back(name);
}

std::unordered_map<std::string, std::string> names_by_id(const evidence::Document& document) {
  std::unordered_map<std::string, std::string> names;
  for (const auto& probe : document.probes) names.emplace(probe.id, probe.name.empty() ? probe.id : probe.name);
  return names;
}

}  // namespace

std::vector<Gathered> gathered(const FindingRefs& findings, const evidence::Document& document) {
  const auto names = names_by_id(document);
  std::vector<Gathered> all;
  std::unordered_map<std::string, std::size_t> places;
  for (const evidence::Finding& finding : findings) {
    const auto [place, added] = places.emplace(key_of(finding), all.size());
    if (added)
      all.push_back({finding, 1, {}, {}});
    else
      ++all[place->second].times;
    auto& its = all[place->second];
    its.varied = its.varied || its.first.get().summary != finding.summary;
    add_once(all[place->second].subjects, finding.subject);
    if (!finding.probe) continue;
    const auto name = names.find(*finding.probe);
    add_once(all[place->second].probes, name == names.end() ? *finding.probe : name->second);
  }
  return all;
}

std::vector<GatheredRow> gathered(std::vector<ExpectationRow> rows) {
  std::vector<GatheredRow> all;
  std::unordered_map<std::string, std::size_t> places;
  for (auto& row : rows) {
    auto probe = row.probe;
    const auto [place, added] = places.emplace(key_of(row), all.size());
    if (added) all.push_back({std::move(row), {}});
    add_once(all[place->second].probes, probe);
  }
  return all;
}

std::string some_of(const std::vector<std::string>& names) {
  std::string text;
  const auto shown = names.size() > most_named + 1 ? most_named : names.size();
  for (std::size_t i = 0; i < shown; ++i) text += (i > 0 ? ", " : "") + names[i];
  if (shown < names.size()) text += " and " + std::to_string(names.size() - shown) + " more";
  return text;
}

}  // namespace mailprobe::reporter
