#include "reporter/comparison.h"

#include <algorithm>
#include <array>

#include "evidence/compare.h"
#include "reporter/phrases.h"
#include "reporter/picture.h"
#include "reporter/view.h"

namespace mailprobe::reporter {

namespace {

using evidence::Difference;
using evidence::Verdict;

constexpr std::size_t most_shown = 160;   // columns of a record; the evidence has all of it
constexpr std::size_t digest_shown = 18;  // of a certificate's digest

std::string_view title_of(std::string_view what) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 13> titles{{{"expectation", "Expectation"},
                                                                                  {"score", "Score"},
                                                                                  {"mx", "Mail server"},
                                                                                  {"address", "Address"},
                                                                                  {"tlsa", "TLSA records"},
                                                                                  {"record", "DNS record"},
                                                                                  {"name-servers", "Name servers"},
                                                                                  {"certificate", "Certificate"},
                                                                                  {"tls-version", "TLS version"},
                                                                                  {"tls-parameters", "TLS parameters"},
                                                                                  {"session-time", "Session time"},
                                                                                  {"latency", "Latency"},
                                                                                  {"reply-time", "Time to answer"}}};
  const auto* found = std::ranges::find(titles, what, &std::pair<std::string_view, std::string_view>::first);
  return found == titles.end() ? what : found->second;
}

std::string shown(const Difference& difference, const std::optional<std::string>& state) {
  if (!state) return "none";
  return shortened(*state, difference.what == "certificate" ? digest_shown : most_shown);
}

/// An expectation of every probe has one text.
std::string subject_of(const Difference& difference) {
  if (difference.what != "expectation" || !difference.probe) return difference.subject;
  return "probe " + *difference.probe + ": " + difference.subject;
}

DifferenceRow row_of(const Difference& difference, std::string_view tone) {
  DifferenceRow row{.title = difference.check.value_or(std::string(title_of(difference.what))),
                    .subject = subject_of(difference),
                    .text = difference.summary,
                    .before = {},
                    .after = {},
                    .tone = tone};
  const auto was = verdict_in(difference, difference.before), is = verdict_in(difference, difference.after);
  if (!was && !is) {
    row.before = shown(difference, difference.before);
    row.after = shown(difference, difference.after);
    return row;
  }
  row.tone = tone_of(is ? *is : *was);
  const auto well = [](const std::optional<Verdict>& verdict) {
    return !verdict || *verdict == Verdict::pass || *verdict == Verdict::info;
  };
  row.quiet = !(was && is) && well(was) && well(is);
  return row;
}

}  // namespace

std::vector<DifferenceGroup> difference_groups(const evidence::Comparison& comparison) {
  std::vector<DifferenceGroup> groups;
  const auto add = [&](std::string_view title, std::string_view tone, const std::vector<Difference>& differences) {
    if (differences.empty()) return;
    DifferenceGroup group{.title = title, .tone = tone, .rows = {}};
    group.rows.reserve(differences.size());
    for (const auto& difference : differences) group.rows.push_back(row_of(difference, tone));
    groups.push_back(std::move(group));
  };
  add("Worse", "warn", comparison.worse);
  add("New", "info", comparison.appeared);
  add("Changed", "info", comparison.changed);
  add("Better", "pass", comparison.better);
  add("Gone", "mute", comparison.gone);
  return groups;
}

std::string difference_counts(const evidence::Comparison& comparison) {
  std::string text;
  const auto add = [&](const std::vector<Difference>& differences, const char* word) {
    if (!differences.empty()) text += (text.empty() ? "" : ", ") + std::to_string(differences.size()) + " " + word;
  };
  add(comparison.worse, "worse");
  add(comparison.appeared, "new");
  const auto failing = std::ranges::count_if(comparison.appeared, [](const Difference& difference) {
    return verdict_in(difference, difference.after) == Verdict::fail;
  });
  if (failing > 0) text += " (" + std::to_string(failing) + (failing == 1 ? " fails)" : " fail)");
  add(comparison.changed, "changed");
  add(comparison.better, "better");
  add(comparison.gone, "gone");
  return text.empty() ? "nothing has changed" : text;
}

std::string earlier_phrase(const evidence::EarlierRun& run) {
  return "the run of " + moment(run.started) + (run.id ? " (" + *run.id + ")" : "");
}

}  // namespace mailprobe::reporter
