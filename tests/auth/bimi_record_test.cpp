// BIMI assertion records: what is one, and what is wrong with it.
#include "auth/bimi_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mailprobe::auth {
namespace {

struct Row {
  const char* name;
  std::string_view text;
  std::string_view error;                  // part of it; empty: it can be used
  std::vector<std::string_view> problems;  // parts of them
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }

class BimiRecords : public testing::TestWithParam<Row> {};

TEST_P(BimiRecords, Parse) {
  const auto record = parse_bimi_record(GetParam().text);
  if (!GetParam().error.empty()) {
    ASSERT_FALSE(record);
    EXPECT_THAT(record.error().message, testing::HasSubstr(GetParam().error));
    return;
  }
  ASSERT_TRUE(record) << record.error().message;
  ASSERT_EQ(record->problems.size(), GetParam().problems.size());
  for (std::size_t i = 0; i < record->problems.size(); ++i)
    EXPECT_THAT(record->problems[i], testing::HasSubstr(GetParam().problems[i]));
}

INSTANTIATE_TEST_SUITE_P(
    Records, BimiRecords,
    testing::Values(Row{"logo_and_certificate", "v=BIMI1; l=https://example.org/logo.svg; a=https://example.org/v.pem"},
                    Row{"logo_alone", "v=BIMI1; l=https://example.org/Logo.SVG?x=1;"},
                    Row{"declines", "v=BIMI1; l=; a="}, Row{"declines_shortly", "v=BIMI1;l="},
                    Row{"unknown_tag", "v=BIMI1; l=https://example.org/l.svg; avp=brand"},
                    Row{"http", "v=BIMI1; l=http://example.org/logo.svg", "", {"l= is no https URI"}},
                    Row{"png", "v=BIMI1; l=https://example.org/logo.png", "", {"SVG"}},
                    Row{"bad_authority", "v=BIMI1; l=https://example.org/l.svg; a=example.org", "", {"a= is no https"}},
                    Row{"no_location", "v=BIMI1; a=https://example.org/v.pem", "has no l="},
                    Row{"version_alone", "v=BIMI1", "has no l="}, Row{"version_two", "v=BIMI10; l=", "v=BIMI1"},
                    Row{"small_letters", "v=bimi1; l=", "v=BIMI1"}, Row{"no_tags", "v=BIMI1; logo", "no '='"},
                    Row{"twice", "v=BIMI1; l=; l=", "l"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(BimiRecord, KnowsWhereThingsAre) {
  const auto record = parse_bimi_record("v=BIMI1; l=https://example.org/logo.svg; a=https://example.org/v.pem");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->location, "https://example.org/logo.svg");
  EXPECT_EQ(record->authority, "https://example.org/v.pem");
  EXPECT_FALSE(record->declines);
  EXPECT_TRUE(parse_bimi_record("v=BIMI1; l=; a=")->declines);
}

}  // namespace
}  // namespace mailprobe::auth
