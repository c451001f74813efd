// Finding one's way among findings: the one of a check, and what it says, for tests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "evidence/assess.h"

namespace mailprobe::test {

inline std::vector<evidence::Finding> findings_of(const evidence::Document& document, std::string_view check) {
  auto all = evidence::assess(document, evidence::embedded);
  std::erase_if(all, [&](const evidence::Finding& finding) { return finding.check != check; });
  return all;
}

/// The first of that check; a failure of the test where there is none.
inline evidence::Finding finding_of(const evidence::Document& document, std::string_view check,
                                    std::string_view subject = {}) {
  for (const auto& finding : findings_of(document, check))
    if (finding.subject.find(subject) != std::string::npos) return finding;
  ADD_FAILURE() << "no finding of " << check << " about " << subject;
  return {};
}

/// One row of a table of checks: what is changed about a good delivery, and what comes of it.
struct CheckRow {
  const char* name;
  void (*change)(evidence::Document&);
  const char* check;
  evidence::Verdict verdict;
  std::optional<Cause> cause = {};
  std::vector<const char*> says = {};
  const char* subject = "";
};
inline void PrintTo(const CheckRow& row, std::ostream* os) { *os << row.name; }

inline void expect_row(evidence::Document document, const CheckRow& row) {
  row.change(document);
  const auto finding = finding_of(document, row.check, row.subject);
  EXPECT_EQ(word(finding.verdict), word(row.verdict)) << finding.summary;
  EXPECT_EQ(finding.cause ? word(*finding.cause) : "none", row.cause ? word(*row.cause) : "none") << finding.summary;
  for (const auto* words : row.says)
    EXPECT_NE(finding.summary.find(words), std::string::npos) << words << " in: " << finding.summary;
}

}  // namespace mailprobe::test
