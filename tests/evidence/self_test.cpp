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

void add(Document& document, const char* what, const char* name, std::optional<Cause> cause, const char* problem) {
  document.self.records.push_back({.what = what,
                                   .name = name,
                                   .type = {},
                                   .wanted = "what should be done",
                                   .found = {},
                                   .cause = cause,
                                   .problem = problem});
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
    {"ptr_unknown",
     [](Document& d) { spoil(d, "ptr", Cause::own_limit, "is not looked at"); },
     "self.ptr",
     not_tested,
     Cause::own_limit,
     {"is not looked at"}},
    {"clock_right", [](Document& d) { d.self.clock_skew = -4; }, "self.clock", pass, {}, {"Our clock is right"}},
    {"clock_behind", [](Document& d) { d.self.clock_skew = -30; }, "self.clock", warn, {}, {"30 s behind"}},
    {"clock_ahead", [](Document& d) { d.self.clock_skew = 61; }, "self.clock", fail, {}, {"61 s ahead"}},
    {"clock_unknown",
     [](Document& d) {
       d.self.clock_skew.reset();
       add(d, "clock", "ntp.test", Cause::timed_out, "could not be asked");
     },
     "self.clock",
     inconclusive,
     Cause::timed_out,
     {"clock (ntp.test) could not be asked"}},
    {"clock_not_configured", [](Document& d) { d.self.clock_skew.reset(); }, "self.clock", not_tested},
    {"blocklist_lists",
     [](Document& d) { add(d, "blocklist", "10.2.0.192.bl.test", {}, "lists 192.0.2.10"); },
     "self.blocklists",
     fail,
     Cause::blocked,
     {"lists 192.0.2.10"},
     "domain 10.2.0.192.bl.test"},
    {"blocklist_refuses",
     [](Document& d) { add(d, "blocklist", "10.2.0.192.bl.test", Cause::refused, "refused to answer"); },
     "self.blocklists",
     inconclusive,
     Cause::refused,
     {"refused to answer"}},
    {"blocklist_without_ipv6",
     [](Document& d) { add(d, "blocklist", "0.1.bl.test", Cause::unsupported, "has no test entry"); },
     "self.blocklists", not_tested, Cause::unsupported},
    {"blocklists_not_configured", [](Document&) {}, "self.blocklists", not_tested},
    {"certificate_expired",
     [](Document& d) { add(d, "certificate", "mx.probe.test", Cause::expired, "expired on 2026-01-01"); },
     "self.certificate",
     fail,
     Cause::expired,
     {"expired on 2026-01-01"},
     "domain mx.probe.test"},
    {"certificate_ends_soon",
     [](Document& d) { add(d, "certificate of the traps", "*.probe.test", {}, "expires on 2026-02-03: renew it"); },
     "self.certificate",
     warn,
     {},
     {"expires on"}},
    {"certificate_none",
     [](Document& d) { add(d, "certificate", "mx.probe.test", Cause::own_limit, "is not configured"); },
     "self.certificate", not_tested, Cause::own_limit},
    {"certificate_good",
     [](Document& d) {
       add(d, "certificate", "mx.probe.test", {}, "");
       d.self.records.back().holds = true;
     },
     "self.certificate", pass},
    {"spool_full",
     [](Document& d) { add(d, "spool", "mx.probe.test", Cause::own_limit, "is full: answers are put off (452)"); },
     "self.spool",
     fail,
     Cause::own_limit,
     {"answers are put off"},
     "domain mx.probe.test"},
    {"spool_nearly_full",
     [](Document& d) { add(d, "spool", "mx.probe.test", {}, "is nearly full"); },
     "self.spool",
     warn,
     {},
     {"is nearly full"}},
    {"spool_with_room",
     [](Document& d) {
       add(d, "spool", "mx.probe.test", {}, "");
       d.self.records.back().holds = true;
     },
     "self.spool", pass},
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

TEST(OurStandingAdvice, SaysWhatToConfigure) {
  auto document = test::doctor_good();
  spoil(document, "ptr", Cause::own_limit, "is not looked at");
  document.self.clock_skew.reset();
  EXPECT_NE(test::finding_of(document, "self.ptr").advice.find("source_ips"), std::string::npos);
  EXPECT_NE(test::finding_of(document, "self.clock").advice.find("Set clock"), std::string::npos);
  EXPECT_NE(test::finding_of(document, "self.blocklists").advice.find("Set blocklists"), std::string::npos);
}

TEST(OurStandingInSend, OnlyWhatWasLookedAt) {
  EXPECT_TRUE(test::findings_of(test::good_delivery(), "self.ptr").empty());
  for (const auto* check : {"self.port25", "self.clock", "self.blocklists", "self.certificate", "self.spool"})
    EXPECT_TRUE(test::findings_of(test::good_delivery(), check).empty()) << check;
  EXPECT_EQ(test::findings_of(test::good_delivery(), "self.records").size(), 2U);
  EXPECT_EQ(test::finding_of(test::our_port_25(), "self.port25").verdict, inconclusive);
}

}  // namespace
}  // namespace mailprobe::evidence
