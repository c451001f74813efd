// "Since last time" on a terminal and on the page, and the charts of the runs before.
#include "reporter/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/text.h"
#include "reporter/trend.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string page_of(const evidence::Document& document) { return html(document, evidence::embedded); }

TEST(SinceLastTime, StandsOnTheTerminal) {
  const auto text = terminal(test::assessed(test::compared()), {.width = 160});
  EXPECT_THAT(text, HasSubstr("Since last time"));
  EXPECT_THAT(text, HasSubstr("30 Jan 2026, 12:00:00 UTC (20260130T120000Z-aaaaaa)"));
  EXPECT_THAT(text, HasSubstr("1 worse, 1 new, 1 changed, 1 better, 1 gone"));
  EXPECT_THAT(text, HasSubstr("path.dkim-survival  Was pass, is fail. No signature survives."));
  EXPECT_THAT(text, HasSubstr("Latency  The way into the mailbox took 250ms instead of 1m30s."));
  EXPECT_THAT(text, HasSubstr("aaaaaaaa…aaaaaaaaa → bbbbbbbb…bbbbbbbbb"));
  EXPECT_THAT(text, HasSubstr("1 check with nothing wrong"));
  EXPECT_THAT(text, Not(HasSubstr("A record is published."))) << "what is new and well is counted";
  EXPECT_THAT(terminal(test::assessed(test::compared()), {.width = 100, .verbose = true}),
              HasSubstr("A record is published."));
}

TEST(SinceLastTime, IsAsciiWhereItHasToBe) {
  const auto text = terminal(*test::compared().comparison, test::compared().run, {.utf8 = false, .width = 80});
  for (const char c : text) EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << text;
}

TEST(SinceLastTime, StandsOnThePage) {
  const auto page = page_of(test::assessed(test::compared()));
  for (const auto* words :
       {"<section id=\"since\"", "href=\"#since\"", "Was pass, is fail.", "The last 5 runs", "Verdicts",
        "Time into the mailbox", "Time of a session", "The numbers", "20260128T120000Z-aaaaaa"})
    EXPECT_THAT(page, HasSubstr(words));
}

TEST(SinceLastTime, IsNotThereWithoutAnEarlierRun) {
  const auto document = test::assessed(test::good_delivery());
  EXPECT_THAT(page_of(document), Not(HasSubstr("id=\"since\"")));
  EXPECT_THAT(terminal(document, {}), Not(HasSubstr("Since last time")));
}

TEST(SinceLastTime, SaysThatNothingHasChanged) {
  auto document = test::assessed(test::good_delivery());
  document.comparison = evidence::Comparison{.with = {.id = "x", .version = "0.1.0", .started = document.run.started}};
  EXPECT_THAT(terminal(document, {}), HasSubstr("nothing has changed"));
  EXPECT_THAT(page_of(document), HasSubstr("nothing has changed"));
}

TEST(SinceLastTime, WhoPassesItOnShowsNoAddress) {
  auto document = test::compared();
  document.comparison->worse[0].summary = "Refused for alice.smith@target.test.";
  const auto masked = redacted(document);
  EXPECT_THAT(masked.comparison->worse[0].summary, Not(HasSubstr("alice.smith")));
}

// --- charts ---------------------------------------------------------------------------------------------------------

std::string text_of(const View& view, const std::string& name) { return std::get<std::string>(view.values().at(name)); }

const Views& list_of(const View& view, const std::string& name) { return std::get<Views>(view.values().at(name)); }

TEST(Charts, AreOfTheRunsBeforeAndThisOne) {
  const auto line = trend_line(test::assessed(test::compared()));
  ASSERT_EQ(line.size(), 5U);
  EXPECT_EQ(line.back().id, test::compared().run.id);
  const auto charts = trend_charts(line);
  ASSERT_EQ(charts.size(), 3U);
  EXPECT_EQ(list_of(charts[1], "dots").size(), 4U) << "one run has no latency";
  EXPECT_EQ(list_of(charts[1], "lines").size(), 2U) << "which is a gap";
  EXPECT_THAT(text_of(charts[1], "label"), HasSubstr("5 runs: between 420 ms and 1 min 30 s; in this one 420 ms."));
  EXPECT_THAT(text_of(charts[0], "label"), HasSubstr("The oldest: 0 failed, 0 not determined, 2 warnings, 14 passed."));
}

TEST(Charts, StayWithinTheirFrame) {
  using Limits = std::numeric_limits<std::int64_t>;
  evidence::TrendPoint wild{.passed = Limits::max(), .warned = Limits::min(), .failed = Limits::max()};
  wild.latency_ms = Limits::max();
  wild.session_ms = Limits::min();
  const auto charts = trend_charts(std::vector(40, wild));
  ASSERT_EQ(charts.size(), 3U);
  for (const auto& chart : charts)
    for (const auto* name : {"bars", "dots"})
      for (const auto& mark : list_of(chart, name)) {
        const double x = std::stod(text_of(mark, "x")), y = std::stod(text_of(mark, "y"));
        EXPECT_TRUE(x >= 20 && x <= 352 && y >= 17.9 && y <= 128) << x << " " << y;
      }
}

TEST(Charts, ASingleRunIsNoLine) { EXPECT_TRUE(trend_charts({evidence::TrendPoint{}}).empty()); }

TEST(Charts, NothingFoundIsNoDivisionByNothing) {
  const auto charts = trend_charts({evidence::TrendPoint{}, evidence::TrendPoint{}});
  ASSERT_EQ(charts.size(), 1U);
  EXPECT_TRUE(list_of(charts[0], "bars").empty());
}

TEST(Charts, HaveTheSameNumbersAsText) {
  const auto rows = trend_rows(trend_line(test::assessed(test::compared())));
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_EQ(text_of(rows[1], "latency"), "1 min 30 s") << "the newest first";
  EXPECT_EQ(text_of(rows[3], "latency"), "–");
}

}  // namespace
}  // namespace mailprobe::reporter
