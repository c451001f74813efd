#include "auth/dmarc_reporting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "auth/limits.h"
#include "tests/support/conformance.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"

namespace mailprobe::auth {
namespace {

using enum ReportConsent;
namespace json = boost::json;

class ReportsOf : public testing::Test {
 protected:
  ReportsOf() {
    dns.txt("_dmarc.example.org", "v=DMARC1; p=reject");
    dns.txt("_dmarc.example.net", "v=DMARC1; p=none");
  }
  std::vector<ReportDestination> all(const std::string& tags, bool failures = false) {
    auto record = parse_dmarc_record("v=DMARC1; p=none; " + tags).value();
    return test::run(check_report_destinations("example.org", std::move(record), failures, dns));
  }
  ReportDestination one(const std::string& uri) { return all("rua=" + uri).at(0); }

  test::FakeResolver dns;
  const std::string name = "example.org._report._dmarc.example.net";
};

TEST_F(ReportsOf, TheOwnOrganisationNeedNoAgreement) {
  EXPECT_EQ(one("mailto:dmarc@example.org").consent, internal);
  EXPECT_TRUE(dns.asked.empty());
  EXPECT_EQ(one("mailto:dmarc@reports.example.org").consent, internal);
}

TEST_F(ReportsOf, AnotherOrganisationNeedItsAgreement) {
  const auto refused = one("mailto:dmarc@example.net");
  EXPECT_EQ(refused.consent, missing);
  EXPECT_EQ(refused.name, name);
  EXPECT_EQ(refused.reason, "no agreement at " + name);
  dns.txt(name, "v=DMARC1");
  EXPECT_EQ(one("mailto:dmarc@example.net").consent, given);
  EXPECT_EQ(one("mailto:dmarc@EXAMPLE.net!10m").consent, given);
}

TEST_F(ReportsOf, AnotherOrganisationAreUnknownWhereALookUpFails) {
  dns.fail(name);
  const auto unanswered = one("mailto:dmarc@example.net");
  EXPECT_EQ(unanswered.consent, unknown);
  EXPECT_EQ(unanswered.reason, "look-up of " + name + " failed: made to fail");
  dns.fail("_dmarc.example.net");
  EXPECT_EQ(one("mailto:dmarc@example.net").consent, unknown);
}

TEST_F(ReportsOf, OtherTextIsNoAgreement) {
  dns.txt(name, "v=spf1 -all");
  EXPECT_EQ(one("mailto:dmarc@example.net").consent, missing);
}

TEST_F(ReportsOf, AnAgreementMayNameAnotherAddressOnItsHostOnly) {
  dns.txt(name, "v=DMARC1; rua=mailto:elsewhere@example.com, mailto:big@example.net; ruf=mailto:ruf@example.net");
  EXPECT_EQ(one("mailto:dmarc@example.net").replacement, "mailto:big@example.net");
  EXPECT_EQ(all("ruf=mailto:dmarc@example.net", true).at(0).replacement, "mailto:ruf@example.net");
}

TEST_F(ReportsOf, ManyDestinationsAreBounded) {
  std::string uris = "rua=mailto:a@x0.example";
  for (int i = 1; i < 100; ++i) uris += ",mailto:a@x" + std::to_string(i) + ".example";
  EXPECT_EQ(all(uris).size(), limits::report_uris);
  EXPECT_LE(dns.asked.size(), 3 * limits::report_uris + 2);  // each: its walk of two names, its agreement
}

struct Host {
  std::string_view name, uri, host;
};
class Hosts : public testing::TestWithParam<Host> {};

TEST_P(Hosts, AreTakenFromTheUri) {
  const auto record = parse_dmarc_record("v=DMARC1; p=none; rua=" + std::string(GetParam().uri)).value();
  EXPECT_EQ(report_host(record.rua.at(0)), GetParam().host);
}

INSTANTIATE_TEST_SUITE_P(Uris, Hosts,
                         testing::Values(Host{"mailto", "mailto:a@B.example", "b.example"},
                                         Host{"mailto_with_query", "mailto:a@b.example?subject=x", "b.example"},
                                         Host{"https", "https://user@b.example:443/path", "b.example"},
                                         Host{"https_bare", "https://b.example", "b.example"},
                                         Host{"no_authority", "urn:example:a", ""}),
                         [](const auto& test) { return std::string(test.param.name); });

std::string text(const json::value& value) { return std::string(value.as_string()); }

ReportConsent consent_of(test::FakeResolver& dns, const std::string& domain, const std::string& address) {
  auto record = parse_dmarc_record("v=DMARC1; p=none; rua=mailto:" + address).value();
  return test::run(check_report_destinations(domain, std::move(record), false, dns)).at(0).consent;
}

/// "bogus", which is no tag, does not spoil an agreement any more than a policy: RFC 9989 §4.8 ignores it.
TEST(Conformance, MoxExternalReports) {
  MAILPROBE_CONFORMANCE(folder, "mox");
  const auto file = json::parse(test::read_file(folder / "dmarc-verify.json"));
  const auto& reports = file.at("external_reports");
  test::FakeResolver dns;
  for (const auto& [name, records] : reports.at("txt").as_object())
    for (const auto& record : records.as_array()) dns.txt(name, text(record));
  for (const auto& name : reports.at("servfail").as_array()) dns.fail(text(name));
  int seen = 0;
  for (const auto& one : reports.at("cases").as_array()) {
    const auto domain = text(one.at(0)), host = text(one.at(1));
    const bool agreed = one.at(2).as_bool() || host == "malformed.example";
    EXPECT_EQ(consent_of(dns, domain, "a@" + host) == given, agreed) << domain << " to " << host;
    ++seen;
  }
  EXPECT_EQ(seen, 8);
}

TEST(Conformance, StalwartReportAddresses) {
  MAILPROBE_CONFORMANCE(folder, "dmarc-stalwart");
  const auto cases = json::parse(test::read_file(folder / "cases.json")).as_array();
  int seen = 0;
  for (const auto& one : cases) {
    if (text(one.at("kind")) != "report-address") continue;
    test::FakeResolver dns;
    for (const auto& [name, records] : one.at("zone").as_object())
      for (const auto& parts : records.at("TXT").as_array()) dns.txt(name, text(parts.at(0)));
    std::vector<std::string> authorised, expected;
    for (const auto& address : one.at("rua").as_array())
      if (consent_of(dns, text(one.at("domain")), text(address)) != missing) authorised.push_back(text(address));
    for (const auto& address : one.at("expect").at("authorised").as_array()) expected.push_back(text(address));
    EXPECT_EQ(authorised, expected);
    ++seen;
  }
  EXPECT_EQ(seen, 1);
}

}  // namespace
}  // namespace mailprobe::auth
