// The table of what survived: which messages and signatures it has, what its cells say, in the page and on a terminal.
#include "reporter/survival_grid.h"

#include <gtest/gtest.h>

#include <algorithm>

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

/// Judged while what was sent was at hand, and kept without it, as of a message that holds a secret.
evidence::Document kept_without_bytes(evidence::Document document, std::size_t of, std::size_t removed) {
  for (std::size_t i = 0; i < of; ++i) {
    auto& signatures = document.probes[i].mailbox->dkim;
    signatures.resize(signatures.size() - removed);
  }
  document = test::assessed(std::move(document));
  for (std::size_t i = 0; i < of; ++i) document.probes[i].sent->raw.base64.reset();
  return document;
}

/// Three that all arrive.
evidence::Document three() {
  auto document = ladder();
  document.probes[2] = document.probes[0];
  document.probes[2].id = "third";
  document.probes[2].name = "again";
  return document;
}

std::vector<std::string> texts_of(const SurvivalRow& row) {
  std::vector<std::string> texts;
  for (const auto& cell : row.cells) texts.push_back(cell.text);
  return texts;
}

TEST(SurvivalGridTest, WithoutWhatWasSentItKnowsWhatWasRemovedByTheFinding) {
  for (const std::size_t removed : {1U, 2U, 4U}) {
    auto whole = three();
    auto& signatures = whole.probes[0].mailbox->dkim;
    signatures.resize(signatures.size() - removed);
    const auto before = survival_grid(test::assessed(whole), evidence::embedded);
    const auto after = survival_grid(kept_without_bytes(three(), 1, removed), evidence::embedded);
    ASSERT_TRUE(before && after) << removed;
    EXPECT_EQ(std::ranges::count(texts_of(after->rows[0]), "removed"), static_cast<std::ptrdiff_t>(removed));
    EXPECT_EQ(std::ranges::count(texts_of(after->rows[0]), "survived"), static_cast<std::ptrdiff_t>(4 - removed));
    EXPECT_EQ(survival_sentence(*after), survival_sentence(*before));
    EXPECT_EQ(survival_rest(*after), "");
  }
}

TEST(SurvivalGridTest, WithoutWhatWasSentWhatAllOfThemLostIsCounted) {
  const auto grid = survival_grid(kept_without_bytes(three(), 3, 1), evidence::embedded);
  ASSERT_TRUE(grid);
  EXPECT_EQ(grid->signatures.size(), 3U);
  EXPECT_EQ(survival_sentence(*grid), "6 of 12 signatures survived the way.");
  EXPECT_EQ(survival_rest(*grid), "3 more were removed on the way: which ones, this document does not tell.");
}

TEST(SurvivalGridTest, WithoutWhatWasSentWhatWasNotSignedIsNoLoss) {
  auto document = kept_without_bytes(three(), 1, 0);
  document.probes[0].mailbox->dkim.pop_back();
  document.findings.clear();
  const auto unknown = survival_grid(document, evidence::embedded);
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->rows[0].cells.back().text, "not known") << "nothing tells of it";
  document.findings = evidence::assess(document, evidence::embedded);  // of those three: all survived
  const auto grid = survival_grid(document, evidence::embedded);
  ASSERT_TRUE(grid);
  EXPECT_EQ(grid->rows[0].cells.back().text, "not signed so");
  EXPECT_EQ(grid->rows[0].cells.back().what, Survival::unknown);
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
