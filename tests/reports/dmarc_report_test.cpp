// DMARC aggregate reports in the shapes that providers give them, and those that are attacks.
#include "reports/dmarc_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reports/samples.h"

namespace mailprobe::reports {
namespace {

using test::sample;
using test::with;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

DmarcReport parsed(const std::string& xml) {
  auto report = parse_dmarc_report(xml);
  if (!report) throw std::runtime_error(report.error().message);
  return std::move(*report);
}

std::string problem_of(const std::string& xml) {
  const auto report = parse_dmarc_report(xml);
  return report ? "none" : report.error().message;
}

TEST(DmarcReport, LikeGoogles) {
  const auto report = parsed(sample("like-google.xml"));
  EXPECT_EQ(report.org_name, "google.com");
  EXPECT_EQ(report.email, "noreply-dmarc-support@google.com");
  EXPECT_EQ(report.report_id, "8293631894893125362");
  EXPECT_EQ(rfc3339(report.begin), "2026-01-31T00:00:00Z");
  EXPECT_EQ(rfc3339(report.end), "2026-01-31T23:59:59Z");
  EXPECT_EQ(report.domain, "probe.test");
  EXPECT_EQ(report.p, "reject");
  EXPECT_EQ(report.np, "reject");
  EXPECT_EQ(report.pct, "100");
  EXPECT_THAT(report.oddities, IsEmpty());
  ASSERT_THAT(report.records, SizeIs(2));
  const auto& first = report.records[0];
  EXPECT_EQ(first.source_ip.text(), "192.0.2.10");
  EXPECT_EQ(first.count, 3);
  EXPECT_EQ(first.disposition, "none");
  EXPECT_EQ(first.header_from, "probe.test");
  EXPECT_FALSE(first.envelope_from);
  ASSERT_THAT(first.results, SizeIs(3));
  EXPECT_EQ(first.results[1].method, "dkim");
  EXPECT_EQ(first.results[1].selector, "e1");
  EXPECT_EQ(first.results[1].result, "neutral");
  EXPECT_EQ(first.results[2].method, "spf");
  EXPECT_EQ(report.records[1].results[0].result, "softfail");
}

TEST(DmarcReport, LikeMicrosofts) {
  const auto report = parsed(sample("like-microsoft.xml"));
  EXPECT_EQ(report.org_name, "Enterprise Outlook");
  EXPECT_EQ(report.fo, "0");
  ASSERT_THAT(report.records, SizeIs(1));
  EXPECT_EQ(report.records[0].envelope_to, "target.test");
  EXPECT_EQ(report.records[0].envelope_from, "probe.test");
  EXPECT_EQ(report.records[0].results[1].scope, "mfrom");
}

TEST(DmarcReport, LikeYahoos) {
  const auto report = parsed(sample("like-yahoo.xml"));
  EXPECT_EQ(report.version, "");
  EXPECT_EQ(report.sp, "");
  EXPECT_EQ(rfc3339(report.end), "2026-01-31T23:59:59Z");
  ASSERT_THAT(report.records, SizeIs(1));
  const auto& reasons = report.records[0].reasons;
  ASSERT_THAT(reasons, SizeIs(2));
  EXPECT_EQ(reasons[0].type, "local_policy");
  EXPECT_EQ(reasons[0].comment, "arc=pass");
  EXPECT_EQ(reasons[1].type, "other");
}

TEST(DmarcReport, OfRfc9990) {
  const auto report = parsed(sample("rfc9990.xml"));
  EXPECT_EQ(report.discovery_method, "treewalk");
  EXPECT_EQ(report.testing, "y");
  EXPECT_EQ(report.generator, "Receiver reports 3.1");
  EXPECT_THAT(report.errors, ElementsAre("rua has an address that cannot be written to"));
  EXPECT_EQ(report.domain, "probe.test");  // not the extension's
  ASSERT_THAT(report.records, SizeIs(1));
  const auto& record = report.records[0];
  EXPECT_EQ(record.source_ip.text(), "2001:db8::10");
  EXPECT_EQ(record.disposition, "pass");
  EXPECT_EQ(record.envelope_from, "");
  EXPECT_EQ(record.results[0].human_result, "ed25519 & relaxed");
}

TEST(DmarcReport, WithAPrefixOnEveryName) {
  const auto report = parsed(sample("prefixed.xml"));
  EXPECT_EQ(report.domain, "probe.test");
  EXPECT_EQ(report.p, "reject");
  ASSERT_THAT(report.records, SizeIs(1));
  EXPECT_EQ(report.records[0].source_ip.text(), "192.0.2.10");  // was mapped into IPv6
}

TEST(DmarcReport, InWindows1252) {
  const auto report = parsed(sample("windows-1252.xml"));
  EXPECT_EQ(report.org_name, "Caf\u00E9 \uFFFD AG");
  EXPECT_EQ(report.records[0].spf, "pass");
}

TEST(DmarcReport, InUtf16) {
  std::string wide = "\xFE\xFF";
  for (const char c : with(sample("like-microsoft.xml"), "<?xml version=\"1.0\"?>", "")) wide += std::string{'\0', c};
  EXPECT_EQ(parsed(wide).org_name, "Enterprise Outlook");
}

TEST(DmarcReport, WhatCannotBeReadOfARecordLeavesItOut) {
  const auto xml = sample("like-google.xml");
  for (const auto* wrong : {"<count>-3</count>", "<count>3.5</count>", "<count/>",
                            "<count>99999999999999999999</count>", "<count>1e3</count>", ""}) {
    const auto report = parsed(with(xml, "<count>3</count>", wrong));
    EXPECT_THAT(report.records, SizeIs(1)) << wrong;
    EXPECT_THAT(report.oddities, ElementsAre(HasSubstr("count"))) << wrong;
  }
  const auto report = parsed(with(xml, "192.0.2.10", "192.0.2.1000"));
  EXPECT_EQ(report.records[0].source_ip.text(), "203.0.113.66");
  EXPECT_THAT(report.oddities, ElementsAre(HasSubstr("source_ip")));
}

TEST(DmarcReport, WhatItCannotDoWithout) {
  const auto xml = sample("like-google.xml");
  EXPECT_THAT(problem_of(with(xml, "<begin>1769817600</begin>", "")), HasSubstr("no period"));
  EXPECT_THAT(problem_of(with(xml, "<end>1769903999</end>", "<end>1</end>")), HasSubstr("no period"));
  EXPECT_THAT(problem_of(with(xml, "1769903999", "99999999999999")), HasSubstr("no period"));
  EXPECT_THAT(problem_of(with(xml, "<report_id>8293631894893125362</report_id>", "<report_id> </report_id>")),
              HasSubstr("no report_id"));
  EXPECT_THAT(problem_of(with(xml, "<domain>probe.test</domain>", "<domain>a b</domain>")), HasSubstr("no domain"));
  EXPECT_THAT(problem_of("<html><body/></html>"), HasSubstr("root element is not feedback"));
  EXPECT_THAT(problem_of(""), HasSubstr("not XML"));
  EXPECT_THAT(problem_of(xml.substr(0, xml.size() - 20)), HasSubstr("not XML"));
}

TEST(DmarcReport, WithoutAnOrganisationsNameItIsTheAddresss) {
  const auto report = parsed(with(sample("like-google.xml"), "<org_name>google.com</org_name>", ""));
  EXPECT_EQ(report.org_name, "noreply-dmarc-support@google.com");
  EXPECT_THAT(report.oddities, ElementsAre("org_name is left out"));
}

TEST(DmarcReport, TheFirstOfSeveralCounts) {
  const auto xml = with(sample("like-google.xml"), "<domain>probe.test</domain>",
                        "<domain>probe.test</domain><domain>other.test</domain>");
  EXPECT_EQ(parsed(xml).domain, "probe.test");
}

TEST(DmarcReport, LongTextsAreCut) {
  const auto report =
      parsed(with(sample("like-google.xml"), "https://support.google.com/a/answer/2466580", std::string(100'000, 'x')));
  EXPECT_THAT(report.extra_contact, SizeIs(1024));
}

// --- attacks --------------------------------------------------------------------------------------------------------

TEST(DmarcReport, ADocumentTypeIsRefused) {
  const auto xml = sample("like-microsoft.xml");
  for (const auto* type :
       {"<!DOCTYPE feedback>", "<!DOCTYPE feedback SYSTEM \"file:///etc/passwd\">",
        "<!DOCTYPE feedback [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]>",
        "<!DOCTYPE feedback [<!ENTITY % a SYSTEM \"http://192.0.2.1/\"> %a;]>"})
    EXPECT_THAT(problem_of(with(xml, "<feedback ", std::string(type) + "<feedback ")), HasSubstr("document type"))
        << type;
}

TEST(DmarcReport, EntitiesOtherThanXmlsOwnAreRefused) {
  EXPECT_THAT(problem_of(with(sample("like-google.xml"), "<org_name>google.com", "<org_name>&lol9;")),
              HasSubstr("not XML"));
  EXPECT_EQ(parsed(with(sample("like-google.xml"), "<org_name>google.com", "<org_name>A&amp;B&#33;")).org_name, "A&B!");
}

std::string times(std::size_t count, std::string_view text) {
  std::string out;
  out.reserve(count * text.size());
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(DmarcReport, DepthIsBounded) {
  const auto nested = [](std::size_t depth, const std::string& name) {
    return with(sample("like-google.xml"), "<version>1.0</version>",
                times(depth, "<" + name + ">") + times(depth, "</" + name + ">"));
  };
  EXPECT_EQ(problem_of(nested(10, "a")), "none");
  EXPECT_THAT(problem_of(nested(20, "a")), HasSubstr("too deep"));
  EXPECT_THAT(problem_of(nested(200'000, "a")), HasSubstr("too deep"));
  EXPECT_THAT(problem_of("<x:a xmlns:x='urn:x'>" + times(200'000, "<b>")), HasSubstr("too deep"));
}

TEST(DmarcReport, NumberOfElementsIsBounded) {
  const auto with_elements = [](std::size_t count) {
    return with(sample("like-google.xml"), "<version>1.0</version>", times(count, "<a/>"));
  };
  EXPECT_EQ(problem_of(with_elements(100'000)), "none");
  EXPECT_THAT(problem_of(with_elements(1'000'001)), HasSubstr("too many elements"));
  const auto records = with(sample("like-google.xml"), "</feedback>", times(50'001, "<record/>") + "</feedback>");
  EXPECT_EQ(parsed(records).records.size(), 2U);  // what cannot be read is not kept
  const auto row = std::string("<record><row><source_ip>192.0.2.1</source_ip><count>1</count></row></record>");
  EXPECT_THAT(problem_of(with(sample("like-google.xml"), "</feedback>", times(50'001, row) + "</feedback>")),
              HasSubstr("50,000 records"));
}

TEST(DmarcReport, SizeIsBounded) {
  EXPECT_THAT(problem_of(sample("like-google.xml") + std::string(11UL * 1024 * 1024, ' ')), HasSubstr("10 MB"));
}

TEST(DmarcReport, NamesAreBounded) {
  EXPECT_THAT(problem_of("<feedback><" + std::string(5000, 'a') + "/></feedback>"), HasSubstr("endless name"));
}

TEST(DmarcReport, ResultsOfARecordAreBounded) {
  const auto one = std::string("<dkim><domain>d.test</domain><result>pass</result></dkim>");
  const auto report = parsed(with(sample("like-google.xml"), "<auth_results>", "<auth_results>" + times(500, one)));
  EXPECT_THAT(report.records[0].results, SizeIs(100));
  const auto reason = std::string("<reason><type>other</type></reason>");
  const auto other =
      parsed(with(sample("like-google.xml"), "</policy_evaluated>", times(500, reason) + "</policy_evaluated>"));
  EXPECT_THAT(other.records[0].reasons, SizeIs(20));
}

TEST(DmarcReport, CutAnywhereItIsRefused) {
  const auto xml = sample("like-microsoft.xml");
  const auto last = xml.rfind('>');
  for (std::size_t length = 0; length <= last; ++length)
    EXPECT_FALSE(parse_dmarc_report(std::string_view(xml).substr(0, length))) << length;
}

}  // namespace
}  // namespace mailprobe::reports
