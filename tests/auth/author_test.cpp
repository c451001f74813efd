#include "auth/author.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <map>

#include "base/text.h"
#include "tests/support/conformance.h"

namespace mailprobe::auth {
namespace {

using testing::HasSubstr;
namespace json = boost::json;

Result<std::string> author_of(const std::string& fields) {
  const auto raw = fields + "\r\n";
  return author_domain(split_message(raw));
}

struct Case {
  std::string_view name, from, domain, reason;
};

class Authors : public testing::TestWithParam<Case> {};

TEST_P(Authors, AreFound) {
  const auto& one = GetParam();
  const auto found = author_of("From: " + std::string(one.from) + "\r\n");
  if (!one.domain.empty()) {
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(*found, one.domain);
  } else {
    ASSERT_FALSE(found) << *found;
    EXPECT_THAT(found.error().message, HasSubstr(one.reason));
  }
}

INSTANTIATE_TEST_SUITE_P(
    From, Authors,
    testing::Values(
        Case{"bare", "a@b.example", "b.example", ""}, Case{"angle", "A <a@B.Example>", "b.example", ""},
        Case{"final_dot", "<a@b.example.>", "b.example", ""},
        Case{"quoted_name_with_an_address", "\"x@evil.example\" <a@b.example>", "b.example", ""},
        Case{"quoted_name_with_comma_and_quote", "\"Doe, \\\"J\\\" <x@y.example>\" <a@b.example>", "b.example", ""},
        Case{"unquoted_name_with_an_address", "x@evil.example <a@b.example>", "b.example", ""},
        Case{"unquoted_comma_in_the_name", "Doe, John <a@b.example>", "b.example", ""},
        Case{"comment_with_an_address", "(x@evil.example (nested)) a@b.example (and \\) after)", "b.example", ""},
        Case{"comment_within_the_address", "a@(c)b.(d)example", "b.example", ""},
        Case{"quoted_local_part", "\"a@b c\"@b.example", "b.example", ""},
        Case{"obsolete_route", "<@relay.example,@other.example:a@b.example>", "b.example", ""},
        Case{"encoded_word_in_the_name", "=?utf-8?q?x=40evil.example?= <a@b.example>", "b.example", ""},
        Case{"u_label",
             "<a@b\xc3\xbc"
             "cher.example>",
             "xn--bcher-kva.example", ""},
        Case{"folded", "A\r\n <a@b.example>", "b.example", ""},
        Case{"group", "Friends: a@b.example, c@b.example;", "b.example", ""},
        Case{"two_authors_in_one_domain", "a@b.example, C <c@B.EXAMPLE>", "b.example", ""},
        Case{"two_domains", "a@b.example, c@d.example", "", "several author domains: b.example and d.example"},
        Case{"two_angles_in_one", "<a@b.example> <c@d.example>", "", "several author domains"},
        Case{"subdomain_is_another_domain", "a@b.example, c@sub.b.example", "", "several author domains"},
        Case{"empty_group", "undisclosed-recipients:;", "", "From has no address"},
        Case{"empty", "", "", "From has no address"}, Case{"no_domain", "John Doe", "", "From has no address"},
        Case{"empty_domain", "<a@>", "", "From has 'a@'"},
        Case{"address_literal", "<a@[192.0.2.1]>", "", "From has 'a@[192.0.2.1]'"},
        Case{"bad_domain", "<a@b..example>", "", "From has 'a@b..example'"},
        Case{"nul_in_the_domain", std::string_view("<a@b\0.example>", 14), "", "no author domain"},
        Case{"quote_without_end", "\"a <a@b.example>", "", "From has no address"},
        Case{"comment_without_end", "(a <a@b.example>", "", "From has no address"},
        Case{"encoded_word_alone", "=?utf-8?q?a=40b.example?=", "", "From has no address"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Author, NeedsOneFromField) {
  EXPECT_THAT(author_of("To: a@b.example\r\n").error().message, HasSubstr("there is no From"));
  EXPECT_THAT(author_of("From: a@b.example\r\nFrom: a@b.example\r\n").error().message, HasSubstr("several From"));
}

TEST(Author, OfAMillionCommasIsFoundInTime) {
  EXPECT_FALSE(author_of("From: " + std::string(1'000'000, ',') + "\r\n"));
  EXPECT_FALSE(author_of("From: " + std::string(1'000'000, '(') + "\r\n"));
  EXPECT_FALSE(author_of("From: " + std::string(1'000'000, '<') + "\r\n"));
}

/// Where OpenDMARC takes the first of two authors, RFC 9989 knows no author domain.
TEST(Conformance, OpendmarcFromDomain) {
  MAILPROBE_CONFORMANCE(folder, "dmarc-opendmarc");
  const auto file = json::parse(test::read_file(folder / "cases.json"));
  int seen = 0;
  for (const auto& one : file.at("from_domain").as_array()) {
    const std::string header(one.at("header").as_string());
    const auto found = author_of("From: " + header + "\r\n");
    ++seen;
    if (header.contains("ace.com")) {
      EXPECT_FALSE(found) << header;
      continue;
    }
    ASSERT_TRUE(found) << header << ": " << found.error().message;
    EXPECT_EQ(*found, std::string_view(one.at("domain").as_string())) << header;
  }
  EXPECT_EQ(seen, 13);
}

TEST(Conformance, AuthheadersFromDomain) {
  MAILPROBE_CONFORMANCE(folder, "e2e-authheaders");
  const auto file = json::parse(test::read_file(folder / "cases.json"));
  int seen = 0;
  for (const auto& one : file.at("from_domain").as_array()) {
    const std::string header(one.at("header").as_string());
    const auto found = author_of("From: " + header + "\r\n");
    ASSERT_TRUE(found) << header << ": " << found.error().message;
    EXPECT_EQ(*found, std::string_view(one.at("domain").as_string())) << header;
    ++seen;
  }
  EXPECT_EQ(seen, 4);
}

}  // namespace
}  // namespace mailprobe::auth
