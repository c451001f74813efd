// The section "Reports about this run", on the terminal and on the page.
#include <gmock/gmock.h>

#include "reporter/report_words.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

using testing::HasSubstr;
using testing::Not;

evidence::Report report(std::size_t index) { return test::reported().probes[0].reports[index]; }

TEST(ReportWords, OfADmarcReport) {
  auto dmarc = report(0);
  EXPECT_EQ(report_title(dmarc), "DMARC aggregate report of target.test, 31 Jan 2026");
  EXPECT_EQ(report_facts(dmarc),
            "about probe.test, published policy reject; joined by the recipient’s domain; id "
            "2026-01-31.probe.test@target.test");
  EXPECT_EQ(report_origin(dmarc), "came from target.test (DMARC pass, signed by target.test)");
  const auto rows = report_rows(dmarc);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].what, "1 message from 192.0.2.10");
  EXPECT_EQ(rows[0].result, "disposition none, DKIM pass, SPF pass");
  EXPECT_EQ(rows[0].detail, "dkim=pass probe.test r1, spf=pass probe.test");
  dmarc.end = *dmarc.end + std::chrono::hours(24);
  EXPECT_THAT(report_title(dmarc), HasSubstr("31 Jan 2026 – 1 Feb 2026"));
  dmarc.mail->vouched = false;
  EXPECT_THAT(report_origin(dmarc), HasSubstr("not vouched for by who took the mail, so it counts for nothing"));
  dmarc.mail->dmarc = auth::DmarcOutcome::fail;
  dmarc.mail->signed_by.clear();
  EXPECT_THAT(report_origin(dmarc), HasSubstr("nobody vouches for it"));
}

TEST(ReportWords, OfATlsReport) {
  auto tls = report(1);
  EXPECT_EQ(report_title(tls), "TLS report of Target, 31 Jan 2026");
  EXPECT_THAT(report_facts(tls), HasSubstr("about wrong-tlsa.probe.test, DANE, 0 sessions with TLS, 2 failed"));
  EXPECT_EQ(report_origin(tls), "");
  EXPECT_EQ(report_rows(tls)[0].what, "2 sessions from 198.51.100.20 to mx.wrong-tlsa.probe.test");
  EXPECT_EQ(report_rows(tls)[0].result, "validation-failure");
  tls.rows[0].count = -1;  // of a document that somebody wrote
  EXPECT_THAT(report_rows(tls)[0].what, HasSubstr("0 sessions"));
}

TEST(ReportSection, IsShownWhereThereAreReports) {
  const auto with = test::renderings(test::assessed(test::reported()));
  const auto without = test::renderings(test::assessed(test::unwatched()));
  for (const auto* kind : {"terminal", "html"}) {
    EXPECT_THAT(with.at(kind), HasSubstr("Reports about this run")) << kind;
    EXPECT_THAT(with.at(kind), HasSubstr("validation-failure")) << kind;
    EXPECT_THAT(without.at(kind), Not(HasSubstr("Reports about this run"))) << kind;
  }
  EXPECT_THAT(with.at("html"), HasSubstr("href=\"#reports-1\""));
}

}  // namespace
}  // namespace mailprobe::reporter
