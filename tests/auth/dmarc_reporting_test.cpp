#include "auth/dmarc_reporting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/limits.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"

namespace mailprobe::auth {
namespace {

using enum ReportConsent;

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

}  // namespace
}  // namespace mailprobe::auth
