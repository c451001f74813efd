#include "evidence/compare.h"

#include <algorithm>

#include "evidence/compare_parts.h"
#include "evidence/findings.h"
#include "evidence/tried.h"

namespace mailprobe::evidence {

namespace {

constexpr int same = 0, fails = 1, undetermined = 3;

std::optional<std::int64_t> median(std::vector<std::int64_t> values) {
  if (values.empty()) return std::nullopt;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

std::vector<std::int64_t> latencies(const Document& document) {
  std::vector<std::int64_t> values;
  for (const auto& probe : document.probes)
    if (probe.mailbox && !probe.mailbox->late) values.push_back(probe.mailbox->delay_ms);
  return values;
}

/// Of those that came to TLS: a refused connection is quick, and no measure.
std::vector<std::int64_t> session_times(const Document& document) {
  std::vector<std::int64_t> values;
  for (const auto& tried : tried_addresses(document))
    if (tried.attempt.tls) values.push_back(tried.attempt.duration_ms);
  return values;
}

bool is_one_of(const std::optional<Verdict>& verdict, std::initializer_list<Verdict> among) {
  return verdict && std::ranges::find(among, *verdict) != among.end();
}

bool came_to(const std::vector<Difference>& differences, Verdict verdict) {
  return std::ranges::any_of(differences,
                             [&](const Difference& each) { return verdict_in(each, each.after) == verdict; });
}

/// It was known, and is not now.
bool lost_sight(const Difference& difference) {
  return is_one_of(verdict_in(difference, difference.before), {Verdict::pass, Verdict::warn, Verdict::fail}) &&
         is_one_of(verdict_in(difference, difference.after), {Verdict::inconclusive, Verdict::error});
}

void add(TrendPoint& point, Verdict verdict) {
  point.passed += verdict == Verdict::pass ? 1 : 0;
  point.warned += verdict == Verdict::warn ? 1 : 0;
  point.failed += verdict == Verdict::fail ? 1 : 0;
  point.undetermined += is_one_of(verdict, {Verdict::inconclusive, Verdict::error}) ? 1 : 0;
}

}  // namespace

Comparison compare(const Document& before, const Document& after) {
  Comparison comparison;
  comparison.with = {
      .id = before.run.id, .version = before.run.version, .started = before.run.started, .exit = before.run.exit};
  compare_verdicts(before, after, comparison);
  compare_servers(before, after, comparison);
  compare_probes(before, after, comparison);
  comparison.trend = {trend_point(before)};
  return comparison;
}

TrendPoint trend_point(const Document& document) {
  TrendPoint point{.id = document.run.id, .started = document.run.started, .exit = document.run.exit};
  if (of_run(document))  // it is asked for its expectations: what is wrong on purpose has findings that fail
    for (const auto& expectation : document.expectations) add(point, expectation.verdict);
  else
    for (const auto& finding : document.findings) add(point, finding.verdict);
  point.latency_ms = median(latencies(document));
  point.session_ms = median(session_times(document));
  return point;
}

int comparison_status(const Comparison& comparison, bool fail_on_warn) {
  if (came_to(comparison.worse, Verdict::fail) || came_to(comparison.appeared, Verdict::fail)) return fails;
  if (fail_on_warn && (!comparison.worse.empty() || came_to(comparison.appeared, Verdict::warn))) return fails;
  return std::ranges::any_of(comparison.changed, lost_sight) ? undetermined : same;
}

std::optional<Verdict> verdict_in(const Difference& difference, const std::optional<std::string>& state) {
  if (!state || (difference.what != "finding" && difference.what != "expectation")) return std::nullopt;
  return from_word<Verdict>(std::string_view(*state).substr(0, state->find_first_of(" :")));
}

}  // namespace mailprobe::evidence
