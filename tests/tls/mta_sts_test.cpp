// MTA-STS as text: records, policy files, patterns; the cases of chasquid and Stalwart, and our own.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tests/support/conformance.h"
#include "tls/mta_sts.h"

namespace mailprobe::tls {
namespace {

namespace json = boost::json;

json::value load(const std::filesystem::path& file) { return json::parse(test::read_file(file)); }
std::string text(const json::value& value, const char* name) { return std::string(value.at(name).as_string()); }

TEST(MtaStsConformance, ChasquidsPatterns) {
  MAILPROBE_CONFORMANCE(folder, "mta-sts");
  const auto all = load(folder / "chasquid.json");
  const auto& rows = all.at("mx_match").as_array();
  EXPECT_EQ(rows.size(), 19U);
  for (const auto& row : rows)
    EXPECT_EQ(sts_matches(text(row, "pattern"), text(row, "domain")), row.at("match").as_bool())
        << json::serialize(row);
}

TEST(MtaStsConformance, StalwartsRecords) {
  MAILPROBE_CONFORMANCE(folder, "mta-sts");
  const auto all = load(folder / "stalwart.json");
  const auto& rows = all.at("sts_records").as_array();
  EXPECT_EQ(rows.size(), 2U);
  for (const auto& row : rows) {
    const auto record = parse_sts_record(text(row, "txt"));
    ASSERT_TRUE(record) << record.error().message;
    EXPECT_EQ(record->id, text(row, "id"));
  }
}

TEST(StsRecord, TheFirstIdCounts) {
  EXPECT_EQ(parse_sts_record("v=STSv1; id=1; id=2; ext=x").value().id, "1");
  EXPECT_EQ(parse_sts_record("v=STSv1 ;\tid=20160831085700Z ; ").value().id, "20160831085700Z");
}

TEST(StsRecord, WhatIsNotValid) {
  for (const auto* record : {"",
                             "v=STSv1",
                             "v=STSv1;",
                             "v=STSv2; id=1",
                             "v=STSv10; id=1",
                             "V=STSv1; id=1",
                             "v=stsv1; id=1",
                             "v = STSv1; id=1",
                             "id=1; v=STSv1",
                             "v=STSv1; id=",
                             "v=STSv1; id=a_b",
                             "v=STSv1; id=123456789012345678901234567890123",
                             "v=STSv1; ID=1",
                             "v=STSv1 id=1",
                             "v=STSv1;; id=1",
                             "v=STSv1; id=1;;",
                             "v=STSv1; id=1; x",
                             "v=STSv1; id=1; x=",
                             "v=STSv1; id=1; x=a b",
                             "v=STSv1; id=1; x==",
                             "v=STSv1; id=1; %=a"})
    EXPECT_FALSE(parse_sts_record(record)) << record;
}

TEST(StsRecord, OthersAtTheNameAreNoneOfIt) {
  EXPECT_TRUE(is_sts_record("v=STSv1; id=1"));
  EXPECT_TRUE(is_sts_record("v=STSv1"));
  for (const auto* other : {"", "v=spf1 -all", "v=STSv10; id=1", "v=stsv1; id=1", " v=STSv1; id=1"})
    EXPECT_FALSE(is_sts_record(other)) << other;
}

constexpr std::string_view good =
    "version: STSv1\r\nmode: enforce\r\nmx: mx1.example.org\r\nmx: *.Example.NET.\r\nmax_age: 86400\r\n";

TEST(StsPolicyFile, IsRead) {
  const auto policy = parse_sts_policy(good);
  ASSERT_TRUE(policy) << policy.error().message;
  EXPECT_EQ(policy->mode, StsMode::enforce);
  EXPECT_EQ(policy->mx, (std::vector<std::string>{"mx1.example.org", "*.example.net"}));
  EXPECT_EQ(policy->max_age, 86400U);
  EXPECT_EQ(parse_sts_policy(print_sts_policy(*policy)).value(), *policy);
}

TEST(StsPolicyFile, LineEndingsUnknownFieldsAndDoublesAreTakenAsTheRfcHasIt) {
  const auto policy = parse_sts_policy(
      "version: STSv1\nmode:testing\nmode: enforce\nmx :  a.example  \nnew-field: x:y\nmax_age: 1\nmax_age: 2");
  ASSERT_TRUE(policy) << policy.error().message;
  EXPECT_EQ(policy->mode, StsMode::testing);
  EXPECT_EQ(policy->mx, std::vector<std::string>{"a.example"});
  EXPECT_EQ(policy->max_age, 1U);
}

TEST(StsPolicyFile, AgesAreCapped) {
  EXPECT_EQ(parse_sts_policy("version: STSv1\nmode: none\nmax_age: 9999999999\n").value().max_age, 31'557'600U);
}

TEST(StsPolicyFile, NoneNeedsNoMx) { EXPECT_TRUE(parse_sts_policy("version: STSv1\nmode: none\nmax_age: 60\n")); }

TEST(StsPolicyFile, WhatIsNotValid) {
  for (const auto* file :
       {"", "version: STSv1", "version: STSv2\nmode: enforce\nmx: a.example\nmax_age: 1",
        "mode: enforce\nmx: a.example\nmax_age: 1", "version: STSv1\nmode: strict\nmx: a.example\nmax_age: 1",
        "version: STSv1\nmode: Enforce\nmx: a.example\nmax_age: 1", "version: STSv1\nmode: enforce\nmax_age: 1",
        "version: STSv1\nmode: enforce\nmx: a.example", "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: -1",
        "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 1d",
        "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 10000000000",
        "version: STSv1\nmode: enforce\nmx: a..example\nmax_age: 1",
        "version: STSv1\nmode: enforce\nmx: a.*.example\nmax_age: 1",
        "version: STSv1\nmode: enforce\nmx: .example\nmax_age: 1",
        "version: STSv1\nmode: enforce\nmx: a.example b.example\nmax_age: 1", "<html><title>Not found</title></html>"})
    EXPECT_FALSE(parse_sts_policy(file)) << file;
}

TEST(StsPolicyFile, IsBounded) {
  EXPECT_FALSE(parse_sts_policy(std::string(good) + std::string(65'536, ' ')));
  std::string many = "version: STSv1\nmode: enforce\nmax_age: 1\n";
  for (int i = 0; i < 1001; ++i) many += "mx: a.example\n";
  EXPECT_FALSE(parse_sts_policy(many));
}

TEST(StsPatterns, AWildcardIsOneLabelAndNotNone) {
  EXPECT_TRUE(sts_matches("*.example.org", "mx.example.org"));
  EXPECT_FALSE(sts_matches("*.example.org", "example.org"));
  EXPECT_FALSE(sts_matches("*.example.org", "a.mx.example.org"));
  EXPECT_FALSE(sts_matches("*.example.org", ".example.org"));
  EXPECT_FALSE(sts_matches("*", "mx.example.org"));
  EXPECT_FALSE(sts_matches("*mx.example.org", "amx.example.org"));
  EXPECT_TRUE(sts_lists({StsMode::enforce, {"a.example", "*.b.example"}, 1}, "mx.B.example."));
  EXPECT_FALSE(sts_lists({StsMode::enforce, {}, 1}, "mx.b.example"));
}

}  // namespace
}  // namespace mailprobe::tls
