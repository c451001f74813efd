#include "reporter/cause_rows.h"

#include <algorithm>

#include "base/sort_stably.h"
#include "reporter/summary.h"

namespace mailprobe::reporter {

namespace {

using evidence::Document;
using evidence::Expectation;
using evidence::Finding;
using evidence::Verdict;

std::string with_cause(std::string key, std::optional<Cause> cause) {
  return cause ? key + '\n' + std::string(word(*cause)) : key;
}

/// One host's certificate has expired and another's is for another name: these are two things to fix.
std::string kind_of(const Finding& finding) {
  return "check\n" + std::string(word(finding.verdict)) + '\n' + with_cause(finding.check, finding.cause);
}

/// Several checks that could not be determined, and say the same of it: one thing.
std::string words_of(const Finding& finding) {
  if (is_wrong(finding.verdict)) return kind_of(finding);
  return "words\n" + std::string(word(finding.verdict)) + '\n' + finding.summary + '\n' + finding.advice;
}

/// Those that failed are told by what was expected, and those that are not known by what was found instead.
std::string words_of(const Expectation& expectation) {
  const bool failed = expectation.verdict == Verdict::fail;
  return "expectation\n" + std::string(word(expectation.verdict)) + '\n' +
         with_cause(failed ? expectation.text : expectation.found, expectation.cause);
}

Rank rank_of(Verdict verdict, bool counted) {
  if (verdict == Verdict::warn) return counted ? Rank::warning : Rank::unexpected_warning;
  if (verdict == Verdict::fail) return counted ? Rank::failure : Rank::unexpected_failure;
  return counted ? Rank::unknown : Rank::nothing;  // what nobody expects and could not be determined is no fault
}

Rank rank_of(const CauseRow& row) {
  if (!row.failed.empty()) return Rank::failure;
  return row.finding != nullptr && row.finding->verdict == Verdict::fail ? Rank::hindrance : Rank::unknown;
}

class Rows {
 public:
  explicit Rows(const Document& document) : document_(document), causes_(document) {}

  void add_expectations() {
    for (const auto& expectation : document_.expectations) {
      if (!is_open(expectation.verdict) || cut_short(expectation.cause)) continue;
      const auto* cause = causes_.behind(expectation);
      auto& row = cause == nullptr ? row_of(words_of(expectation), nullptr) : row_of(*cause);
      (expectation.verdict == Verdict::fail ? row.failed : row.open).push_back(&expectation);
      row.rank = rank_of(row);
    }
  }

  /// Causes before what follows from them, so that they stand in the order of the findings.
  void add_findings() {
    const bool asked = !document_.expectations.empty();
    const auto bearing = asked ? std::vector<Bearing>{} : bearings(document_, Strictness::warnings_too);
    for (const bool following : {false, true})
      for (const auto& group : tested_groups(document_))
        for (const Finding& finding : group.findings) {
          if (!is_open(finding.verdict) || cut_short(finding.cause)) continue;
          const auto& cause = causes_.root_of(finding);
          if ((&cause != &finding) != following) continue;
          const auto index = static_cast<std::size_t>(&finding - document_.findings.data());
          add(finding, cause, asked ? beside_expectations(finding) : rank_of(finding.verdict, counts(bearing[index])));
        }
  }

  std::vector<CauseRow> take() {
    sort_stably(rows_, &CauseRow::rank);
    return std::move(rows_);
  }

 private:
  static bool counts(Bearing bearing) { return bearing != Bearing::none; }

  /// Of a run that has expectations only what is broken besides is told: none of it counts.
  static Rank beside_expectations(const Finding& finding) {
    return finding.verdict == Verdict::fail ? Rank::unexpected_failure : Rank::nothing;
  }

  [[nodiscard]] bool cut_short(std::optional<Cause> cause) const {
    return document_.run.interrupted && cause == Cause::interrupted;
  }

  CauseRow& row_of(const std::string& key, const Finding* finding) {
    const auto [place, added] = known_.emplace(key, rows_.size());
    if (added)
      rows_.push_back(
          {.rank = Rank::nothing, .finding = finding, .alike = {}, .following = {}, .failed = {}, .open = {}});
    return rows_[place->second];
  }

  CauseRow& row_of(const Finding& finding) {
    const auto same = known_.find(words_of(finding));
    if (same != known_.end()) return rows_[same->second];
    auto& row = row_of(kind_of(finding), &finding);
    known_.emplace(words_of(finding), static_cast<std::size_t>(&row - rows_.data()));
    return row;
  }

  void add(const Finding& finding, const Finding& cause, Rank rank) {
    auto& row = row_of(cause);
    (&cause == &finding ? row.alike : row.following).push_back(&finding);
    row.rank = std::min(row.rank, rank);
  }

  const Document& document_;
  Causes causes_;
  std::vector<CauseRow> rows_;
  std::map<std::string, std::size_t> known_;
};

}  // namespace

Verdict CauseRow::verdict() const {
  if (!failed.empty()) return Verdict::fail;
  if (open.empty() || (finding != nullptr && finding->verdict == Verdict::fail)) return finding->verdict;
  return open.front()->verdict;
}

std::vector<CauseRow> rows_by_cause(const Document& document) {
  Rows rows(document);
  rows.add_expectations();
  rows.add_findings();
  return rows.take();
}

}  // namespace mailprobe::reporter
