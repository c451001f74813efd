// The table of kept runs at every width: aligned, never wider than the terminal, the id always whole.
#include "app/history_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "reporter/terminal_page.h"

namespace mailprobe::app {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

history::Row row(std::string scenario, std::string recipient) {
  history::Row out{.id = "20260131T120000Z-k7q3zx",
                   .kind = {"run", "target.test", std::move(recipient), std::move(scenario)}};
  out.point.started = *parse_rfc3339("2026-01-31T12:00:00Z");
  out.point.exit = 0;
  out.point.passed = 475;
  return out;
}

std::vector<history::Row> rows() {
  return {row("", "reflector@target.test"), row("mecsa, dkim-survival, enforcement", "reflector@target.test"),
          row("", "ä@target.test")};
}

std::vector<std::string> lines(int width, bool utf8 = true) {
  std::vector<std::string> out;
  const auto text = history_table(rows(), {.utf8 = utf8, .width = width});
  for (const auto line : split(std::string_view(text), '\n')) out.emplace_back(line);
  if (!out.empty() && out.back().empty()) out.pop_back();
  return out;
}

class HistoryTable : public testing::TestWithParam<int> {};

TEST_P(HistoryTable, IsAlignedAndFits) {
  const auto all = lines(GetParam());
  ASSERT_EQ(all.size(), 4U) << "a line a run, and the head";
  const auto column = [](const std::string& line, std::string_view what) {
    const auto at = line.find(what);
    return at == std::string::npos ? at : reporter::display_width(line.substr(0, at));
  };
  const auto place = column(all[0], "RUN");
  for (std::size_t i = 1; i < all.size(); ++i) {
    EXPECT_EQ(column(all[i], "20260131T120000Z-k7q3zx"), place) << all[i];
    EXPECT_LE(reporter::display_width(all[i]), static_cast<std::size_t>(GetParam())) << all[i];
  }
}

INSTANTIATE_TEST_SUITE_P(Widths, HistoryTable, testing::Values(40, 47, 60, 72, 80, 100, 109, 120, 160));

TEST(HistoryTableColumns, AreLeftOutBeforeNamesAreCut) {
  EXPECT_THAT(lines(120)[0], HasSubstr("STARTED"));
  EXPECT_THAT(lines(160)[2], HasSubstr("mecsa, dkim-survival, enforcement to reflector@target.test "));
  EXPECT_THAT(lines(100)[0], Not(HasSubstr("STARTED")));
  EXPECT_THAT(lines(100)[0], HasSubstr("PASS"));
  EXPECT_THAT(lines(72)[0], Not(HasSubstr("PASS")));
  EXPECT_THAT(lines(72)[1], HasSubstr("reflector@target.test"));
  EXPECT_THAT(lines(60)[2], HasSubstr("mecsa, dkim-survival, enforc"));
  EXPECT_THAT(lines(60)[2], HasSubstr("…  "));
}

TEST(HistoryTableColumns, OfNothingIsNothing) { EXPECT_THAT(history_table({}, {}), IsEmpty()); }

TEST(HistoryTableColumns, ArePlainWhereTheTerminalIs) {
  EXPECT_THAT(lines(60, false)[2], HasSubstr("...  "));
  for (const auto& line : lines(60, false))
    EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return static_cast<unsigned char>(c) < 128; })) << line;
}

}  // namespace
}  // namespace mailprobe::app
