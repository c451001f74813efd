#include "reporter/gathered.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

constexpr std::size_t most_named = 8;  // of those that read the same

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The end of a duration that begins there: "5ms", "1.2 s", "5min10s"; the same place where none does.
std::size_t end_of_time(std::string_view text, std::size_t from) {
  constexpr std::array<std::string_view, 5> units{"ms", "min", "s", "h", "d"};
  auto end = from;
  while (end < text.size() && (is_digit(text[end]) || (text[end] == '.' && end > from))) ++end;
  if (end == from) return from;
  const auto unit_at = end < text.size() && text[end] == ' ' ? end + 1 : end;
  for (const auto unit : units) {
    if (!text.substr(unit_at).starts_with(unit)) continue;
    const auto behind = unit_at + unit.size();
    const bool letter = behind < text.size() && text[behind] >= 'a' && text[behind] <= 'z';
    if (!letter) return behind;
  }
  return from;
}

/// What was found, whatever time it took: "Found in INBOX after 5ms" and "… at once" are the same.
std::string without_times(std::string_view text) {
  constexpr std::string_view at_once = " at once", after = " after ";
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const bool begins = i == 0 || !(is_digit(text[i - 1]) || text[i - 1] == '.' || text[i - 1] == ':');
    const auto end = begins ? end_of_time(text, i) : i;
    if (end > i) {
      if (!out.ends_with('#')) out += '#';
      i = end;
    } else if (text.substr(i).starts_with(at_once)) {
      out.append(after).append("#");
      i += at_once.size();
    } else {
      out += text[i++];
    }
  }
  return out;
}

/// What holds for several messages is one thing where the same was found of each.
std::string words_of(const evidence::Finding& finding) {
  const bool holds = finding.probe && finding.verdict == evidence::Verdict::pass;
  return holds ? without_times(finding.summary) : finding.summary;
}

std::string key_of(const evidence::Finding& finding) {
  std::string key;
  const auto words = words_of(finding);
  for (const std::string_view part :
       {std::string_view(finding.check), word(finding.verdict), std::string_view(words),
        finding.cause ? word(*finding.cause) : "", finding.grade ? word(*finding.grade) : ""})
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
