#include "auth/dkim_signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <set>

#include "auth/header_block.h"
#include "base/text.h"
#include "tests/support/conformance.h"

namespace mailprobe::auth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace json = boost::json;

const std::string good = "v=1; a=rsa-sha256; d=example.org; s=s1; h=from; bh=YWJj; b=YWJj";

Result<DkimSignature> parse(std::string_view value) {
  DkimSignature read;
  return parse_dkim_signature(value, read);
}

TEST(Signature, HoldsWhatItSays) {
  const auto read = parse(
                        "v=1; a=RSA-SHA256; c=relaxed; d=Example.ORG; s=S1; i=a@sub.example.org; h=From : To;\r\n"
                        "\tt=10; x=20; l=5; q=dns/txt; bh=YW\r\n Jj; b = YW Jj; z=ignored")
                        .value();
  EXPECT_EQ(read.domain, "example.org");
  EXPECT_EQ(read.selector, "s1");
  EXPECT_EQ(read.algorithm, "rsa-sha256");
  EXPECT_EQ(read.identity_domain, "sub.example.org");
  EXPECT_EQ(read.canonicalization(), "relaxed/simple");
  EXPECT_THAT(read.headers, ElementsAre("from", "to"));
  EXPECT_EQ(read.body_hash, "abc");
  EXPECT_EQ(read.b, "YWJj");
  EXPECT_EQ(read.length, 5U);
  EXPECT_EQ(read.signed_at, 10U);
  EXPECT_EQ(read.expires, 20U);
}

TEST(Signature, Defaults) {
  const auto read = parse(good).value();
  EXPECT_EQ(read.canonicalization(), "simple/simple");
  EXPECT_EQ(read.identity_domain, "example.org");
  EXPECT_FALSE(read.length || read.signed_at || read.expires);
}

// RFC 8616 §5: in an internationalised header.
TEST(Signature, ULabelsStandForALabels) {
  const auto read = parse(
                        "v=1; a=rsa-sha256; d=b\xc3\xbc"
                        "cher.example; s=schl\xc3\xbcssel; i=a@post.b\xc3\xbc"
                        "cher.example;"
                        " h=from; bh=YWJj; b=YWJj")
                        .value();
  EXPECT_EQ(read.domain, "xn--bcher-kva.example");
  EXPECT_EQ(read.selector, "xn--schlssel-95a");
  EXPECT_EQ(read.identity_domain, "post.xn--bcher-kva.example");
}

struct Bad {
  std::string_view name, from, to;  // in the good one
  std::string_view error;
};
class BadSignatures : public testing::TestWithParam<Bad> {};

TEST_P(BadSignatures, SayWhatIsWrong) {
  auto value = good;
  value.replace(value.find(GetParam().from), GetParam().from.size(), GetParam().to);
  const auto read = parse(value);
  ASSERT_FALSE(read) << value;
  EXPECT_THAT(read.error().message, HasSubstr(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Errors, BadSignatures,
    testing::Values(Bad{"no_version", "v=1; ", "", "no v="}, Bad{"other_version", "v=1", "v=2", "version is not 1"},
                    Bad{"no_algorithm", "a=rsa-sha256; ", "", "no a="},
                    Bad{"no_domain", "d=example.org; ", "", "no d="}, Bad{"no_selector", "s=s1; ", "", "no s="},
                    Bad{"no_fields", "h=from; ", "", "no h="}, Bad{"no_body_hash", "bh=YWJj; ", "", "no bh="},
                    Bad{"no_value", "; b=YWJj", "", "no b="}, Bad{"empty_value", " b=YWJj", " b=", "b= is not base64"},
                    Bad{"value_is_no_base64", " b=YWJj", " b=@", "b= is not base64"},
                    Bad{"from_is_not_signed", "h=from", "h=to:subject", "does not cover From"},
                    Bad{"identity_elsewhere", "s=s1", "s=s1; i=@other.example", "i= is not within d="},
                    Bad{"identity_only_ends_alike", "s=s1", "s=s1; i=@notexample.org", "i= is not within d="},
                    Bad{"identity_without_at", "s=s1", "s=s1; i=x", "i= has no @"},
                    Bad{"canonicalization_unknown", "s=s1", "s=s1; c=nofws", "c= is not known"},
                    Bad{"length_is_no_number", "s=s1", "s=s1; l=-1", "is not a number"},
                    Bad{"expires_before_it_is_made", "s=s1", "s=s1; t=10; x=9", "x= is not after t="},
                    Bad{"other_query_method", "s=s1", "s=s1; q=http", "q= names no known"},
                    Bad{"not_utf8", "d=example.org", "d=b\xfc.example", "not a domain name"},
                    Bad{"selector_with_a_space", "s=s1", "s=s 1", "not a domain name"},
                    Bad{"selector_too_long", "s=s1",
                        "s=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "not a domain name"},
                    Bad{"twice", "s=s1", "s=s1; s=s2", "s occurs twice"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Signature, KeepsWhatItCouldReadForTheReport) {
  DkimSignature read;
  EXPECT_FALSE(parse_dkim_signature("v=8; a=rsa-sha256; d=example.org; s=s1; h=from; bh=YWJj; b=YWJj", read));
  EXPECT_EQ(read.domain, "example.org");
  EXPECT_EQ(read.selector, "s1");
  EXPECT_EQ(read.b, "YWJj");
}

/// Where we are more tolerant than upstream: white space after the last semicolon; UTF-8 in i= of any message; and a
/// hash of the wrong length is no syntax error here, it is a hash that does not match.
TEST(Conformance, MoxSignatures) {
  MAILPROBE_CONFORMANCE(folder, "mox");
  int seen = 0;
  const auto cases = json::parse(test::read_file(folder / "dkim-signatures.json")).as_array();
  for (const auto& one : cases) {
    const std::string raw(one.at("header").as_string());
    const auto message = split_message(raw);
    const auto* field = message.first("DKIM-Signature");
    const bool tolerated = raw.contains("; bh=dGVzdAo=\r\n") || !one.at("smtputf8").as_bool();
    EXPECT_EQ(field && parse(field->value), one.at("error").is_null() || tolerated) << raw;
    ++seen;
  }
  EXPECT_EQ(seen, 18);
}

}  // namespace
}  // namespace mailprobe::auth
