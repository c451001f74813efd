// The vectors of the RFCs and of other programs. Data: see tests/support/conformance.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <sstream>

#include "auth/dkim_verify.h"
#include "base/text.h"
#include "tests/support/conformance.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"

namespace mailprobe::auth {
namespace {

namespace json = boost::json;

constexpr Time no_clock{};  // x= is not looked at: the vectors are old

std::string as_text(const json::value& value) { return std::string(value.as_string()); }

void add_records(test::FakeResolver& dns, const json::value& records) {
  if (!records.is_object()) return;
  for (const auto& [name, text] : records.as_object())
    if (text.is_string()) dns.txt(name, as_text(text));
}

std::vector<Dkim> verify(const std::filesystem::path& file, test::FakeResolver& dns) {
  const auto raw = to_crlf(test::read_file(file));
  const auto message = split_message(raw);
  return test::run(verify_dkim(message, no_clock, dns));
}

std::string described(const Dkim& dkim) { return std::string(word(dkim.result)) + " " + dkim.reason; }

TEST(Conformance, DkimVectors) {
  MAILPROBE_CONFORMANCE(folder, "dkim-vectors");
  int seen = 0;
  const auto file = json::parse(test::read_file(folder / "cases.json"));
  for (const auto& one : file.at("cases").as_array()) {
    SCOPED_TRACE(as_text(one.at("id")));
    test::FakeResolver dns;
    add_records(dns, one.at("dns_txt"));
    const auto all = verify(folder / as_text(one.at("message")), dns);
    const auto expected = as_text(one.at("expect"));
    EXPECT_EQ(all.empty(), expected == "none");
    for (const auto& dkim : all) EXPECT_EQ(dkim.result, DkimOutcome::pass) << described(dkim);
    if (expected.starts_with("both")) EXPECT_EQ(all.size(), 2U);
    ++seen;
  }
  EXPECT_EQ(seen, 11);
}

/// Upstream's policy (which fields must be signed) is none of verification's: of those cases the crypto result counts.
TEST(Conformance, DkimLieser) {
  MAILPROBE_CONFORMANCE(folder, "dkim-lieser");
  int seen = 0;
  const auto file = json::parse(test::read_file(folder / "cases.json"));
  for (const auto& one : file.at("cases").as_array()) {
    SCOPED_TRACE(as_text(one.at("id")));
    test::FakeResolver dns;
    add_records(dns, one.at("dns").is_object() && !one.at("dns").as_object().empty() ? one.at("dns")
                                                                                     : file.at("default_dns_txt"));
    const auto all = verify(folder / as_text(one.at("message")), dns);
    const auto& expected = one.at("crypto_expect").as_array();
    if (!one.at("signature_count").is_null()) EXPECT_EQ(all.size(), expected.size());
    ASSERT_GE(all.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_EQ(all[i].result == DkimOutcome::pass, expected[i].as_string() == "pass") << described(all[i]);
    ++seen;
  }
  EXPECT_EQ(seen, 35);
}

// "NAME: VALUE", with a backslash at the end of a line that goes on; TEMPERROR and PERMERROR are answers.
void add_zone(test::FakeResolver& dns, std::string text) {
  for (auto at = text.find("\\\n"); at != std::string::npos; at = text.find("\\\n", at)) text.replace(at, 2, " ");
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const auto name = std::string(trim(line.substr(0, colon))), value = std::string(trim(line.substr(colon + 1)));
    if (value == "TEMPERROR")
      dns.fail(name);
    else if (value != "PERMERROR")  // a name that cannot be resolved for good has no record
      dns.txt(name, value);
  }
}

/// What upstream calls the result, in our words. A mismatch is a permanent failure there and `fail` here.
bool agrees(const Dkim& dkim, const std::string& state) {
  if (state == "SUCCESS") return dkim.result == DkimOutcome::pass;
  if (state == "TEMPFAIL") return dkim.result == DkimOutcome::temperror;
  return dkim.result == DkimOutcome::permerror || dkim.result == DkimOutcome::fail;
}

/// Upstream evaluates five signatures at most where we evaluate ten; case 03 is no message, which is not DKIM's to say.
TEST(Conformance, DkimChasquid) {
  MAILPROBE_CONFORMANCE(folder, "dkim-chasquid");
  int seen = 0;
  for (const auto& file : test::files_below(folder, ".result")) {
    SCOPED_TRACE(file.filename().string());
    test::FakeResolver dns;
    auto zone = file, mail = file;
    if (std::filesystem::exists(zone.replace_extension(".dns"))) add_zone(dns, test::read_file(zone));
    const auto all = verify(mail.replace_extension(".msg"), dns);
    const auto expected = json::parse(test::read_file(file)).at("Results").as_array();
    ASSERT_GE(all.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_TRUE(agrees(all[i], as_text(expected[i].at("State")))) << i << ": " << described(all[i]);
    ++seen;
  }
  EXPECT_EQ(seen, 10);
}

TEST(Conformance, DkimChasquidLimitedBodyIsPartial) {
  MAILPROBE_CONFORMANCE(folder, "dkim-chasquid");
  test::FakeResolver dns;
  add_zone(dns, test::read_file(folder / "09-limited_body.dns"));
  EXPECT_TRUE(verify(folder / "09-limited_body.msg", dns).front().partial);
}

}  // namespace
}  // namespace mailprobe::auth
