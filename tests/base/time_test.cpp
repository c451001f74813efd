#include "base/time.h"

#include <gtest/gtest.h>

namespace mailprobe {
namespace {

using namespace std::chrono_literals;

TEST(Time, Rfc3339BothWays) {
  const auto time = parse_rfc3339("2026-01-31T12:00:00Z");
  ASSERT_TRUE(time);
  EXPECT_EQ(rfc3339(*time), "2026-01-31T12:00:00Z");
  EXPECT_EQ(rfc3339(*time + 7ms), "2026-01-31T12:00:00.007Z");
  EXPECT_EQ(parse_rfc3339("2026-01-31T13:30:00+01:30"), time);
  EXPECT_EQ(parse_rfc3339("2026-01-31T12:00:00.0079Z"), *time + 7ms);
}

TEST(Time, Rfc3339Rejects) {
  for (const auto* bad : {"", "2026-01-31", "2026-01-31T12:00:00", "2026-02-30T12:00:00Z", "2026-01-31T24:00:00Z",
                          "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00Zx", "2026/01/31T12:00:00Z"})
    EXPECT_FALSE(parse_rfc3339(bad)) << bad;
}

struct Row {
  const char* name;
  const char* text;
  const char* utc;
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }

class Rfc5322Date : public testing::TestWithParam<Row> {};

TEST_P(Rfc5322Date, Parses) {
  const auto time = parse_rfc5322(GetParam().text);
  ASSERT_TRUE(time) << GetParam().text;
  EXPECT_EQ(rfc3339(*time), GetParam().utc);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Rfc5322Date,
    testing::Values(Row{"usual", "Sat, 31 Jan 2026 13:00:00 +0100", "2026-01-31T12:00:00Z"},
                    Row{"comment", "Sat, 31 Jan 2026 12:00:00 +0000 (UTC (really))", "2026-01-31T12:00:00Z"},
                    Row{"no_day_name", "31 Jan 2026 12:00:00 GMT", "2026-01-31T12:00:00Z"},
                    Row{"no_seconds", "Sat, 31 Jan 2026 12:00 -0500", "2026-01-31T17:00:00Z"},
                    Row{"two_digit_year", "1 Feb 99 00:00:00 EST", "1999-02-01T05:00:00Z"},
                    Row{"folded", "Sat,\r\n 31 Jan 2026\r\n 12:00:00 +0000", "2026-01-31T12:00:00Z"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Time, Rfc5322RejectsAndPrints) {
  for (const auto* bad : {"", "Sat", "Sat, 31 Foo 2026 12:00:00 +0000", "Sat, 32 Jan 2026 12:00:00 +0000", "(((("})
    EXPECT_FALSE(parse_rfc5322(bad)) << bad;
  EXPECT_EQ(rfc5322(*parse_rfc3339("2026-01-31T12:00:00Z")), "Sat, 31 Jan 2026 12:00:00 +0000");
}

TEST(Duration, BothWays) {
  EXPECT_EQ(parse_duration("5m"), 300s);
  EXPECT_EQ(parse_duration("1m30s"), 90s);
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("1d"), 24h);
  EXPECT_EQ(duration_text(90s), "1m30s");
  EXPECT_EQ(duration_text(0s), "0s");
  for (const auto* bad : {"", "5", "m", "5x", "-5m", "5 m", "99999999999999999999s", "400d"})
    EXPECT_FALSE(parse_duration(bad)) << bad;
}

}  // namespace
}  // namespace mailprobe
