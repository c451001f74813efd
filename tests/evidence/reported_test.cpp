// What a report counts for, and what it does not.
#include "evidence/reported.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

using test::finding_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Report& dmarc(Document& document) { return document.probes[0].reports[0]; }
Report& tls(Document& document) { return document.probes[0].reports[1]; }

std::optional<ReportedResult> said(const Document& document, std::string_view method) {
  return reported(document.probes[0], "/probes/0", method);
}

std::vector<ReportedFailure> failures(const Document& document, Refusing by) {
  return reported_failures(document.probes[0], "/probes/0", by, "mx.wrong-tlsa.probe.test", "wrong-tlsa.probe.test");
}

TEST(Reported, EachMechanism) {
  auto document = test::reported();
  EXPECT_EQ(said(document, "dkim")->result, "pass");
  EXPECT_EQ(said(document, "spf")->result, "pass");
  EXPECT_EQ(said(document, "dmarc")->result, "pass");
  EXPECT_EQ(said(document, "dmarc")->disposition, "none");
  EXPECT_EQ(said(document, "dmarc")->at, "/probes/0/reports/0");
  EXPECT_EQ(said(document, "dmarc")->organization, "target.test");
  EXPECT_FALSE(said(document, "spf")->disposition);
  dmarc(document).rows[0].disposition = "pass";  // RFC 9990's word for none
  EXPECT_EQ(said(document, "dmarc")->disposition, "none");
}

TEST(Reported, OneAlignedPassIsDmarcs) {
  auto document = test::reported();
  dmarc(document).rows[0].dkim = "fail";
  EXPECT_EQ(said(document, "dmarc")->result, "pass");
  dmarc(document).rows[0].spf = "fail";
  EXPECT_EQ(said(document, "dmarc")->result, "fail");
  dmarc(document).rows[0].spf = dmarc(document).rows[0].dkim = std::nullopt;
  EXPECT_FALSE(said(document, "dmarc"));
}

TEST(Reported, SignaturesOfOthersSayNothing) {
  auto document = test::reported();
  auto& results = dmarc(document).rows[0].results;
  results[0].properties[0].second = "list.test";
  EXPECT_FALSE(said(document, "dkim"));
  results.push_back({"dkim", "fail", "", {{"header.d", "probe.test"}, {"header.s", "e1"}}});
  EXPECT_EQ(said(document, "dkim")->result, "fail");
  results.push_back({"dkim", "pass", "", {{"header.d", "probe.test"}, {"header.s", "r1"}}});
  EXPECT_EQ(said(document, "dkim")->result, "pass");
}

TEST(Reported, RowsThatDisagreeSayNothingOfThisProbe) {
  auto document = test::reported();
  auto other = dmarc(document).rows[0];
  dmarc(document).rows.push_back(other);
  EXPECT_TRUE(said(document, "dmarc"));
  dmarc(document).rows[1].dkim = dmarc(document).rows[1].spf = "fail";
  EXPECT_FALSE(said(document, "dmarc"));
  EXPECT_TRUE(said(document, "spf"));
}

TEST(Reported, WhatNobodyVouchesForCountsForNothing) {
  auto document = test::reported();
  dmarc(document).mail->vouched = false;
  EXPECT_FALSE(said(document, "dmarc"));
  dmarc(document).mail.reset();  // a file: whoever gave it vouches
  EXPECT_TRUE(said(document, "dmarc"));
}

TEST(Reported, WhatMayBeAboutAnotherMessageCountsForNothing) {
  auto document = test::reported();
  ASSERT_TRUE(said(document, "dmarc"));
  dmarc(document).joined_by = "among";
  EXPECT_FALSE(said(document, "dmarc"));
}

TEST(Reported, FailuresByThePolicyThatWasApplied) {
  auto document = test::reported();
  const auto found = failures(document, Refusing::dane);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].result_type, "validation-failure");
  EXPECT_EQ(found[0].sessions, 2);
  EXPECT_EQ(found[0].at, "/probes/0/reports/1/rows/0");
  EXPECT_THAT(failures(document, Refusing::mta_sts), IsEmpty());
  tls(document).policy = "sts";
  EXPECT_THAT(failures(document, Refusing::dane), IsEmpty());
  EXPECT_THAT(failures(document, Refusing::mta_sts), SizeIs(1));
}

TEST(Reported, FailuresThatOnlyOneOfThemGives) {
  auto document = test::reported();
  tls(document).policy = "no-policy-found";
  EXPECT_THAT(failures(document, Refusing::dane), IsEmpty());
  for (const auto* type : {"tlsa-invalid", "dnssec-invalid", "dane-required"}) {
    tls(document).rows[0].result_type = type;
    EXPECT_THAT(failures(document, Refusing::dane), SizeIs(1)) << type;
    EXPECT_THAT(failures(document, Refusing::mta_sts), IsEmpty()) << type;
  }
  for (const auto* type : {"sts-policy-fetch-error", "sts-policy-invalid", "sts-webpki-invalid"}) {
    tls(document).rows[0].result_type = type;
    EXPECT_THAT(failures(document, Refusing::mta_sts), SizeIs(1)) << type;
  }
  tls(document).rows[0].result_type = "something-new";
  EXPECT_THAT(failures(document, Refusing::dane), IsEmpty());
}

TEST(Reported, FailuresOfOtherHostsAreNotOfThisTrap) {
  auto document = test::reported();
  auto& row = tls(document).rows[0];
  row.receiving_mx = "mx.other.probe.test";
  EXPECT_THAT(failures(document, Refusing::dane), IsEmpty());
  row.receiving_mx.reset();
  EXPECT_THAT(failures(document, Refusing::dane), SizeIs(1));
  tls(document).domain = "other.probe.test";
  EXPECT_THAT(failures(document, Refusing::dane), IsEmpty());
  tls(document).domain = "wrong-tlsa.probe.test";
  row.count = 0;
  EXPECT_THAT(failures(document, Refusing::dane), IsEmpty());
}

// --- the findings ---------------------------------------------------------------------------------------------------

TEST(ReportedFinding, WithoutACopyTheReportSaysThatItWasEvaluated) {
  const auto document = test::reported();
  for (const auto* method : {"spf", "dkim", "dmarc"}) {
    const auto finding = finding_of(document, "inbound." + std::string(method) + "-evaluated");
    EXPECT_EQ(word(finding.verdict), "pass") << method;
    EXPECT_EQ(finding.grade, Grade::evaluated) << method;
    EXPECT_THAT(finding.summary, HasSubstr("report of target.test says " + std::string(method) + "=pass"));
    EXPECT_EQ(finding.evidence.back(), "/probes/0/reports/0");
  }
  EXPECT_EQ(word(finding_of(test::unwatched(), "inbound.dmarc-evaluated").verdict), "not-tested");
}

TEST(ReportedFinding, WhatTheTargetDidAboutItIsEnforced) {
  auto document = test::reported();
  auto& row = dmarc(document).rows[0];
  row.disposition = "reject";
  row.dkim = row.spf = "fail";
  EXPECT_EQ(finding_of(document, "inbound.dmarc-evaluated").grade, Grade::enforced);
  EXPECT_EQ(finding_of(document, "inbound.spf-evaluated").grade, Grade::evaluated);
}

TEST(ReportedFinding, WhatTheCopyRecordsStays) {
  auto document = test::good_delivery();
  document.probes[0].reports = test::reported().probes[0].reports;
  const auto finding = finding_of(document, "inbound.dkim-evaluated");
  EXPECT_EQ(finding.grade, Grade::recorded);
  EXPECT_THAT(finding.summary, HasSubstr("recorded dkim=pass; the report of target.test says dkim=pass"));
  EXPECT_THAT(finding.evidence, ElementsAre("/probes/0/mailbox/authentication_results", "/probes/0/reports/0"));
}

}  // namespace
}  // namespace mailprobe::evidence
