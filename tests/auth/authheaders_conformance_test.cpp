// The cases of authentication-headers: messages verified whole, DMARC over results that are given, ARC chains.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include <boost/json.hpp>

#include "auth/authentication_results.h"
#include "auth/dmarc.h"
#include "auth/evaluate.h"
#include "base/text.h"
#include "tests/support/conformance.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"

namespace mailprobe::auth {
namespace {

namespace json = boost::json;

// What RFC 9989 says otherwise (the cases have the wording of RFC 7489), by case.
const std::map<std::string, std::string> instead{
    {"dmarc_bad", "null"},     // §4.8: the part that is no tag is ignored; without SPF and a pass there is no result
    {"dmarc_nofrom", "none"},  // §5.3.1: no author domain ends the evaluation
    {"mult_from", "none"},     // §5.3.1: so do several
    {"mult_from2", "none"},
    {"no_p", "permerror"},  // §4.10.1: our word for a record that cannot be used; it asks for nothing either way
};

test::FakeResolver zone_of(const json::object& zone) {
  test::FakeResolver dns;
  for (const auto& [name, records] : zone) {
    const std::string owner(name);
    if (records.is_string()) {
      if (records.as_string() != "NXDOMAIN") dns.empty(owner);
      continue;
    }
    dns.empty(owner);
    if (records.as_object().contains("A_or_any")) dns.a(owner, "192.0.2.1");  // a name that exists
    if (const auto* texts = records.as_object().if_contains("TXT"))
      for (const auto& parts : texts->as_array()) dns.txt(owner, std::string(parts.at(0).as_string()));
  }
  return dns;
}

std::vector<MethodResult> results_of(const std::string& text) {
  auto parsed = parse_authentication_results("example.com; " + text);
  return parsed ? std::move(parsed->field.results) : std::vector<MethodResult>{};
}

std::string property(const MethodResult& result, std::string_view name) {
  for (const auto& [key, value] : result.properties)
    if (key == name) return value;
  return {};
}

std::vector<Dkim> given_dkim(const json::value& previous) {
  std::vector<Dkim> all;
  for (const auto& result : results_of(std::string(previous.as_string()))) {
    if (result.method != "dkim") continue;
    auto& dkim = all.emplace_back();
    dkim.result = from_word<DkimOutcome>(result.result).value();
    dkim.domain = property(result, "header.d");
  }
  return all;
}

struct Judged {
  std::vector<Dkim> dkim;
  Dmarc dmarc;
};

Judged judge(const std::string& raw, const json::value& previous, test::FakeResolver& dns) {
  if (previous.is_null()) {
    const Context context;
    auto evaluation = test::run(evaluate(raw, context, dns));
    return {std::move(evaluation.dkim), std::move(evaluation.dmarc)};
  }
  Judged judged{given_dkim(previous), {}};
  const auto message = split_message(raw);
  const std::optional<Spf> spf{Spf{}};
  judged.dmarc = test::run(check_dmarc(message, spf, judged.dkim, dns));
  return judged;
}

void compare(const MethodResult& wanted, const Judged& judged, const std::string& id) {
  if (wanted.method == "dkim") {
    ASSERT_FALSE(judged.dkim.empty());
    EXPECT_EQ(word(judged.dkim[0].result), wanted.result) << judged.dkim[0].reason;
    EXPECT_EQ(judged.dkim[0].domain, property(wanted, "header.d"));
    return;
  }
  const auto other = instead.find(id);
  const auto result = judged.dmarc.result ? word(*judged.dmarc.result) : "null";
  EXPECT_EQ(result, other == instead.end() ? wanted.result : other->second) << judged.dmarc.reason;
  if (other != instead.end()) return;
  if (const auto policy = property(wanted, "policy.dmarc"); !policy.empty())
    EXPECT_EQ(word(judged.dmarc.policy.value()), policy);
  if (const auto domain = property(wanted, "header.from"); !domain.empty()) EXPECT_EQ(judged.dmarc.domain, domain);
}

TEST(AuthHeaders, AreEvaluatedWhole) {
  MAILPROBE_CONFORMANCE(folder, "e2e-authheaders");
  const auto cases = json::parse(test::read_file(folder / "cases.json"));
  int count = 0;
  for (const auto& item : cases.at("dmarc_cases").as_array()) {
    const std::string id(item.at("id").as_string());
    SCOPED_TRACE(id);
    auto dns = zone_of(cases.at("zone").as_object());
    const auto raw = to_crlf(test::read_file(folder / std::string(item.at("message").as_string())));
    const auto judged = judge(raw, item.at("previous_results"), dns);
    for (const auto& wanted : results_of(std::string(item.at("expect").as_string()))) compare(wanted, judged, id);
    ++count;
  }
  EXPECT_EQ(count, 12);
}

// None of these differs from RFC 8617.
TEST(AuthHeaders, ChainsAreValidated) {
  MAILPROBE_CONFORMANCE(folder, "e2e-authheaders");
  const auto cases = json::parse(test::read_file(folder / "cases.json"));
  int count = 0;
  for (const auto& item : cases.at("arc_cases").as_array()) {
    const std::string id(item.at("id").as_string());
    SCOPED_TRACE(id);
    auto dns = zone_of(cases.at("zone").as_object());
    const auto raw = to_crlf(test::read_file(folder / std::string(item.at("message").as_string())));
    const auto arc = test::run(evaluate(raw, {}, dns)).arc.value();
    for (const auto& wanted : results_of(std::string(item.at("expect").as_string()))) {
      EXPECT_EQ(wanted.method, "arc");
      EXPECT_EQ(word(arc.result), wanted.result) << arc.reason;
    }
    ASSERT_EQ(arc.instances.size(), 1U);
    EXPECT_EQ(arc.instances[0].domain, "example.org");
    EXPECT_EQ(arc.instances[0].authserv_id, "lists.example.org");
    ++count;
  }
  EXPECT_EQ(count, 2);
}

}  // namespace
}  // namespace mailprobe::auth
