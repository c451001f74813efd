// Reports collected into the evidence of a run: from named files, from the spool, by mail that somebody vouches for or
// nobody.
#include "probe/collect_reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/encoding.h"
#include "evidence/json.h"
#include "evidence/reported.h"
#include "probe/sent_to.h"
#include "receiver/spool.h"
#include "tests/auth/signing.h"
#include "tests/reports/samples.h"
#include "tests/support/documents.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::probe {
namespace {

using mailprobe::test::sample;
using mailprobe::test::with;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

ReportSource given(std::vector<ReportFile> files) {
  const auto shared = std::make_shared<std::vector<ReportFile>>(std::move(files));
  std::ranges::reverse(*shared);
  return [shared]() -> std::optional<Result<ReportFile>> {
    if (shared->empty()) return std::nullopt;
    auto file = std::move(shared->back());
    shared->pop_back();
    return file;
  };
}

ReportFile file(std::string bytes, bool meant = true) {
  return {.name = "report.xml", .bytes = std::move(bytes), .session = {}, .meant = meant};
}

/// The target's own report: it is where the probe went.
std::string targets_report() {
  return with(with(sample("like-microsoft.xml"), "dmarcreport@microsoft.com", "dmarc@target.test"),
              "Enterprise Outlook", "target.test");
}

std::string mail_of(const std::string& from, const std::string& report) {
  return "From: " + from +
         "\r\nTo: dmarc@probe.test\r\nSubject: Report Domain: probe.test Submitter: target.test\r\n"
         "MIME-Version: 1.0\r\nContent-Type: text/xml; name=\"report.xml\"\r\n"
         "Content-Transfer-Encoding: base64\r\n\r\n" +
         base64(report) + "\r\n";
}

std::string signed_mail(const std::string& domain, const std::string& report) {
  auto options = mailprobe::test::options();
  options.domain = domain;
  return mailprobe::test::signed_message(mail_of("dmarc@" + domain, report), options);
}

class CollectReports : public testing::Test {
 protected:
  CollectReports() {
    Identity identity{
        .name = "default", .domain = "probe.test", .address = Mailbox::parse("probe@probe.test").value(), .dkim = {}};
    settings_.identities.emplace("default", std::move(identity));
    settings_.runs = (folder_.path() / "runs").string();
    for (const auto* domain : {"target.test", "attacker.test"}) {
      dns_.txt("s1._domainkey." + std::string(domain), mailprobe::test::signing_key().dns_record());
      dns_.txt("_dmarc." + std::string(domain), "v=DMARC1; p=reject");
    }
  }

  Result<std::size_t> collect(ReportSource source) {
    said_.clear();
    Progress progress{.step = [this](const std::string& line) { said_.push_back(line); }};
    return mailprobe::test::run(
        collect_reports(settings_, document_, evidence::embedded, std::move(source), dns_, std::move(progress)));
  }
  std::size_t joined(ReportSource source) { return collect(std::move(source)).value(); }
  std::vector<evidence::Report>& reports() { return document_.probes[0].reports; }

  void spool(const std::string& recipient, const std::string& raw) {
    auto box = receiver::Spool::open(folder_.path() / "receiver" / "spool").value();
    evidence::Session session;
    session.address = "198.51.100.20";
    session.helo = "mx1.target.test";
    session.mail_from = "dmarc@target.test";
    session.recipients = {recipient};
    session.started = *parse_rfc3339("2026-02-01T03:00:00Z");
    ASSERT_TRUE(box.keep(evidence::to_json(session), raw));
  }

  mailprobe::test::TemporaryFolder folder_;
  Settings settings_;
  mailprobe::test::FakeResolver dns_;
  evidence::Document document_ = mailprobe::test::good_delivery();
  std::vector<std::string> said_;
};

TEST_F(CollectReports, AFileIsJoined) {
  EXPECT_EQ(joined(given({file(sample("like-microsoft.xml"))})), 1U);
  ASSERT_THAT(reports(), SizeIs(1));
  EXPECT_EQ(reports()[0].organization, "Enterprise Outlook");
  EXPECT_FALSE(reports()[0].mail);
  EXPECT_THAT(said_, ElementsAre(HasSubstr("speaks of this run")));
}

TEST_F(CollectReports, TheSameIsNotCountedTwice) {
  EXPECT_EQ(joined(given({file(targets_report()), file(targets_report())})), 1U);
  EXPECT_EQ(joined(given({file(targets_report())})), 0U);
  EXPECT_THAT(reports(), SizeIs(1));
  EXPECT_THAT(said_, ElementsAre(HasSubstr("in the evidence already")));
  EXPECT_EQ(joined(given({file(with(targets_report(), "<report_id>", "<report_id>x"))})), 1U);
}

TEST_F(CollectReports, WhatDoesNotSpeakOfUsIsSaid) {
  const auto others = with(
      with(sample("like-microsoft.xml"), "<domain>probe.test</domain><adkim>", "<domain>other.test</domain><adkim>"),
      "<header_from>probe.test<", "<header_from>other.test<");
  const auto earlier = with(with(targets_report(), "1769817600", "1769731200"), "1769904000", "1769817599");
  EXPECT_EQ(joined(given({file(others), file(earlier)})), 0U);
  EXPECT_THAT(reports(), IsEmpty());
  EXPECT_THAT(said_,
              ElementsAre(HasSubstr("other.test, none of our domains"), HasSubstr("does not speak of this run")));
}

TEST_F(CollectReports, AFileThatIsNoReportLeavesTheEvidenceAsItWas) {
  const auto result = collect(given({file(targets_report()), file("Hello")}));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Failure::usage);
  EXPECT_THAT(result.error().message, HasSubstr("report.xml is no report"));
  EXPECT_THAT(reports(), IsEmpty());
}

TEST_F(CollectReports, AmongManyOtherThingsMayLie) {
  EXPECT_EQ(joined(given({file("Hello", false), file(targets_report(), false)})), 1U);
  EXPECT_THAT(said_, ElementsAre(HasSubstr("holds no report"), HasSubstr("speaks of this run")));
}

TEST_F(CollectReports, AMailThatTheTargetSigned) {
  EXPECT_EQ(joined(given({file(signed_mail("target.test", targets_report()))})), 1U);
  ASSERT_TRUE(reports()[0].mail);
  const auto& mail = *reports()[0].mail;
  EXPECT_EQ(mail.from, "target.test");
  EXPECT_EQ(mail.dmarc, auth::DmarcOutcome::pass);
  EXPECT_THAT(mail.signed_by, ElementsAre("target.test"));
  EXPECT_TRUE(mail.vouched);
}

TEST_F(CollectReports, AMailThatNobodySigned) {
  EXPECT_EQ(joined(given({file(mail_of("dmarc@target.test", targets_report()))})), 1U);
  EXPECT_FALSE(reports()[0].mail->dmarc);  // without the session SPF may have passed
  EXPECT_FALSE(reports()[0].mail->vouched);
}

TEST_F(CollectReports, AMailThatAnotherSignedVouchesForNothing) {
  EXPECT_EQ(joined(given({file(signed_mail("attacker.test", targets_report()))})), 1U);
  EXPECT_EQ(reports()[0].mail->dmarc, auth::DmarcOutcome::pass);
  EXPECT_FALSE(reports()[0].mail->vouched);
}

/// Who signed the mail, what the report says of itself, by what it is joined, and whether it counts.
struct Vouching {
  std::string name, domain, report, joined_by;
  bool counts;
};

void PrintTo(const Vouching& row, std::ostream* out) { *out << row.name; }

std::string by(const std::string& organization, const std::string& contact, const std::string& recipient) {
  return with(with(with(sample("like-microsoft.xml"), "Enterprise Outlook", organization), "dmarcreport@microsoft.com",
                   contact),
              "<envelope_to>target.test</envelope_to>",
              recipient.empty() ? "" : "<envelope_to>" + recipient + "</envelope_to>");
}

std::string naming(const std::string& id, const std::string& report) {
  return with(report, "<selector>r1<", "<selector>" + id + "<");
}

std::string tls_by(const std::string& contact) {
  return with(sample("like-google.json"), "smtp-tls-reporting@google.com", contact);
}

class CollectVouchedReports : public CollectReports, public testing::WithParamInterface<Vouching> {};

/// What a report says of itself anybody can write: it counts in the name of who took the mail.
TEST_P(CollectVouchedReports, CountInTheNameOfWhoTookTheMail) {
  const auto& row = GetParam();
  document_.probes[0].sessions.push_back({.address = "198.51.100.20"});
  EXPECT_EQ(joined(given({file(signed_mail(row.domain, row.report))})), 1U);
  ASSERT_THAT(reports(), SizeIs(1));
  EXPECT_EQ(reports()[0].joined_by, row.joined_by);
  EXPECT_EQ(reports()[0].mail->dmarc, auth::DmarcOutcome::pass);
  EXPECT_EQ(reports()[0].mail->vouched, row.counts);
  EXPECT_EQ(evidence::counts(reports()[0]), row.counts);
}

const auto probe_id = mailprobe::test::good_delivery().probes[0].id;

const Vouching vouchings[] = {
    {"recipient_by_the_target", "target.test", by("Target", "d@target.test", "target.test"), "recipient", true},
    {"recipient_by_a_stranger", "attacker.test", by("Evil Inc", "d@attacker.test", "target.test"), "recipient", false},
    {"reporter_by_the_target", "target.test", by("target.test", "d@target.test", ""), "reporter", true},
    {"reporter_in_name_by_a_stranger", "attacker.test", by("target.test", "d@attacker.test", ""), "reporter", false},
    {"reporter_in_contact_by_a_stranger", "attacker.test", by("attacker.test", "d@target.test", ""), "reporter", false},
    {"selector_by_who_reports", "attacker.test", naming(probe_id, by("Forward", "d@attacker.test", "")), "selector",
     true},
    {"selector_by_another", "attacker.test", naming(probe_id, by("Forward", "d@elsewhere.test", "")), "selector",
     false},
    {"session_by_the_target", "target.test", tls_by("t@target.test"), "session", true},
    {"session_by_a_stranger", "attacker.test", tls_by("t@attacker.test"), "session", false},
};
INSTANTIATE_TEST_SUITE_P(Of, CollectVouchedReports, testing::ValuesIn(vouchings),
                         [](const auto& row) { return row.param.name; });

/// Neither before it nor after it, neither under its own id nor under another one.
TEST_F(CollectReports, AForgedContradictionLeavesTheTrueOneStanding) {
  const auto forged =
      with(with(targets_report(), "<dkim>pass</dkim>", "<dkim>fail</dkim>"), "<spf>pass</spf>", "<spf>fail</spf>");
  const auto other = with(forged, "<report_id>", "<report_id>x");
  EXPECT_EQ(
      joined(given({file(signed_mail("attacker.test", forged)), file(signed_mail("target.test", targets_report())),
                    file(signed_mail("attacker.test", forged)), file(signed_mail("attacker.test", other))})),
      3U);
  ASSERT_THAT(reports(), SizeIs(3));
  const auto said = evidence::reported(document_.probes[0], "", "dmarc");
  ASSERT_TRUE(said);
  EXPECT_EQ(said->result, "pass");
  EXPECT_THAT(said_, Contains(HasSubstr("in the evidence already")));
}

TEST_F(CollectReports, OutOfTheSpool) {
  spool("dmarc@probe.test", signed_mail("target.test", targets_report()));
  spool("probe@probe.test", signed_mail("target.test", with(targets_report(), "<report_id>", "<report_id>x")));
  EXPECT_EQ(joined(spooled_reports(settings_)), 1U);
  ASSERT_THAT(reports(), SizeIs(1));
  EXPECT_TRUE(reports()[0].mail->vouched);
  EXPECT_EQ(joined(spooled_reports(settings_)), 0U);  // it is left there, for other runs
  EXPECT_THAT(reports(), SizeIs(1));
}

/// As three runs to one target in a day do.
TEST_F(CollectReports, IsWeighedAgainstWhatElseWentOut) {
  const auto sent = SentTo::beside(settings_.runs);
  const auto noon = parse_rfc3339("2026-01-31T12:00:00Z").value();
  for (const auto* id : {"another1", "another2"})
    ASSERT_TRUE(sent.note(id, Mailbox::parse("someone@target.test").value(), "probe.test", noon));
  EXPECT_EQ(joined(given({file(targets_report())})), 1U);
  ASSERT_THAT(reports(), SizeIs(1));
  EXPECT_EQ(reports()[0].joined_by, "among");
  EXPECT_FALSE(evidence::counts(reports()[0]));
}

TEST_F(CollectReports, WithoutASpoolThereIsNothing) {
  EXPECT_EQ(joined(spooled_reports(settings_)), 0U);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "receiver"));
  EXPECT_THAT(said_, IsEmpty());
}

TEST_F(CollectReports, AnotherProcessIsWritingThere) {
  spool("dmarc@probe.test", targets_report());
  const auto half = folder_.path() / "receiver" / "spool" / "half.new";
  std::ofstream(half) << "half a message";
  EXPECT_EQ(joined(spooled_reports(settings_)), 1U);
  EXPECT_TRUE(std::filesystem::exists(half));
}

TEST(ReportAddresses, AreTwoOfEachDomain) {
  Settings settings;
  for (const auto* name : {"a", "b"})
    settings.identities.emplace(
        name,
        Identity{
            .name = name, .domain = "probe.test", .address = Mailbox::parse("probe@probe.test").value(), .dkim = {}});
  std::vector<std::string> addresses;
  for (const auto& address : report_addresses(settings)) addresses.push_back(address.text());
  EXPECT_THAT(addresses, ElementsAre("dmarc@probe.test", "tlsrpt@probe.test"));
}

}  // namespace
}  // namespace mailprobe::probe
