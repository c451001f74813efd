#include <algorithm>

#include "reporter/gathered.h"
#include "reporter/phrases.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

using evidence::Verdict;

constexpr std::size_t most_proven = 100;  // rows with what was found in the evidence: the document has it of all

std::string joined(const std::vector<std::string>& pointers) {
  std::string text;
  for (const auto& pointer : pointers) text += (text.empty() ? "" : " ") + pointer;
  return text;
}

/// What stands behind one that does not hold, in the shape of a finding.
Views proofs_of(const Page& from, const ExpectationRow& row) {
  evidence::Finding finding;
  finding.check = "expect";
  finding.evidence = row.evidence;
  return proof_views(from, finding);
}

View row_view(const Page& from, const GatheredRow& gathered, bool proven) {
  const auto& [row, probes] = gathered;
  View view;
  auto proofs = proven ? proofs_of(from, row) : Views{};
  badge(view, row.verdict)
      .set("probe", some_of(probes))
      .set("times", probes.size() > 1 ? count_of(probes.size(), "probe") : "")
      .set("text", row.text)
      .set("expected", row.expected)
      .set("found", row.found)
      .set("cause", row.cause)
      .set("evidence", probes.size() < 2 && proofs.empty() ? joined(row.evidence) : "")
      .set("has_proofs", !proofs.empty())
      .set("proofs", std::move(proofs));
  return view;
}

/// `held_count`: of those that hold, which are folded away under it.
void add_table(Views& tables, Views rows, const std::string& held_count) {
  if (rows.empty()) return;
  tables.push_back(View().set("rows", std::move(rows)).set("held_count", held_count));
}

}  // namespace

void view_expectations(View& page, const Page& from) {
  Views open, held;
  std::size_t held_count = 0;  // rows stand for several
  for (const auto& each : gathered(expectation_rows(from.document))) {
    const bool holds = each.first.verdict == Verdict::pass;
    if (holds) held_count += std::max<std::size_t>(1, each.probes.size());
    auto& views = holds ? held : open;
    views.push_back(row_view(from, each, !holds && open.size() < most_proven));
  }
  Views tables;
  add_table(tables, std::move(open), {});
  add_table(tables, std::move(held), count_of(held_count, "expectation that holds", "expectations that hold"));
  page.set("expectation_counts", expectation_counts(from.document))
      .set("has_expectations", !tables.empty())
      .set("expectation_tables", std::move(tables));
}

}  // namespace mailprobe::reporter
