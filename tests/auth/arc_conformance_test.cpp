// The ARC test suite of Valimail, by name: validation, and signing byte by byte. Data: tests/support/conformance.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "auth/arc_seal.h"
#include "auth/arc_verify.h"
#include "auth/canonical.h"
#include "auth/tag_list.h"
#include "base/text.h"
#include "tests/support/conformance.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"

namespace mailprobe::auth {
namespace {

constexpr Time no_clock{};  // x= is not looked at: the cases are old

test::FakeResolver zone_of(const YAML::Node& scenario) {
  test::FakeResolver dns;
  for (const auto& record : scenario["txt-records"]) {
    std::string text;
    for (const char c : record.second.as<std::string>())
      if (c != '\n') text += c;
    dns.txt(record.first.as<std::string>(), text);
  }
  return dns;
}

/// The suite writes Fail as an empty word too, where a validator has nothing to add.
std::string expected_word(const YAML::Node& cv) {
  const auto text = to_lower(trim(cv.as<std::string>()));
  return text.empty() ? "fail" : text;
}

TEST(Conformance, ArcValimailValidation) {
  MAILPROBE_CONFORMANCE(folder, "arc-valimail");
  int seen = 0;
  for (const auto& scenario : YAML::LoadAllFromFile((folder / "validation-open.yml").string())) {
    auto dns = zone_of(scenario);
    for (const auto& one : scenario["tests"]) {
      SCOPED_TRACE(one.first.as<std::string>());
      const auto raw = to_crlf(one.second["message"].as<std::string>());
      const auto message = split_message(raw);
      const auto arc = test::run(verify_arc(message, no_clock, dns));
      EXPECT_EQ(word(arc.result), expected_word(one.second["cv"])) << arc.reason;
      EXPECT_EQ(arc.reason.empty(), arc.result != ArcOutcome::fail);
      EXPECT_FALSE(arc.temporary);
      ++seen;
    }
  }
  EXPECT_EQ(seen, 50);
}

SignOptions options_of(const YAML::Node& scenario, const YAML::Node& one) {
  SignOptions options;
  options.domain = scenario["domain"].as<std::string>();
  options.selector = scenario["sel"].as<std::string>();
  options.oversign = false;
  options.time = Time(std::chrono::seconds(one["t"].as<int>()));
  const auto names = one["sig-headers"].as<std::string>();
  for (const auto name : split(names, ':')) options.headers.emplace_back(name);
  return options;
}

/// In one line: the suite's lines go on without the white space of a fold.
std::string relaxed(std::string_view value) {
  std::string line(trim(value));
  std::ranges::replace(line, '\n', ' ');
  std::erase(line, '\r');
  return canonical_header("x:" + line, Canon::relaxed);
}

/// The same signatures: whatever is signed is the same byte by byte. White space in b= is only the print's.
void expect_the_set(const std::string& fields, const YAML::Node& one) {
  const auto message = split_message(fields);
  ASSERT_EQ(message.fields.size(), 3U);
  EXPECT_EQ(without_white_space(message.fields[0].value), without_white_space(one["AS"].as<std::string>()));
  EXPECT_EQ(without_white_space(message.fields[1].value), without_white_space(one["AMS"].as<std::string>()));
  EXPECT_EQ(relaxed(message.fields[2].value), relaxed(one["AAR"].as<std::string>()));
}

TEST(Conformance, ArcValimailSigning) {
  MAILPROBE_CONFORMANCE(folder, "arc-valimail");
  int seen = 0;
  for (const auto& scenario : YAML::LoadAllFromFile((folder / "arc-draft-sign-tests.yml").string())) {
    auto dns = zone_of(scenario);
    const auto key = SigningKey::from_pem(Secret(scenario["privatekey"].as<std::string>())).value();
    for (const auto& one : scenario["tests"]) {
      SCOPED_TRACE(one.first.as<std::string>());
      const auto raw = to_crlf(one.second["message"].as<std::string>());
      const auto chain = test::run(verify_arc(split_message(raw), no_clock, dns));
      const auto set =
          seal_arc(raw, chain, key, options_of(scenario, one.second), one.second["srv-id"].as<std::string>());
      if (trim(one.second["AS"].as<std::string>()).empty())
        EXPECT_FALSE(set);  // a chain that is sealed as failed takes no further set (RFC 8617 §5.1)
      else
        expect_the_set(set.value(), one.second);
      ++seen;
    }
  }
  EXPECT_EQ(seen, 17);
}

}  // namespace
}  // namespace mailprobe::auth
