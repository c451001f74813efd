#include "auth/authentication_results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include <boost/json.hpp>

#include "auth/limits.h"
#include "base/text.h"
#include "tests/support/conformance.h"

namespace mailprobe::auth {

namespace {

/// "method=result/reason(comment) name=value …": one line a result, for comparison.
std::string line_of(const RecordedResults& recorded, std::size_t index) {
  const auto& result = recorded.field.results.at(index);
  std::string out = result.method + "=" + result.result;
  if (!result.reason.empty()) out += " reason:" + result.reason;
  if (!recorded.comments.at(index).empty()) out += " (" + recorded.comments.at(index) + ")";
  for (const auto& [name, value] : result.properties) out += " " + name + "=" + value;
  return out;
}

using Lines = std::vector<std::string>;

struct Row {
  const char* name;
  std::string value;
  std::string id;
  Lines results;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

Lines lines_of(const RecordedResults& recorded) {
  Lines lines;
  for (std::size_t i = 0; i < recorded.field.results.size(); ++i) lines.push_back(line_of(recorded, i));
  return lines;
}

class Readable : public testing::TestWithParam<Row> {};

TEST_P(Readable, IsRead) {
  const auto recorded = parse_authentication_results(GetParam().value);
  ASSERT_TRUE(recorded) << recorded.error().message;
  EXPECT_EQ(recorded->field.authserv_id, GetParam().id);
  EXPECT_EQ(lines_of(*recorded), GetParam().results);
  EXPECT_EQ(recorded->field.raw, GetParam().value);
  EXPECT_FALSE(recorded->field.trusted);
}

TEST_P(Readable, ComesBackFromPrint) {
  const auto recorded = parse_authentication_results(GetParam().value);
  ASSERT_TRUE(recorded);
  const auto printed = print_authentication_results(*recorded);
  const auto again = parse_authentication_results(printed);
  ASSERT_TRUE(again) << printed;
  EXPECT_EQ(again->field.authserv_id, GetParam().id) << printed;
  EXPECT_EQ(lines_of(*again), GetParam().results) << printed;
}

const std::vector<Row> rows{
    // RFC 8601, appendix B
    {"no_authentication_done", " example.org 1; none", "example.org", {}},
    {"one_method",
     " example.com;\r\n          spf=pass smtp.mailfrom=example.net",
     "example.com",
     {"spf=pass smtp.mailfrom=example.net"}},
    {"comments_and_several",
     " example.com;\r\n auth=pass (cram-md5) smtp.auth=sender@example.net;\r\n spf=pass smtp.mailfrom=example.net",
     "example.com",
     {"auth=pass (cram-md5) smtp.auth=sender@example.net", "spf=pass smtp.mailfrom=example.net"}},
    {"reason_quoted",
     R"( example.com; dkim=pass reason="good signature" header.i=@mail-router.example.net;)",
     "example.com",
     {"dkim=pass reason:good signature header.i=@mail-router.example.net"}},
    {"comment_heavy",
     " foo.example.net (foobar) 1 (baz);\r\n dkim (Because I like it) / 1 (One yay) = (wait for it) fail\r\n"
     " policy (A dot can go here) . (like that) expired\r\n (this surprised me) = (as I wasn't expecting it) "
     "1362471462",
     "foo.example.net",
     {"dkim=fail (Because I like it; One yay; wait for it; A dot can go here; like that; this surprised me; as I "
      "wasn't expecting it) policy.expired=1362471462"}},
    {"version_of_a_method",
     "example.com; dkim/1=pass header.d=a.example",
     "example.com",
     {"dkim=pass header.d=a.example"}},
    {"upper_case",
     "Example.COM; SPF=Pass SMTP.MailFrom=A@B.example",
     "Example.COM",
     {"spf=pass smtp.mailfrom=A@B.example"}},
    {"quoted_id", R"("a;b"; spf=none)", "a;b", {"spf=none"}},
    {"semicolon_in_comment_and_quotes",
     R"(example.com; spf=fail (a;b (c;d)) smtp.mailfrom="x;y"@z.example; dkim=none)",
     "example.com",
     {R"(spf=fail (a;b (c;d)) smtp.mailfrom="x;y"@z.example)", "dkim=none"}},
    {"empty_value",
     "example.com; dkim=none header.d= header.s=x; spf=",
     "example.com",
     {"dkim=none header.d= header.s=x", "spf="}},
    {"null_reverse_path",
     "example.com; spf=none smtp.mailfrom=<> smtp.helo=h.example",
     "example.com",
     {"spf=none smtp.mailfrom=<> smtp.helo=h.example"}},
    {"base64_value",
     "example.com; dkim=pass header.b=oF80QtY/a+b==",
     "example.com",
     {"dkim=pass header.b=oF80QtY/a+b=="}},
    // What big providers write
    {"google",
     " mx.google.com;\r\n       dkim=pass header.i=@example.org header.s=r1 header.b=2j32dcmg;\r\n"
     "       spf=pass (google.com: domain of a@example.org designates 192.0.2.1 as permitted sender) "
     "smtp.mailfrom=a@example.org;\r\n       dmarc=pass (p=REJECT sp=NONE dis=NONE) header.from=example.org",
     "mx.google.com",
     {"dkim=pass header.i=@example.org header.s=r1 header.b=2j32dcmg",
      "spf=pass (google.com: domain of a@example.org designates 192.0.2.1 as permitted sender) "
      "smtp.mailfrom=a@example.org",
      "dmarc=pass (p=REJECT sp=NONE dis=NONE) header.from=example.org"}},
    {"microsoft_without_id",
     " spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=example.org; dkim=pass (signature was verified)\r\n "
     "header.d=example.org;dmarc=pass action=none header.from=example.org;compauth=pass reason=100",
     "",
     {"spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.org",
      "dkim=pass (signature was verified) header.d=example.org", "dmarc=pass action=none header.from=example.org",
      "compauth=pass reason:100"}},
    {"microsoft_id_repeated",
     " outlook.com; spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.org; outlook.com; dkim=none (message not "
     "signed) header.d=none;",
     "outlook.com",
     {"spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.org", "dkim=none (message not signed) header.d=none"}},
    {"yahoo_old",
     " mta4011.mail.gq1.yahoo.com  from=example.org; domainkeys=neutral (no sig);  from=example.net; dkim=pass (ok)",
     "mta4011.mail.gq1.yahoo.com",
     {"domainkeys=neutral (no sig)", "from=example.net", "dkim=pass (ok)"}},
    {"yahoo",
     " atlas-production.v2-mail-prod1.omega.yahoo.com;\r\n dkim=pass header.i=@example.org header.s=r1;\r\n spf=pass "
     "smtp.mailfrom=example.org;\r\n dmarc=pass(p=REJECT) header.from=example.org;",
     "atlas-production.v2-mail-prod1.omega.yahoo.com",
     {"dkim=pass header.i=@example.org header.s=r1", "spf=pass smtp.mailfrom=example.org",
      "dmarc=pass (p=REJECT) header.from=example.org"}},
    {"rspamd",
     " mx.example.org;\r\n\tdkim=pass header.d=example.net header.s=s1 header.b=\"abc/+d\";\r\n\tdmarc=pass "
     "(policy=reject) header.from=example.net;\r\n\tspf=pass (mx.example.org: domain of a@example.net designates "
     "2001:db8::1 as permitted sender) smtp.mailfrom=a@example.net",
     "mx.example.org",
     {"dkim=pass header.d=example.net header.s=s1 header.b=abc/+d",
      "dmarc=pass (policy=reject) header.from=example.net",
      "spf=pass (mx.example.org: domain of a@example.net designates 2001:db8::1 as permitted sender) "
      "smtp.mailfrom=a@example.net"}},
    {"opendkim",
     " mx.example.org;\r\n\tdkim=pass (2048-bit key; unprotected) header.d=example.net header.i=@example.net "
     "header.a=rsa-sha256 header.s=s1 header.b=AbCdEfGh;\r\n\tdkim-atps=neutral",
     "mx.example.org",
     {"dkim=pass (2048-bit key; unprotected) header.d=example.net header.i=@example.net header.a=rsa-sha256 "
      "header.s=s1 header.b=AbCdEfGh",
      "dkim-atps=neutral"}},
    {"one_bad_result_of_three",
     "example.com; spf=pass; dkim = = x; dmarc=fail",
     "example.com",
     {"spf=pass", "dmarc=fail"}},
    {"rest_of_a_result_unreadable",
     "example.com; spf=pass smtp.mailfrom=a ,,; dkim=none",
     "example.com",
     {"spf=pass smtp.mailfrom=a", "dkim=none"}},
    {"open_comment_reaches_to_the_end",
     "example.com; spf=pass (open; dkim=pass",
     "example.com",
     {"spf=pass (open; dkim=pass)"}},
    {"open_quote_is_text",
     "example.com; spf=pass reason=\"open; dkim=none",
     "example.com",
     {"spf=pass reason:\"open", "dkim=none"}},
};
INSTANTIATE_TEST_SUITE_P(Fields, Readable, testing::ValuesIn(rows), [](const auto& row) { return row.param.name; });

TEST(AuthenticationResults, IsBounded) {
  EXPECT_FALSE(parse_authentication_results("a; " + std::string(limits::authentication_result_bytes, 'x')));
  std::string many = "example.com";
  for (int i = 0; i < 1000; ++i) many += "; spf=pass";
  EXPECT_EQ(parse_authentication_results(many)->field.results.size(), limits::results_in_one);
  std::string deep = "example.com; spf=pass " + std::string(10'000, '(');
  EXPECT_TRUE(parse_authentication_results(deep));
}

TEST(AuthenticationResults, PrintsNoControlCharacters) {
  RecordedResults recorded;
  recorded.field.authserv_id = "evil\r\nBcc: x";
  recorded.field.results.push_back({"spf", "fail", "a\r\nb", {{"smtp.mailfrom", std::string("a\0b", 3)}}});
  recorded.comments.emplace_back("c)\r\n d");
  EXPECT_EQ(print_authentication_results(recorded),
            R"("evil??Bcc: x"; spf=fail reason=a??b (c\)?? d) smtp.mailfrom=a?b)");
}

// Syntax cases, normal forms and real fields of eight providers.
std::string text_of(const boost::json::value& value) { return std::string(value.as_string()); }

boost::json::array cases_of(const std::filesystem::path& file) {
  return boost::json::parse(test::read_file(file)).as_array();
}

std::string value_of(std::string field) {
  if (istarts_with(field, "Authentication-Results:")) field.erase(0, field.find(':') + 1);
  return to_crlf(field);
}

TEST(AuthenticationResults, ReadsTheCasesOfGoMsgauth) {
  MAILPROBE_CONFORMANCE(folder, "ar-misc");
  const auto cases = cases_of(folder / "go-msgauth.json");
  EXPECT_EQ(cases.size(), 13U);
  for (const auto& item : cases) {
    const auto recorded = parse_authentication_results(text_of(item.at("header_value")));
    const auto name = text_of(item.at("id"));
    if (text_of(item.at("authserv_id")).empty()) {  // an empty field: nothing in it
      EXPECT_FALSE(recorded) << name;
      continue;
    }
    ASSERT_TRUE(recorded) << name;
    EXPECT_EQ(recorded->field.authserv_id, text_of(item.at("authserv_id"))) << name;
    const auto& wanted = item.at("results").as_array();
    ASSERT_EQ(recorded->field.results.size(), wanted.size()) << name;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const auto& result = recorded->field.results[i];
      EXPECT_EQ(result.method, text_of(wanted[i].at("method"))) << name;
      EXPECT_EQ(result.result, text_of(wanted[i].at("result"))) << name;
      for (const auto& [key, value] : wanted[i].as_object()) {
        if (key == "Reason") EXPECT_EQ(result.reason, text_of(value)) << name;
        if (key == "From" || key == "Auth" || key == "Identifier" || key == "HeaderValue")
          EXPECT_EQ(result.properties.at(0).second, text_of(value)) << name;
      }
    }
  }
}

/// Whether a result has that method and that word, or that property and that value.
bool holds(const MethodResult& result, const boost::json::value& pair) {
  const auto name = text_of(pair.at(0)), value = text_of(pair.at(1));
  if (result.method == name) return result.result == value;
  return std::ranges::find(result.properties, std::pair(name, value)) != result.properties.end();
}

void check_provider(const boost::json::value& item) {
  std::vector<RecordedResults> all;
  for (const auto& header : item.at("headers").as_array()) {
    auto recorded = parse_authentication_results(value_of(text_of(header)));
    ASSERT_TRUE(recorded);
    all.push_back(std::move(*recorded));
  }
  for (const auto& wanted : item.at("expect").as_array()) {
    if (const auto* id = wanted.as_object().if_contains("authserv_id")) {
      EXPECT_EQ(all.front().field.authserv_id, text_of(*id));
      continue;
    }
    std::int64_t count = 0;
    for (const auto& recorded : all)
      count += std::ranges::count_if(recorded.field.results, [&](const auto& result) {
        return std::ranges::all_of(wanted.at("match").as_array(),
                                   [&](const auto& pair) { return holds(result, pair); });
      });
    EXPECT_EQ(count, wanted.at("count").as_int64()) << wanted;
  }
}

TEST(AuthenticationResults, ReadsTheCasesOfMailAuthenticationResults) {
  MAILPROBE_CONFORMANCE(folder, "ar-misc");
  const auto cases = cases_of(folder / "mail-authenticationresults.json");
  EXPECT_EQ(cases.size(), 27U);
  for (const auto& item : cases) {
    SCOPED_TRACE(text_of(item.at("id")));
    const auto kind = text_of(item.at("kind"));
    if (kind == "provider") {
      check_provider(item);
      continue;
    }
    const auto recorded = parse_authentication_results(text_of(item.at("header_value")));
    const bool wanted = kind == "normalise" || item.at("parses").as_bool();
    EXPECT_EQ(recorded.has_value(), wanted);
    if (kind == "normalise") EXPECT_EQ(recorded->field.authserv_id, "test.example.com");
  }
}

}  // namespace
}  // namespace mailprobe::auth
