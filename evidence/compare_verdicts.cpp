#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"
#include "evidence/compare_parts.h"
#include "evidence/findings.h"
#include "evidence/scores.h"

namespace mailprobe::evidence {

namespace {

/// One thing that has a verdict: a finding or an expectation.
struct Judged {
  std::string what, subject;
  std::optional<std::string> check, probe;
  Verdict verdict = Verdict::not_tested;
  std::optional<Grade> grade;
  std::optional<Cause> cause;
  std::string says;
  std::vector<std::string> evidence;
};

/// Found again in another run: ids of probes are not, their names are.
using Key = std::tuple<std::string, std::string, std::string, std::string>;
Key key_of(const Judged& judged) {
  return {judged.what, judged.check.value_or(""), judged.subject, judged.probe.value_or("")};
}

std::optional<std::string> probe_name(const Document& document, const std::optional<std::string>& id) {
  if (!id) return std::nullopt;
  const auto found = std::ranges::find(document.probes, *id, &Probe::id);
  return found == document.probes.end() ? std::nullopt : std::optional(found->name);
}

bool was_tested(Verdict verdict) { return verdict != Verdict::not_tested && verdict != Verdict::not_applicable; }

Judged judged(const Finding& finding) {
  return {.what = "finding",
          .subject = finding.subject,
          .check = finding.check,
          .probe = finding.probe,
          .verdict = finding.verdict,
          .grade = finding.grade,
          .cause = finding.cause,
          .says = finding.summary,
          .evidence = finding.evidence};
}

Judged judged(const Document& document, const Expectation& expectation) {
  return {.what = "expectation",
          .subject = plain(expectation.text, 300),
          .check = {},
          .probe = probe_name(document, expectation.probe),
          .verdict = expectation.verdict,
          .grade = {},
          .cause = expectation.cause,
          .says = ended("Found: " + (expectation.found.empty() ? "nothing" : plain(expectation.found))),
          .evidence = expectation.evidence};
}

/// Of several about one subject the one that weighs most.
int weight(Verdict verdict) {
  switch (verdict) {
    case Verdict::fail: return 4;
    case Verdict::error:
    case Verdict::inconclusive: return 3;
    case Verdict::warn: return 2;
    case Verdict::info: return 1;
    default: return 0;
  }
}

/// In the document's order, a thing once.
class All {
 public:
  explicit All(const Document& document) {
    for (const auto& finding : document.findings) add(judged(finding));
    for (const auto& expectation : document.expectations) add(judged(document, expectation));
  }

  [[nodiscard]] const std::vector<Judged>& rows() const { return rows_; }
  [[nodiscard]] const Judged* find(const Judged& like) const {
    const auto found = index_.find(key_of(like));
    return found == index_.end() ? nullptr : &rows_[found->second];
  }

 private:
  void add(Judged row) {
    if (!was_tested(row.verdict)) return;
    const auto [place, fresh] = index_.emplace(key_of(row), rows_.size());
    if (fresh)
      rows_.push_back(std::move(row));
    else if (weight(row.verdict) > weight(rows_[place->second].verdict))
      rows_[place->second] = std::move(row);
  }

  std::vector<Judged> rows_;
  std::map<Key, std::size_t> index_;
};

/// "fail: expired", "pass (enforced)"
std::string state_of(const Judged& row) {
  std::string text(word(row.verdict));
  if (row.grade) text += " (" + std::string(word(*row.grade)) + ")";
  if (row.cause) text += ": " + std::string(word(*row.cause));
  return text;
}

/// Those that can be put in an order: the others say that nobody knows.
std::optional<int> rank(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
    case Verdict::info: return 0;
    case Verdict::warn: return 1;
    case Verdict::fail: return 2;
    default: return std::nullopt;
  }
}

enum class Turn { better, worse, changed };

Turn turn_of(const Judged& before, const Judged& after) {
  const auto was = rank(before.verdict), is = rank(after.verdict);
  if (!was || !is) return Turn::changed;
  if (*was != *is) return *is < *was ? Turn::better : Turn::worse;
  if (before.grade && after.grade && *before.grade != *after.grade)
    return *after.grade > *before.grade ? Turn::better : Turn::worse;
  return Turn::changed;
}

Difference difference(const Judged& row, const Judged* before, const Judged* after) {
  Difference made{.what = row.what, .subject = row.subject, .check = row.check, .probe = row.probe};
  if (before != nullptr) made.before = state_of(*before);
  if (after != nullptr) made.after = state_of(*after);
  if (after != nullptr) made.evidence = after->evidence;
  return made;
}

void compare_rows(const Judged& before, const Judged& after, Comparison& into) {
  if (before.verdict == after.verdict && before.grade == after.grade && before.cause == after.cause) return;
  auto made = difference(after, &before, &after);
  made.summary = fmt::format("Was {}, is {}. {}", *made.before, *made.after, after.says);
  switch (turn_of(before, after)) {
    case Turn::better: return into.better.push_back(std::move(made));
    case Turn::worse: return into.worse.push_back(std::move(made));
    case Turn::changed: return into.changed.push_back(std::move(made));
  }
}

std::string points(double value) { return fmt::format("{:.4g}", value); }

void compare_scores(const Document& before, const Document& after, Comparison& into) {
  for (std::size_t i = 0; i < after.scores.size(); ++i) {
    const auto& now = after.scores[i];
    const auto then = std::ranges::find_if(before.scores, [&](const Score& score) {
      return score.profile == now.profile && score.category == now.category;
    });
    // A maximum of 0: nothing of it could be determined.
    if (then == before.scores.end() || then->max != now.max || now.max == 0 || then->value == now.value) continue;
    if (wholly_known(now) != wholly_known(*then)) continue;  // more or less was seen, not had
    auto& list = now.value > then->value ? into.better : into.worse;
    const auto name = plain(now.profile) + ", " + plain(now.category);
    list.push_back({.what = "score",
                    .subject = name,
                    .check = {},
                    .probe = {},
                    .before = points(then->value),
                    .after = points(now.value),
                    .summary = fmt::format("The score {} went from {} to {} of {}.", name, points(then->value),
                                           points(now.value), points(now.max)),
                    .evidence = {pointer("scores", i)}});
  }
}

}  // namespace

void compare_verdicts(const Document& before, const Document& after, Comparison& into) {
  const All then(before), now(after);
  for (const auto& row : now.rows()) {
    if (const auto* was = then.find(row)) {
      compare_rows(*was, row, into);
      continue;
    }
    auto made = difference(row, nullptr, &row);
    made.summary = "Is " + *made.after + ". " + row.says;
    into.appeared.push_back(std::move(made));
  }
  for (const auto& row : then.rows()) {
    if (now.find(row) != nullptr) continue;
    auto made = difference(row, &row, nullptr);
    made.summary = "Was " + *made.before + ". " + row.says;
    into.gone.push_back(std::move(made));
  }
  compare_scores(before, after, into);
}

}  // namespace mailprobe::evidence
