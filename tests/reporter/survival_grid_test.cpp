// The table of what survived: which messages and signatures it has, what its cells say, in the page and on a terminal.
#include "reporter/survival_grid.h"

#include <gtest/gtest.h>

#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

/// Three messages: whole, with a footer, not there.
evidence::Document ladder() {
  auto document = test::good_delivery();
  document.run.scenario = "dkim-survival";
  document.probes.front().name = "plain";
  auto tabs = test::footer_delivery().probes.front();
  tabs.id = "second";
  tabs.name = "tabs";
  auto lost = document.probes.front();
  lost.id = "third";
  lost.name = "lost";
  lost.mailbox.reset();
  document.probes.push_back(std::move(tabs));
  document.probes.push_back(std::move(lost));
  return test::assessed(std::move(document));
}

TEST(SurvivalGridTest, HasARowAMessageAndAColumnASignature) {
  const auto grid = survival_grid(ladder(), evidence::embedded);
  ASSERT_TRUE(grid);
  ASSERT_EQ(grid->rows.size(), 3U);
  EXPECT_EQ(grid->signatures.size(), 4U);
  EXPECT_EQ(grid->rows[0].probe, "plain");
  for (const auto& cell : grid->rows[0].cells) EXPECT_EQ(cell.text, "survived");
  for (const auto& cell : grid->rows[1].cells) {
    EXPECT_EQ(cell.what, Survival::broken);
    EXPECT_EQ(cell.text, "A footer was appended");
  }
  EXPECT_EQ(grid->rows[2].cells[0].text, "not delivered");
  EXPECT_EQ(survival_sentence(*grid), "4 of 8 signatures survived the way.");
}

TEST(SurvivalGridTest, OneMessageOrNoneAreNotCompared) {
  EXPECT_FALSE(survival_grid(test::good_delivery(), evidence::embedded));
  EXPECT_FALSE(survival_grid({}, evidence::embedded));
}

TEST(SurvivalGridTest, WhatIsWrongOnPurposeIsNoPartOfIt) {
  auto document = ladder();
  document.probes[1].fault = "dkim-body-hash";
  EXPECT_FALSE(survival_grid(document, evidence::embedded)) << "two are left";
}

/// What was sent lies in the run's folder, not in the document.
TEST(SurvivalGridTest, ATerminalNamesWhatWasRemovedToo) {
  auto document = ladder();
  const auto sent = document.probes.front().sent->raw;
  for (auto& probe : document.probes) {
    probe.sent->raw.base64.reset();
    probe.sent->raw.path = "raw/sent.eml";
    if (probe.mailbox) probe.mailbox->dkim.pop_back();
  }
  const auto read = [&](const evidence::Raw& which) {
    return evidence::embedded(which.path == "raw/sent.eml" ? sent : which);
  };
  const auto text = terminal(document, {.width = 100, .written = {}}, read);
  EXPECT_NE(text.find("e1 ed25519-sha256 simple/simple  removed"), std::string::npos) << text;
  EXPECT_NE(text.find("3 of 8 signatures survived the way."), std::string::npos) << text;
}

TEST(SurvivalGridTest, ThePageShowsIt) {
  const auto page = html(ladder(), evidence::embedded);
  EXPECT_NE(page.find("id=\"survival\""), std::string::npos);
  EXPECT_NE(page.find("4 of 8 signatures survived the way."), std::string::npos);
  EXPECT_EQ(html(test::assessed(test::good_delivery()), evidence::embedded).find("id=\"survival\""), std::string::npos);
}

TEST(SurvivalGridTest, WhatIsBrokenLeadsToWhatChanged) {
  const auto page = html(ladder(), evidence::embedded);
  EXPECT_NE(page.find("\"><a href=\"#changes-2\"><span class=\"badge t-fail\">"), std::string::npos);
  EXPECT_NE(page.find("<a href=\"#way-2\">tabs</a>"), std::string::npos);
  EXPECT_EQ(page.find("\"><a href=\"#dkim-1\"><span class=\"badge t-pass\">"), std::string::npos);
}

TEST(SurvivalGridTest, WhatFewHaveIsCountedBesideIt) {
  auto document = ladder();
  auto more = document.probes.front().mailbox->dkim.front();
  more.selector = "witness";
  document.probes.front().sent.reset();
  document.probes.front().sent = evidence::Sent{};
  document.probes.front().mailbox->dkim.push_back(more);
  const auto grid = survival_grid(document, evidence::embedded);
  ASSERT_TRUE(grid);
  EXPECT_EQ(grid->signatures.size(), 4U);
  EXPECT_EQ(survival_rest(*grid), "Not in the table, since most messages do not have it: witness " + more.algorithm +
                                      " " + more.canonicalization + ", on 1 message, of which 1 survived.");
  EXPECT_EQ(survival_rest(*survival_grid(ladder(), evidence::embedded)), "");
}

TEST(SurvivalGridTest, TheTerminalShowsWhatBroke) {
  const auto text = terminal(ladder(), {.width = 100});
  for (const auto* words : {"Which signatures survived", "tabs", "A footer was appended", "4 of 8 signatures survived"})
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
}

}  // namespace
}  // namespace mailprobe::reporter
