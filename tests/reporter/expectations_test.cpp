// What a scenario expected, in each rendering: what failed is shown with what was found and where; what holds is
// counted.
#include <gtest/gtest.h>

#include "reporter/expectations.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

evidence::Document run() { return test::assessed(test::scenario_run()); }

TEST(Expectations, TheWorstComesFirst) {
  const auto rows = expectation_rows(run());
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].verdict, evidence::Verdict::fail);
  EXPECT_EQ(rows[0].probe, "broken");
  EXPECT_EQ(rows[1].verdict, evidence::Verdict::inconclusive);
  EXPECT_EQ(rows[3].probe, "");
}

TEST(Expectations, AreCounted) {
  EXPECT_EQ(expectation_counts(run()), "2 of 4 expectations hold, 1 could not be determined, 1 failed.");
  EXPECT_EQ(expectation_counts(test::good_delivery()), "");
}

TEST(Expectations, TheTerminalShowsWhatFailedAndWhere) {
  const auto text = terminal(run(), {.width = 100});
  for (const auto* words : {"broken: ", "dkim[r1].result == pass", "Found: fail", "/probes/1/mailbox/dkim/0/result",
                            "2 of 4 expectations hold"})
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
  EXPECT_EQ(text.find("Found: pass, pass"), std::string::npos) << text;
  EXPECT_NE(terminal(run(), {.width = 100, .verbose = true}).find("Found: pass, pass"), std::string::npos);
}

TEST(Expectations, ManyProbesAreALineEach) {
  auto document = run();
  for (int i = 0; i < 10; ++i) {
    auto probe = document.probes.front();
    probe.id = probe.name = "copy" + std::to_string(i);
    document.probes.push_back(std::move(probe));
  }
  const auto text = terminal(document, {.width = 100});
  EXPECT_NE(text.find("12 probes"), std::string::npos);
  EXPECT_EQ(text.find("Certificate"), std::string::npos);
}

TEST(Expectations, JunitHasACaseForEach) {
  const auto text = junit(run());
  for (const auto* words : {"<testsuite name=\"broken: expected\"", "name=\"dkim[r1].result == pass\"",
                            "<failure message=\"dkim[r1].result == pass: found fail\"", "type=\"no-control\""})
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
}

/// The findings stand beside: a scenario may expect a signature to break.
TEST(Expectations, AloneDecideAboutARun) {
  auto document = run();
  document.expectations.erase(document.expectations.begin() + 1, document.expectations.begin() + 3);
  document = test::assessed(std::move(document));
  EXPECT_EQ(document.run.exit, 0);
  EXPECT_EQ(junit(document).find("<failure"), std::string::npos);
}

TEST(Expectations, TheHtmlReportHasATable) {
  const auto page = html(run(), evidence::embedded);
  EXPECT_NE(page.find("id=\"expectations\""), std::string::npos);
  EXPECT_NE(page.find("/probes/1/mailbox/dkim/0/result"), std::string::npos);
  EXPECT_EQ(html(test::assessed(test::good_delivery()), evidence::embedded).find("id=\"expectations\""),
            std::string::npos);
}

TEST(Expectations, NagiosTellsHowManyHold) {
  EXPECT_NE(nagios(run()).find("2 of 4 expectations hold"), std::string::npos) << nagios(run());
}

}  // namespace
}  // namespace mailprobe::reporter
