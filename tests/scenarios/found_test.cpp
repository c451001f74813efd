// What an expectation says that it found, where that is more than one thing.
#include <gtest/gtest.h>

#include "tests/scenarios/judged.h"
#include "tests/support/documents.h"

namespace mailprobe::scenarios {
namespace {

TEST(Found, JoinsSentencesWithoutTheirFullStops) {
  const auto made = judged(test::footer_delivery(), "any(path.dkim-survival == pass, path.accepted == fail)");
  EXPECT_NE(made.found.find("; "), std::string::npos) << made.found;
  EXPECT_EQ(made.found.find(".;"), std::string::npos) << made.found;
}

TEST(Found, OfEveryFindingOfACheckIsOneSentence) {
  auto document = test::good_delivery();
  const auto& probe = document.probes.front();
  evidence::Finding finding;
  finding.check = "outbound.starttls";
  finding.probe = probe.name;
  finding.verdict = evidence::Verdict::fail;
  finding.summary = "In plain text, from 192.0.2.1.";
  document.findings = {finding, finding, finding};
  document.findings[1].verdict = evidence::Verdict::pass;
  const auto made = judge(document, {{.probe = probe.id, .text = "outbound.starttls == pass"}}, evidence::embedded);
  EXPECT_EQ(made.at(0).found, "fail: In plain text, from 192.0.2.1; pass, fail: In plain text, from 192.0.2.1.");
}

}  // namespace
}  // namespace mailprobe::scenarios
