#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

using test::CheckRow;
using enum Verdict;

void spoil(Document& document, const char* what, std::optional<Cause> cause, const char* problem) {
  for (auto& record : document.self.records) {
    if (record.what != what) continue;
    record.holds = false;
    record.found.clear();
    record.cause = cause;
    record.problem = problem;
  }
}

const CheckRow rows[] = {
    {"key_published", [](Document&) {}, "self.records", pass, {}, {"dkim r1"}, "domain r1._domainkey.probe.test"},
    {"key_missing",
     [](Document& d) { spoil(d, "dkim r1", {}, "there is no such record"); },
     "self.records",
     fail,
     {},
     {"there is no such record"},
     "domain r1._domainkey.probe.test"},
    {"key_not_looked_up",
     [](Document& d) { spoil(d, "dkim r1", Cause::dns_failure, "SERVFAIL"); },
     "self.records",
     inconclusive,
     Cause::dns_failure,
     {"SERVFAIL"},
     "domain r1._domainkey.probe.test"},
    {"tls_reporting_missing",
     [](Document& d) { spoil(d, "tlsrpt", {}, "is not published"); },
     "self.records",
     warn,
     {},
     {"tlsrpt", "is not published"},
     "domain _smtp._tls.probe.test"},
    {"tls_reporting_broken",
     [](Document& d) {
       spoil(d, "tlsrpt", {}, "names no place that takes reports");
       for (auto& record : d.self.records)
         if (record.what == "tlsrpt") record.found = {"v=TLSRPTv1;"};
     },
     "self.records",
     fail,
     {},
     {"names no place"},
     "domain _smtp._tls.probe.test"},
    {"helo_spf_missing",
     [](Document& d) { spoil(d, "helo spf", {}, "is not published"); },
     "self.records",
     warn,
     {},
     {"helo spf"},
     "domain mx.probe.test"},
    {"helo_spf_not_looked_up",
     [](Document& d) { spoil(d, "helo spf", Cause::dns_failure, "SERVFAIL"); },
     "self.records",
     inconclusive,
     Cause::dns_failure,
     {"SERVFAIL"},
     "domain mx.probe.test"},
    {"ptr", [](Document&) {}, "self.ptr", pass},
    {"ptr_missing", [](Document& d) { spoil(d, "ptr", {}, "there is no such record"); }, "self.ptr", fail},
    {"helo", [](Document&) {}, "self.helo", pass},
    {"helo_leads_elsewhere",
     [](Document& d) {
       std::erase_if(d.self.records, [](const OwnRecord& each) { return each.what == "address"; });
       spoil(d, "helo", {}, "leads to 192.0.2.9");
     },
     "self.helo",
     fail,
     {},
     {"leads to 192.0.2.9"},
     "domain mx.probe.test"},
    {"port_25_open", [](Document&) {}, "self.port25", pass},
    {"port_25_closed", [](Document& d) { d.self.port25 = "closed"; }, "self.port25", fail, Cause::our_port_25},
    {"port_25_presumed_closed", [](Document& d) { d.self.port25 = "presumed-closed"; }, "self.port25", inconclusive,
     Cause::our_port_25},
    {"port_25_not_tried", [](Document& d) { d.self.port25.reset(); }, "self.port25", not_tested},
};

class OurStanding : public testing::TestWithParam<CheckRow> {};

TEST_P(OurStanding, IsJudged) { test::expect_row(test::doctor_good(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(Rows, OurStanding, testing::ValuesIn(rows),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(OurStandingAdvice, SaysWhatToPublish) {
  auto document = test::doctor_good();
  spoil(document, "dkim r1", {}, "there is no such record");
  const auto finding = test::finding_of(document, "self.records", "r1._domainkey");
  EXPECT_EQ(finding.advice, "Publish TXT at r1._domainkey.probe.test: v=DKIM1; k=rsa; p=MIIB….");
  EXPECT_EQ(finding.fix_by, FixBy::us);
}

TEST(OurStandingInSend, OnlyWhatWasLookedAt) {
  EXPECT_TRUE(test::findings_of(test::good_delivery(), "self.ptr").empty());
  EXPECT_TRUE(test::findings_of(test::good_delivery(), "self.port25").empty());
  EXPECT_EQ(test::findings_of(test::good_delivery(), "self.records").size(), 2U);
  EXPECT_EQ(test::finding_of(test::our_port_25(), "self.port25").verdict, inconclusive);
}

}  // namespace
}  // namespace mailprobe::evidence
