// A run of many probes on one page: rows with the worst first, what reads the same told once, only so many in full.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reporter/gathered.h"
#include "reporter/probe_rows.h"
#include "reporter/templates.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// The same delivery again and again, the one before the last altered on its way.
evidence::Document of_probes(std::size_t count) {
  auto document = test::good_delivery();
  const auto good = document.probes.front();
  const auto altered = test::footer_delivery().probes.front();
  document.probes.clear();
  for (std::size_t i = 0; i < count; ++i) {
    auto& probe = document.probes.emplace_back(i + 2 == count ? altered : good);
    probe.id = "id" + std::to_string(i + 1);
    probe.name = "probe-" + std::to_string(i + 1);
  }
  return test::assessed(std::move(document));
}

std::string page_of(const evidence::Document& document, const Shown& shown = {}) {
  return html(document, evidence::embedded, Templates{}, shown);
}

std::size_t times(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

TEST(ManyProbes, AFewStandOneAfterTheOther) {
  const auto page = page_of(of_probes(most_open_probes));
  EXPECT_EQ(times(page, "class=\"fold"), 0U);
  EXPECT_EQ(times(page, "<h2 id=\"way-"), most_open_probes);
}

TEST(ManyProbes, MoreAreFoldedTheWorstFirst) {
  const auto page = page_of(of_probes(most_open_probes + 1));
  EXPECT_EQ(times(page, "class=\"fold"), most_open_probes + 1);
  EXPECT_LT(page.find("id=\"probe-3\""), page.find("id=\"probe-1\"")) << "the one that was altered";
  EXPECT_LT(page.find("id=\"probe-1\""), page.find("id=\"probe-2\""));
  EXPECT_THAT(page, HasSubstr("<h4 id=\"way-1-h\">"));
  EXPECT_THAT(page, Not(HasSubstr("<h2 id=\"way-1-h\">")));
  EXPECT_THAT(page, Not(HasSubstr("The other probes")));
}

TEST(ManyProbes, OnlySoManyAreThereInFullAndThePageSaysHowToSeeOne) {
  const auto document = of_probes(most_whole_probes + 5);
  const auto page = page_of(document);
  EXPECT_EQ(times(page, "class=\"fold"), most_whole_probes);
  EXPECT_THAT(page, HasSubstr("The other probes"));
  EXPECT_THAT(page, HasSubstr("mailprobe report RUN --probe NAME"));
  EXPECT_THAT(page, HasSubstr("<span class=\"check\">probe-105</span>"));
  const auto asked = page_of(document, {.probes = {"probe-105"}});
  EXPECT_THAT(asked, HasSubstr("id=\"probe-105-name\""));
  EXPECT_THAT(asked, Not(HasSubstr("<span class=\"check\">probe-105</span>")));
  EXPECT_EQ(times(asked, "class=\"fold"), most_whole_probes);
}

TEST(ManyProbes, ARowSaysWhatBecameOfIt) {
  auto document = of_probes(2);
  document.probes[1].mailbox.reset();
  document.expectations = {{.probe = "id1", .text = "folder == INBOX", .verdict = evidence::Verdict::fail},
                           {.probe = "id2", .text = "outcome == rejected", .verdict = evidence::Verdict::pass}};
  const auto rows = probe_rows(document, {});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].name, "probe-1");
  EXPECT_EQ(rows[0].verdict, evidence::Verdict::fail) << "by what was expected";
  EXPECT_EQ(rows[1].verdict, evidence::Verdict::pass);
  EXPECT_THAT(rows[0].facts, HasSubstr("the inbox · "));
  EXPECT_THAT(rows[0].facts, HasSubstr("TLS 1.3"));
  EXPECT_EQ(rows[1].facts, "accepted · TLS 1.3");
}

TEST(ManyProbes, WhatReadsTheSameIsToldOnce) {
  const auto document = of_probes(30);
  const auto page = page_of(document);
  EXPECT_EQ(times(page, "<article class=\"finding t-fail\">"), 1U);
  FindingRefs all(document.findings.begin(), document.findings.end());
  const auto told = gathered(all, document);
  const auto accepted = [](const Gathered& each) { return each.first.get().check == "path.accepted"; };
  ASSERT_EQ(std::ranges::count_if(told, accepted), 1);
  EXPECT_EQ(std::ranges::find_if(told, accepted)->times, 30U);
}

TEST(ManyProbes, OnlyWhatTheSameWasFoundOfIsOneEntry) {
  auto document = of_probes(4);
  document.findings.clear();
  const auto add = [&](std::size_t probe, const char* summary) {
    evidence::Finding finding;
    finding.check = "path.delivered";
    finding.verdict = evidence::Verdict::pass;
    finding.probe = "probe-" + std::to_string(probe);
    finding.summary = summary;
    document.findings.push_back(finding);
  };
  add(1, "Found in \"INBOX\" after 5ms.");
  add(2, "Found in \"INBOX\" at once.");
  add(3, "Found in \"INBOX\" after 1min2s.");
  add(4, "Found in \"Lists\" after 5ms.");
  const auto told = gathered(FindingRefs(document.findings.begin(), document.findings.end()), document);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].times, 3U);
  EXPECT_TRUE(told[0].varied);
  EXPECT_EQ(told[1].times, 1U);
}

TEST(ManyProbes, NumbersThatAreNoTimesTellThingsApart) {
  auto document = of_probes(2);
  document.findings.clear();
  for (const auto* summary :
       {"550 5.7.1 of 192.0.2.1", "550 5.7.2 of 192.0.2.1", "5 signatures hold", "4 signatures hold"}) {
    evidence::Finding finding;
    finding.check = "path.accepted";
    finding.verdict = evidence::Verdict::pass;
    finding.probe = "probe-1";
    finding.summary = summary;
    document.findings.push_back(finding);
  }
  EXPECT_EQ(gathered(FindingRefs(document.findings.begin(), document.findings.end()), document).size(), 4U);
}

TEST(ManyProbes, NamesAreCutShortWhereThereAreMany) {
  EXPECT_EQ(some_of({}), "");
  EXPECT_EQ(some_of({"a", "b"}), "a, b");
  EXPECT_EQ(some_of({"1", "2", "3", "4", "5", "6", "7", "8", "9"}), "1, 2, 3, 4, 5, 6, 7, 8, 9");
  EXPECT_EQ(some_of({"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}), "1, 2, 3, 4, 5, 6, 7, 8 and 2 more");
}

TEST(ManyProbes, ExpectationsThatReadTheSameAreOneRow) {
  const auto rows = gathered(std::vector<ExpectationRow>{
      {.verdict = evidence::Verdict::pass, .probe = "a", .text = "spf == pass", .found = "pass"},
      {.verdict = evidence::Verdict::pass, .probe = "b", .text = "spf == pass", .found = "pass"},
      {.verdict = evidence::Verdict::pass, .probe = "b", .text = "dmarc == pass", .found = "pass"}});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_THAT(rows[0].probes, ElementsAre("a", "b"));
  EXPECT_THAT(rows[1].probes, ElementsAre("b"));
}

}  // namespace
}  // namespace mailprobe::reporter
