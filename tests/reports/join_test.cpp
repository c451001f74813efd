// Which probes a report speaks of, and which it may not be charged to.
#include "reports/join.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evidence/assess.h"
#include "reports/providers.h"
#include "tests/reports/samples.h"
#include "tests/support/documents.h"

namespace mailprobe::reports {
namespace {

using test::report_of;
using test::sample;
using test::with;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Ours ours() {
  return {.domains = {"probe.test"}, .sources = {*IpAddress::parse("192.0.2.10")}, .trap_wait = std::chrono::hours(4)};
}

/// Sent to reflector@target.test at noon of 31 January, from probe@probe.test at 192.0.2.10.
evidence::Document document() {
  auto document = test::good_delivery();
  document.self.address = "192.0.2.10";
  return document;
}

std::vector<evidence::Report> joined(const std::string& bytes, const evidence::Document& document,
                                     const Ours& known = ours()) {
  const auto& probe = document.probes[0];
  const auto sent = probe.sent ? evidence::embedded(probe.sent->raw) : std::nullopt;
  const auto subject = subject_of(document, probe, sent, known);
  if (!subject) return {};
  return join(report_of(bytes), *subject, known);
}

TEST(JoinDmarc, ByTheRecipientsDomain) {
  const auto all = joined(sample("like-microsoft.xml"), document());
  ASSERT_THAT(all, SizeIs(1));
  const auto& report = all[0];
  EXPECT_EQ(report.kind, "dmarc");
  EXPECT_EQ(report.joined_by, "recipient");
  EXPECT_EQ(report.organization, "Enterprise Outlook");
  EXPECT_EQ(report.id, "4f0c2f7e5a4e4b0f9d1c6a7be2a3c4d5");
  EXPECT_EQ(report.domain, "probe.test");
  EXPECT_EQ(report.policy, "reject");
  EXPECT_EQ(rfc3339(*report.begin), "2026-01-31T00:00:00Z");
  ASSERT_THAT(report.rows, SizeIs(1));
  const auto& row = report.rows[0];
  EXPECT_EQ(row.count, 1);
  EXPECT_EQ(row.source_ip, "192.0.2.10");
  EXPECT_EQ(row.disposition, "none");
  EXPECT_EQ(row.dkim, "pass");
  EXPECT_EQ(row.spf, "pass");
  ASSERT_THAT(row.results, SizeIs(2));
  EXPECT_EQ(row.results[0].method, "dkim");
  EXPECT_THAT(row.results[0].properties, ElementsAre(std::pair<std::string, std::string>("header.d", "probe.test"),
                                                     std::pair<std::string, std::string>("header.s", "r1")));
  EXPECT_EQ(row.results[1].properties[0].first, "smtp.mailfrom");
}

TEST(JoinDmarc, ByWhoReports) {
  auto at_google = document();
  at_google.target.mx[0].host = "aspmx.l.google.com";
  const auto all = joined(sample("like-google.xml"), at_google);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].joined_by, "reporter");
  ASSERT_THAT(all[0].rows, SizeIs(1));  // the spammer's is not ours
  EXPECT_EQ(all[0].rows[0].count, 3);
  EXPECT_EQ(all[0].rows[0].results[1].result, "neutral");
}

TEST(JoinDmarc, AReportOfAnotherReceiverIsNotOfThisTarget) {
  EXPECT_THAT(joined(sample("like-google.xml"), document()), IsEmpty());
  EXPECT_THAT(joined(with(sample("like-microsoft.xml"), "target.test", "elsewhere.test"), document()), IsEmpty());
}

/// Three went out that day, and the record counts one.
TEST(JoinDmarc, WhichOfSeveralIsMeantIsNotKnown) {
  const auto report = report_of(sample("like-microsoft.xml"));  // 2026-01-31, to target.test, count 1
  const auto base = document();
  const auto subject = subject_of(base, base.probes[0], std::nullopt, ours()).value();
  const auto noon = parse_rfc3339("2026-01-31T12:00:00Z").value();
  const SentNote fits{"another", "probe.test", "target.test", noon};
  const auto weighed = [&](std::vector<SentNote> sent, const std::string& by = "recipient") {
    auto joined = join(report, subject, ours()).at(0);
    joined.joined_by = by;
    weigh(joined, report, subject, sent);
    return joined;
  };
  EXPECT_EQ(weighed({}).joined_by, "recipient");
  EXPECT_EQ(weighed({{subject.id, "probe.test", "target.test", noon}}).joined_by, "recipient") << "the probe itself";
  const auto one_of_three = weighed({fits, {"third", "probe.test", "target.test", noon}});
  EXPECT_EQ(one_of_three.joined_by, "among");
  EXPECT_THAT(one_of_three.notes, Contains("counts 1 of 3 messages of ours that it may be about: which is not known"));
  EXPECT_EQ(weighed({fits}, "reporter").joined_by, "among");
  EXPECT_EQ(weighed({fits}, "selector").joined_by, "selector") << "it names the probe";
  EXPECT_EQ(weighed({{"a", "other.test", "target.test", noon}}).joined_by, "recipient");
  EXPECT_EQ(weighed({{"a", "probe.test", "elsewhere.test", noon}}).joined_by, "recipient");
  const SentNote elsewhere{"a", "probe.test", "outlook.com", noon};
  EXPECT_EQ(weighed({elsewhere}).joined_by, "recipient");
  EXPECT_EQ(weighed({elsewhere}, "reporter").joined_by, "among") << "the reporter may mean it";
  EXPECT_EQ(weighed({{"a", "probe.test", "target.test", noon + std::chrono::days(1)}}).joined_by, "recipient");
}

TEST(JoinDmarc, BySelector) {
  const auto base = document();
  const auto own = "p-" + base.probes[0].id;
  const auto xml = with(sample("like-google.xml"), "<selector>r1</selector>", "<selector>" + own + "</selector>");
  const auto all = joined(xml, base);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].joined_by, "selector");
}

TEST(JoinDmarc, ARecordThatNamesTheProbeExcludesTheOthers) {
  const auto base = document();
  const auto xml = sample("like-microsoft.xml");
  const auto from = xml.find("<record>"), to = xml.find("</feedback>");
  const auto record = xml.substr(from, to - from);
  const auto named =
      with(with(record, "<selector>r1<", "<selector>" + base.probes[0].id + "<"), "<count>1<", "<count>9<");
  for (const auto& records : {record + named, named + record}) {
    const auto all = joined(xml.substr(0, from) + records + "</feedback>", base);
    ASSERT_THAT(all, SizeIs(1));
    EXPECT_EQ(all[0].joined_by, "selector");
    ASSERT_THAT(all[0].rows, SizeIs(1));
    EXPECT_EQ(all[0].rows[0].count, 9);
  }
}

TEST(JoinDmarc, ByTheDomainOfTheProbesOwnSignature) {
  const auto base = document();
  const std::string listed = "<dkim><domain>probe.test</domain><selector>r1</selector><result>pass</result></dkim>";
  const auto beside = [&](const std::string& token) {
    return with(sample("like-microsoft.xml"), listed,
                listed + "<dkim><domain>" + token + ".w.probe.test</domain><selector>probe</selector>" +
                    "<result>pass</result></dkim>");
  };
  const auto all = joined(beside(base.probes[0].id), base);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].joined_by, "selector");
  EXPECT_THAT(joined(beside("another"), base), IsEmpty());
}

TEST(JoinDmarc, WhatDoesNotFit) {
  const auto xml = sample("like-microsoft.xml");
  const struct {
    const char *name, *from, *to;
  } rows[] = {
      {"source", "<source_ip>192.0.2.10<", "<source_ip>192.0.2.11<"},
      {"author", "<header_from>probe.test<", "<header_from>www.probe.test<"},
      {"reverse-path", "<envelope_from>probe.test<", "<envelope_from>list.test<"},
      {"too early", "<end>1769904000<", "<end>1769850000<"},
      {"too late", "<begin>1769817600<", "<begin>1769870000<"},
      {"selector", "<selector>r1<", "<selector>r9<"},
      {"domain", "<domain>probe.test</domain><adkim>", "<domain>other.test</domain><adkim>"},
  };
  for (const auto& row : rows) EXPECT_THAT(joined(with(xml, row.from, row.to), document()), IsEmpty()) << row.name;
}

TEST(JoinDmarc, WhatIsLeftOutFits) {
  auto xml = with(sample("like-microsoft.xml"), "<envelope_from>probe.test</envelope_from>", "<envelope_from/>");
  xml = with(xml, "<dkim><domain>probe.test</domain><selector>r1</selector><result>pass</result></dkim>", "");
  EXPECT_THAT(joined(xml, document()), SizeIs(1));
}

TEST(JoinDmarc, ThePolicyMayBeThatOfTheDomainAbove) {
  auto known = ours();
  known.domains = {"probe.example.org"};
  auto base = document();
  base.probes[0].from = "probe@probe.example.org";
  base.probes[0].reverse_path = "probe+x@probe.example.org";
  auto xml =
      with(sample("like-microsoft.xml"), "<domain>probe.test</domain><adkim>", "<domain>example.org</domain><adkim>");
  xml = with(xml, "<header_from>probe.test<", "<header_from>probe.example.org<");
  xml = with(xml, "<envelope_from>probe.test<", "<envelope_from>probe.example.org<");
  const auto all = joined(xml, base, known);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].domain, "example.org");
}

TEST(JoinDmarc, BehindNatTheAddressIsNotKnown) {
  auto known = ours();
  known.sources.clear();
  auto base = document();
  base.self.address = "192.168.1.7";
  EXPECT_THAT(joined(sample("like-microsoft.xml"), base, known), SizeIs(1));
  base.self.address = "198.51.100.7";
  EXPECT_THAT(joined(sample("like-microsoft.xml"), base, known), IsEmpty());
  base.probes[0].via = "relay";
  EXPECT_THAT(joined(sample("like-microsoft.xml"), base, known), SizeIs(1));
}

TEST(JoinDmarc, ByTheAddressThatTheProbeItselfWentOutFrom) {
  auto base = document();  // the report is about 192.0.2.10, which is configured, and the run's last
  base.probes[0].attempts.at(0).local_address = "192.0.2.11";
  EXPECT_THAT(joined(sample("like-microsoft.xml"), base), IsEmpty()) << "of the other probe";
  base.self.address = "192.0.2.11";
  base.probes[0].attempts.at(0).local_address = "192.0.2.10";
  EXPECT_THAT(joined(sample("like-microsoft.xml"), base), SizeIs(1));
}

TEST(JoinDmarc, AMessageThatWasRefusedIsReportedToo) {
  auto base = test::rejected();
  base.self.address = "192.0.2.10";
  base.probes[0].sent.reset();
  EXPECT_THAT(joined(sample("like-microsoft.xml"), base), SizeIs(1));
  base.probes[0].smtp->reply.reset();
  EXPECT_THAT(joined(sample("like-microsoft.xml"), base), IsEmpty());
}

TEST(JoinDmarc, WhyItDidOtherwise) {
  auto at_yahoo = document();
  at_yahoo.target.mx[0].host = "mta5.am0.yahoodns.net";
  const auto all = joined(sample("like-yahoo.xml"), at_yahoo);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].rows[0].reason, "local_policy: arc=pass; other");
}

TEST(JoinTls, ByASessionOfItsSender) {
  auto base = document();
  EXPECT_THAT(joined(sample("like-google.json"), base), IsEmpty());
  base.probes[0].sessions.push_back({.address = "198.51.100.20"});
  const auto all = joined(sample("like-google.json"), base);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].kind, "tls");
  EXPECT_EQ(all[0].joined_by, "session");
  EXPECT_EQ(all[0].policy, "sts");
  EXPECT_EQ(all[0].successful, 4);
  EXPECT_EQ(all[0].failed, 2);
  ASSERT_THAT(all[0].rows, SizeIs(1));
  EXPECT_EQ(all[0].rows[0].result_type, "certificate-host-mismatch");
  EXPECT_EQ(all[0].rows[0].receiving_mx, "mx.wrong-name.probe.test");
  EXPECT_EQ(all[0].rows[0].source_ip, "198.51.100.20");
}

TEST(JoinTls, OneForEachPolicy) {
  auto base = document();
  base.target.mx[0].host = "target-test.mail.protection.outlook.com";
  const auto all = joined(sample("like-microsoft.json"), base);
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].domain, "wrong-tlsa.probe.test");
  EXPECT_EQ(all[0].rows[0].reason, "TLSA mismatch: https://example.net/why");
  EXPECT_EQ(all[1].policy, "no-policy-found");
  EXPECT_THAT(all[1].rows, IsEmpty());
  base.probes[0].reports.push_back(all[0]);
  EXPECT_TRUE(joined_before(base.probes[0], all[0]));
  EXPECT_FALSE(joined_before(base.probes[0], all[1]));
}

TEST(JoinTls, WhenTheTargetWritesLater) {
  auto base = document();
  base.target.mx[0].host = "aspmx.l.google.com";
  auto later = with(sample("like-google.json"), "2026-01-31T00:00:00Z\"", "2026-02-01T00:00:00Z\"");
  later = with(later, "2026-01-31T23:59:59Z", "2026-02-01T23:59:59Z");
  EXPECT_THAT(joined(later, base), IsEmpty());
  auto session = evidence::Session{.address = "198.51.100.20"};
  session.started = *parse_rfc3339("2026-02-01T08:00:00Z");
  base.probes[0].sessions.push_back(session);
  EXPECT_THAT(joined(later, base), SizeIs(1));
}

TEST(JoinTls, OfATrapInAnotherDomain) {
  auto base = document();
  base.target.mx[0].host = "aspmx.l.google.com";
  const auto of_trap =
      with(sample("like-google.json"), "\"policy-domain\":\"probe.test\"", "\"policy-domain\":\"trap.test\"");
  EXPECT_THAT(joined(of_trap, base), IsEmpty());
  auto known = ours();
  known.domains.insert("trap.test");
  EXPECT_THAT(joined(of_trap, base, known), SizeIs(1));
}

TEST(AboutUs, OurDomainsAndThoseAboveAndBelow) {
  const Ours known{.domains = {"probe.example.org"}, .sources = {}};
  const auto about = [&](const std::string& domain) {
    return about_us(report_of(with(sample("like-google.xml"), "<domain>probe.test<", "<domain>" + domain + "<")),
                    known);
  };
  EXPECT_TRUE(about("probe.example.org"));
  EXPECT_TRUE(about("trap.probe.example.org"));
  EXPECT_TRUE(about("example.org"));
  EXPECT_FALSE(about("xprobe.example.org"));
  EXPECT_FALSE(about("other.example.org"));
}

TEST(Providers, WhoReportsForWhom) {
  EXPECT_TRUE(reports_for({"google.com"}, {"google.com"}));
  EXPECT_TRUE(reports_for({"reports.mail.example.org"}, {"example.org"}));
  EXPECT_TRUE(reports_for({"microsoft.com"}, {"example.org", "outlook.com"}));
  EXPECT_FALSE(reports_for({"microsoft.com"}, {"google.com"}));
  EXPECT_FALSE(reports_for({}, {"google.com"}));
  EXPECT_FALSE(reports_for({"google.com"}, {}));
}

}  // namespace
}  // namespace mailprobe::reports
