// CAA records: the wire form and the issuer's grammar (RFC 8659 §4), issuemail (RFC 9495).
#include "dns/caa.h"

#include <gtest/gtest.h>

namespace mailprobe::dns {
namespace {

using std::string_literals::operator""s;

struct Row {
  const char* name;
  std::string value;
  std::optional<std::string> issuer;
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }

class CaaIssuer : public testing::TestWithParam<Row> {};

TEST_P(CaaIssuer, IsFound) { EXPECT_EQ(caa_issuer(GetParam().value), GetParam().issuer); }

INSTANTIATE_TEST_SUITE_P(
    Values, CaaIssuer,
    testing::Values(
        Row{"plain", "ca.example.net", "ca.example.net"}, Row{"capitals", "CA.Example.NET", "ca.example.net"},
        Row{"nobody", ";", ""}, Row{"empty", "", ""}, Row{"spaces_only", "  \t", ""},
        Row{"surrounded", "  ca.example.net \t", "ca.example.net"},
        Row{"parameter", "ca.example.net; account=230123", "ca.example.net"},
        Row{"two_parameters", "ca.example.net; a=1; validationmethods=dns-01", "ca.example.net"},
        Row{"spaced_parameter", "ca.example.net ;  a = 1 ", "ca.example.net"},
        Row{"semicolon_behind", "ca.example.net;", "ca.example.net"}, Row{"nobody_with_parameter", "; policy=ev", ""},
        Row{"parameter_without_value", "ca.example.net; a=", "ca.example.net"},
        Row{"malformed_of_the_rfc", "%%%%%", std::nullopt},
        Row{"two_names", "ca.example.net other.example", std::nullopt}, Row{"empty_label", "ca..example", std::nullopt},
        Row{"dot_behind", "ca.example.", std::nullopt}, Row{"hyphen_first", "-ca.example", std::nullopt},
        Row{"hyphen_last", "ca-.example", std::nullopt}, Row{"parameter_without_equals", "ca.example; a", std::nullopt},
        Row{"space_in_value", "ca.example; a=1 2", std::nullopt}, Row{"only_semicolons", "ca.example;;", std::nullopt},
        Row{"nul", "ca.example\0.org"s, std::nullopt}, Row{"utf8", "c\xc3\xa4.example", std::nullopt}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Caa, IsReadOffTheWire) {
  const auto record = caa_from_wire("\x80\x05Issueca.example"s);
  EXPECT_TRUE(record.critical);
  EXPECT_EQ(record.tag, "issue");
  EXPECT_EQ(record.value, "ca.example");
  EXPECT_FALSE(record.problem);
}

TEST(Caa, MalformedSaysSo) {
  for (const auto& wire : {""s, "\0"s, "\0\5"s, "\0\0value"s, "\0\6issue"s, "\0\xffissue;"s})
    EXPECT_EQ(caa_from_wire(wire).problem, "it is malformed");
}

TEST(Caa, UnknownIsWrongOnlyWhereItIsCritical) {
  EXPECT_FALSE(caa_from_wire("\0\3tbs;"s).problem);
  EXPECT_TRUE(caa_from_wire("\x80\3tbs;"s).problem) << "RFC 8659 §4.5, a critical one";
}

TEST(Caa, EachKindHasItsForm) {
  const auto problem = [](std::string tag, std::string value) {
    return caa_from_wire(caa_to_wire({false, std::move(tag), std::move(value), {}})).problem.has_value();
  };
  EXPECT_FALSE(problem("issuemail", ";"));
  EXPECT_FALSE(problem("issuemail", "ca.example; account=1"));
  EXPECT_TRUE(problem("issuemail", "mailto:ca@example.net"));
  EXPECT_FALSE(problem("iodef", "mailto:security@example.net"));
  EXPECT_FALSE(problem("iodef", "https://iodef.example.net/"));
  EXPECT_TRUE(problem("iodef", "security@example.net"));
  EXPECT_FALSE(problem("contactemail", "ca@example.net"));
  EXPECT_TRUE(problem("is-sue", ";"));
}

TEST(Caa, AllOfAnAnswer) {
  Answer answer;
  answer.status = Status::ok;
  answer.rdata = {caa_to_wire({false, "issue", "ca.example", {}}), "\0"s};
  const auto all = caa(answer);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].value, "ca.example");
  EXPECT_TRUE(all[1].tag.empty());
  EXPECT_TRUE(all[1].problem);
}

TEST(Caa, KeepsABoundedValue) {
  const auto record = caa_from_wire("\0\5iodefhttps://"s + std::string(60'000, 'x'));
  EXPECT_LE(record.value.size(), 4096U);
}

}  // namespace
}  // namespace mailprobe::dns
