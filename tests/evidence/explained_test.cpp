// What of the findings may come from us: named where a check of our own failed, and nowhere else.
#include "evidence/explained.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evidence/json.h"
#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Finding finding(std::string check, Verdict verdict, std::string summary = {}) {
  Finding one;
  one.check = std::move(check);
  one.verdict = verdict;
  one.summary = std::move(summary);
  return one;
}

std::vector<std::string> marked(Finding other, const Finding& ours) {
  std::vector<Finding> all{std::move(other), ours};
  mark_explained(all);
  return all[0].explained_by;
}

TEST(Explained, WhatIsNotAsItShouldBeNamesOurFaults) {
  using enum Verdict;
  for (const auto verdict : {fail, warn, inconclusive, error})
    EXPECT_THAT(marked(finding("path.accepted", verdict), finding("self.blocklists", fail)),
                ElementsAre("/findings/1"));
  for (const auto verdict : {pass, info, not_tested, not_applicable})
    EXPECT_THAT(marked(finding("path.accepted", verdict), finding("self.blocklists", fail)), IsEmpty());
  for (const auto verdict : {pass, info, warn, inconclusive, not_tested, error})
    EXPECT_THAT(marked(finding("path.accepted", fail), finding("self.blocklists", verdict)), IsEmpty());
}

TEST(Explained, OnlyByWhatCanHaveThatConsequence) {
  using enum Verdict;
  const std::pair<const char*, const char*> can[] = {
      {"self.ptr", "path.filter-verdict"},       {"self.helo", "path.delivered"},
      {"self.port25", "inbound.connect"},        {"self.records", "inbound.dkim-evaluated"},
      {"self.clock", "inbound.certificate"},     {"self.clock", "path.latency"},
      {"self.certificate", "outbound.starttls"}, {"self.spool", "outbound.dkim"}};
  const std::pair<const char*, const char*> cannot[] = {
      {"self.ptr", "inbound.certificate"},         {"self.clock", "path.accepted"},
      {"self.port25", "path.delivered"},           {"self.records", "outbound.spf"},
      {"self.certificate", "inbound.certificate"}, {"self.helo", "published.spf"},
      {"self.spool", "outbound.dane-enforced"},    {"self.records", "self.ptr"}};
  for (const auto& [ours, other] : can)
    EXPECT_THAT(marked(finding(other, fail), finding(ours, fail)), ElementsAre("/findings/1")) << ours << " " << other;
  for (const auto& [ours, other] : cannot)
    EXPECT_THAT(marked(finding(other, fail), finding(ours, fail)), IsEmpty()) << ours << " " << other;
  EXPECT_THAT(marked(finding("path.accepted", fail), finding("self.records", fail, "trap good (x) is not in place.")),
              IsEmpty());
}

TEST(Explained, ByADocumentsOwnFindings) {
  const auto document = test::blocked_by_a_list();
  const auto accepted = test::finding_of(document, "path.accepted");
  const auto why = explanations(document.findings, accepted);
  ASSERT_EQ(why.size(), 1U);
  EXPECT_EQ(why[0]->check, "self.blocklists");
  const auto again = from_json(to_json(document));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(test::finding_of(*again, "path.accepted").explained_by, accepted.explained_by);
}

}  // namespace
}  // namespace mailprobe::evidence
