#include "auth/dmarc_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <set>

#include "tests/support/conformance.h"

namespace mailprobe::auth {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
namespace json = boost::json;

struct Case {
  std::string_view name, text;
  bool ours;               // begins with v=DMARC1
  std::string_view error;  // part of it; empty: usable
  DmarcPolicy policy = DmarcPolicy::none;
  std::string_view problem;  // part of one; empty: none
};

class Records : public testing::TestWithParam<Case> {};

TEST_P(Records, Parse) {
  const auto& one = GetParam();
  EXPECT_EQ(is_dmarc_record(one.text), one.ours);
  const auto record = parse_dmarc_record(one.text);
  if (!one.ours || !one.error.empty()) {
    ASSERT_FALSE(record);
    EXPECT_THAT(record.error().message, HasSubstr(one.error));
    return;
  }
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->policy, one.policy);
  if (one.problem.empty())
    EXPECT_THAT(record->problems, IsEmpty());
  else
    EXPECT_THAT(record->problems, testing::Contains(HasSubstr(one.problem)));
}

constexpr auto reject = DmarcPolicy::reject, quarantine = DmarcPolicy::quarantine, none = DmarcPolicy::none;

INSTANTIATE_TEST_SUITE_P(
    Syntax, Records,
    testing::Values(Case{"plain", "v=DMARC1; p=reject", true, "", reject},
                    Case{"final_semicolon", "v=DMARC1; p=none;", true, "", none},
                    Case{"white_space_around_everything", " v = DMARC1 ;\tp\t= quarantine ; ", true, "", quarantine},
                    Case{"tags_in_any_order", "v=DMARC1; rua=mailto:a@b.example; sp=none; p=reject", true, "", reject},
                    Case{"words_in_any_case", "v=DMARC1; P=Reject", true, "", reject},
                    Case{"version_in_lower_case", "v=dmarc1; p=reject", false, ""},
                    Case{"version_with_more", "v=DMARC12; p=reject", false, ""},
                    Case{"version_not_first", "p=reject; v=DMARC1", false, ""},
                    Case{"no_semicolon_after_version", "v=DMARC1 p=reject", false, ""},
                    Case{"of_spf", "v=spf1 -all", false, ""}, Case{"empty", "", false, ""},
                    Case{"no_p_and_nobody_to_report_to", "v=DMARC1", true, "there is no p=, and no rua="},
                    Case{"no_p_but_rua", "v=DMARC1; rua=mailto:a@b.example", true, "", none, "there is no p="},
                    Case{"bad_p_and_rua", "v=DMARC1; p=bounce; rua=mailto:a@b.example", true, "", none, "p=bounce"},
                    Case{"bad_p_and_bad_rua", "v=DMARC1; p=bounce; rua=b.example", true, "p=bounce is not"},
                    Case{"bad_sp_makes_all_of_it_none", "v=DMARC1; p=reject; sp=x; rua=mailto:a@b.example", true, "",
                         none, "sp=x"},
                    Case{"bad_np_without_rua", "v=DMARC1; p=reject; np=x", true, "np=x is not"},
                    Case{"tag_twice", "v=DMARC1; p=none; p=reject", true, "p occurs twice"},
                    Case{"unknown_tag", "v=DMARC1; p=reject; future=yes", true, "", reject},
                    Case{"what_is_no_tag", "v=DMARC1; p=reject; bogus", true, "", reject, "'bogus' is not a tag"},
                    Case{"bad_alignment_mode", "v=DMARC1; p=reject; adkim=x", true, "", reject, "adkim=x"},
                    Case{"bad_percent", "v=DMARC1; p=reject; pct=110", true, "", reject, "pct=110"},
                    Case{"bad_failure_options", "v=DMARC1; p=reject; fo=0:1", true, "", reject, "fo=0:1"},
                    Case{"one_bad_address_of_two", "v=DMARC1; p=reject; rua=mailto:a@b.example,mailto:c", true, "",
                         reject, "rua=mailto:c"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Record, HoldsWhatItSays) {
  const auto record = parse_dmarc_record(
      "v=DMARC1; p=reject; sp=quarantine; np=none; adkim=s; aspf=s; t=y; psd=n; fo=1:d; pct=25; "
      "rua=mailto:a%2Bb@c.example!10m , https://report.example/; ruf=mailto:f@c.example");
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_TRUE(record->strict_dkim && record->strict_spf && record->testing);
  EXPECT_EQ(record->psd, PublicSuffix::no);
  EXPECT_EQ(record->failure_options, "1:d");
  EXPECT_EQ(record->percent, 25U);
  EXPECT_EQ(record->for_subdomain(true), quarantine);
  EXPECT_EQ(record->for_subdomain(false), none);
  ASSERT_EQ(record->rua.size(), 2U);
  EXPECT_EQ(record->rua[0].uri, "mailto:a%2Bb@c.example");
  EXPECT_EQ(record->rua[0].address, "a+b@c.example");
  EXPECT_EQ(record->rua[1].address, "");
  ASSERT_EQ(record->ruf.size(), 1U);
}

TEST(Record, SubdomainsFallBack) {
  auto record = parse_dmarc_record("v=DMARC1; p=reject").value();
  EXPECT_EQ(record.for_subdomain(true), reject);
  EXPECT_EQ(record.for_subdomain(false), reject);
  record = parse_dmarc_record("v=DMARC1; p=reject; sp=quarantine").value();
  EXPECT_EQ(record.for_subdomain(false), quarantine);
}

TEST(Record, OverItsLimitIsRefused) {
  EXPECT_FALSE(parse_dmarc_record("v=DMARC1; p=none; x=" + std::string(9000, 'a')));
  std::string many = "v=DMARC1; p=none";
  for (int i = 0; i < 200; ++i) many += ";" + std::string(static_cast<std::size_t>(i) + 1, 'x') + "=1";
  EXPECT_THAT(parse_dmarc_record(many.substr(0, 8000)).error().message, HasSubstr("over 100 tags"));
}

TEST(Policy, OneLevelMilder) {
  EXPECT_EQ(one_level_milder(reject), quarantine);
  EXPECT_EQ(one_level_milder(quarantine), none);
  EXPECT_EQ(one_level_milder(none), none);
}

// ---- conformance ----------------------------------------------------------------------------------------------------

bool usable(std::string_view text) { return parse_dmarc_record(text).has_value(); }

/// Upstream parses by the letter of RFC 7489's grammar. RFC 9989 §4.8 discards what is wrong beside p, and ignores
/// tags that it dropped; those records are usable.
TEST(Conformance, MoxRecords) {
  MAILPROBE_CONFORMANCE(folder, "mox");
  const std::set<std::string> usable_by_9989{
      "v=DMARC1; sp=reject; p=reject",  // tag order after v is free
      // The obsolete size is ignored, whatever it says.
      "v=DMARC1; rua=mailto:dmarc-feedback@example.com!",
      "v=DMARC1; rua=mailto:dmarc-feedback@example.com!99999999999999999999999999999999999999999999999",
      "v=DMARC1; rua=mailto:dmarc-feedback@example.com!10p"};
  const auto cases = json::parse(test::read_file(folder / "dmarc-records.json")).as_array();
  for (const auto& one : cases) {
    const std::string text(one.at("record").as_string());
    EXPECT_EQ(usable(text), one.at("valid").as_bool() || usable_by_9989.contains(text)) << text;
  }
}

/// OpenDMARC is of RFC 7489: it takes "p=n" for none, and rf=, ri= and pct= still had meanings.
TEST(Conformance, OpendmarcRecords) {
  MAILPROBE_CONFORMANCE(folder, "dmarc-opendmarc");
  const std::set<std::string> usable_by_9989{
      "v=DMARC1; p=none; adkim=bob;", "v=DMARC1; p=none; aspf=bob;",
      "v=DMARC1; p=none; rf=bob;",    "v=DMARC1; p=none; ri=bob;",
      "v=DMARC1; p=none; pct=500;",   "v=DMARC1; p=none; rf=000000000000000000000000000000000"};
  const std::set<std::string> bad_by_9989{"v=DMARC1; p=n;"};
  const auto file = json::parse(test::read_file(folder / "cases.json"));
  for (const auto& one : file.at("parse").as_array()) {
    const std::string text(one.at("record").as_string());
    const bool upstream = one.at("expect").as_string() == "DMARC_PARSE_OKAY";
    EXPECT_EQ(usable(text), (upstream || usable_by_9989.contains(text)) && !bad_by_9989.contains(text)) << text;
  }
}

std::vector<std::string> addresses(const json::value& list) {
  std::vector<std::string> out;
  for (const auto& one : list.as_array())
    out.emplace_back(one.is_string() ? one.as_string() : one.at("addr").as_string());
  return out;
}

TEST(Conformance, StalwartRecords) {
  MAILPROBE_CONFORMANCE(folder, "dmarc-stalwart");
  const auto cases = json::parse(test::read_file(folder / "cases.json")).as_array();
  int seen = 0;
  for (const auto& one : cases) {
    if (one.at("kind").as_string() != "parse") continue;
    ++seen;
    const std::string text(one.at("record").as_string());
    const auto record = parse_dmarc_record(text);
    ASSERT_TRUE(record) << text << ": " << record.error().message;
    const auto& expected = one.at("expect").as_object();
    EXPECT_EQ(word(record->policy), std::string_view(expected.at("p").as_string())) << text;
    EXPECT_EQ(word(record->for_subdomain(true)), std::string_view(expected.at("sp").as_string())) << text;
    EXPECT_EQ(word(record->for_subdomain(false)), std::string_view(expected.at("np").as_string())) << text;
    std::vector<std::string> rua;
    for (const auto& uri : record->rua) rua.push_back(uri.address);
    if (const auto* listed = expected.if_contains("rua")) EXPECT_EQ(rua, addresses(*listed)) << text;
    if (const auto* t = expected.if_contains("t")) EXPECT_EQ(record->testing, t->as_bool()) << text;
  }
  EXPECT_EQ(seen, 6);
}

}  // namespace
}  // namespace mailprobe::auth
