// The openspf.org test suites for RFC 7208 and for RFC 4408, which it replaced.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <set>

#include "auth/spf.h"
#include "base/text.h"
#include "tests/support/conformance.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"

namespace mailprobe::auth {
namespace {

/// A zone of the suite. TIMEOUT: whatever the name has no record of does not answer.
class SuiteResolver : public test::FakeResolver {
 public:
  void silent(const std::string& name) { silent_.insert(to_lower(name)); }

  Task<dns::Answer> query(std::string name, dns::Type type) override {
    const bool waits = silent_.contains(to_lower(name));
    auto answer = co_await FakeResolver::query(std::move(name), type);
    if (waits && !answer.found()) answer.status = dns::Status::timeout;
    co_return answer;
  }

 private:
  std::set<std::string> silent_;
};

std::string joined(const YAML::Node& value) {
  if (!value.IsSequence()) return value.as<std::string>();
  std::string text;
  for (const auto& part : value) text += part.as<std::string>();
  return text;
}

bool has_txt(const YAML::Node& records) {
  for (const auto& record : records)
    if (record.IsMap() && record["TXT"]) return true;
  return false;
}

void add_record(SuiteResolver& zone, const std::string& name, const std::string& type, const YAML::Node& value,
                bool own_txt) {
  zone.empty(name);
  if (type == "A" || type == "AAAA") return zone.a(name, value.as<std::string>());
  if (type == "PTR") return zone.ptr(name, value.as<std::string>());
  if (type == "CNAME") return zone.cname(name, value.as<std::string>());
  if (type == "MX") return zone.mx(name, value[0].as<unsigned>(), value[1].as<std::string>());
  // RFC 7208 §3.1: TXT only. The suite means its SPF records to be published as TXT too, unless there is one already.
  if (type == "SPF" && own_txt) return;
  if (joined(value) != "NONE") zone.txt(name, joined(value));
}

SuiteResolver zone_of(const YAML::Node& zonedata) {
  SuiteResolver zone;
  for (const auto& entry : zonedata) {
    const auto name = entry.first.as<std::string>();
    const bool own_txt = has_txt(entry.second);
    for (const auto& record : entry.second) {
      if (record.IsScalar())
        zone.silent(name);
      else
        for (const auto& field : record) add_record(zone, name, field.first.as<std::string>(), field.second, own_txt);
    }
  }
  return zone;
}

std::vector<std::string> allowed(const YAML::Node& result) {
  return result.IsSequence() ? result.as<std::vector<std::string>>() : std::vector{result.as<std::string>()};
}

Spf ask(SuiteResolver& zone, const YAML::Node& test) {
  SpfQuestion question;
  question.client = IpAddress::parse(test["host"].as<std::string>()).value();
  question.helo = test["helo"].as<std::string>();
  question.mail_from = test["mailfrom"].as<std::string>();
  return test::run(check_spf(question, zone));
}

int run_suite(const std::filesystem::path& file) {
  int count = 0;
  for (const auto& scenario : YAML::LoadAllFromFile(file.string())) {
    auto zone = zone_of(scenario["zonedata"]);
    for (const auto& entry : scenario["tests"]) {
      const auto name = entry.first.as<std::string>();
      const auto test = entry.second;
      const auto spf = ask(zone, test);
      EXPECT_THAT(allowed(test["result"]), testing::Contains(std::string(word(spf.result))))
          << name << ": " << spf.reason;
      if (test["explanation"] && test["explanation"].as<std::string>() != "DEFAULT")
        EXPECT_EQ(spf.explanation, test["explanation"].as<std::string>()) << name;
      if (spf.result == SpfOutcome::pass) EXPECT_TRUE(spf.mechanism) << name;
      EXPECT_LE(spf.lookups, 11) << name;
      EXPECT_LE(spf.void_lookups, 3) << name;
      ++count;
    }
  }
  return count;
}

TEST(SpfConformance, Rfc7208) {
  MAILPROBE_CONFORMANCE(folder, "spf-rfc7208");
  EXPECT_EQ(run_suite(folder / "rfc7208-tests.yml"), 203);
}

// No case of this one differs: where RFC 7208 is stricter, the file allows several results.
TEST(SpfConformance, Rfc4408) {
  MAILPROBE_CONFORMANCE(folder, "spf-rfc7208");
  EXPECT_EQ(run_suite(folder / "rfc4408-tests.yml"), 191);
}

}  // namespace
}  // namespace mailprobe::auth
