// What stands behind a finding: which lines its pointers lead to, how many, and which section has the whole.
#include "reporter/exhibits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reporter/exchanges.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

using evidence::Document;
using evidence::Finding;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

Finding pointing(std::string check, std::vector<std::string> pointers) {
  Finding finding;
  finding.check = std::move(check);
  finding.evidence = std::move(pointers);
  return finding;
}

/// "out MAIL FROM:<…>": the kind and the text of each line.
std::vector<std::string> lines_of(const Document& document, std::string check, std::string pointer) {
  std::vector<std::string> lines;
  for (const auto& exhibit : exhibits(document, pointing(std::move(check), {std::move(pointer)})))
    for (const auto& line : exhibit.lines) lines.push_back(std::string(line.kind) + " " + line.text);
  return lines;
}

/// As the transcript of a server that takes pipelined commands has it.
Document refused() {
  auto document = test::rejected();
  for (auto* attempt : {&document.probes.front().attempts.back(), &*document.probes.front().smtp})
    attempt->events = {{1, Direction::out, "MAIL FROM:<probe@probe.test>"},
                       {1, Direction::out, "RCPT TO:<a@target.test>"},
                       {1, Direction::out, "DATA"},
                       {2, Direction::in, "220 hello"},
                       {2, Direction::in, "250 2.1.0 ok"},
                       {2, Direction::in, "550 5.1.1 no such user here"},
                       {2, Direction::in, "554 5.5.1 no recipients"},
                       {3, Direction::out, "QUIT"}};
  return document;
}

TEST(Exhibits, ARefusalIsTheCommandAndItsReply) {
  const auto document = refused();
  EXPECT_THAT(lines_of(document, "path.accepted", "/probes/0/smtp"),
              ElementsAre("out RCPT TO:<a@target.test>", "in 550 5.1.1 no such user here", HasSubstr("note RCPT TO")));
  EXPECT_THAT(lines_of(test::rejected(), "path.accepted", "/probes/0/smtp"), Contains("in 550 5.1.1 no such user here"))
      << "which its transcript has not";
}

TEST(Exhibits, PipelinedCommandsHaveTheirOwnReplies) {
  const std::vector<Event> events{{0, Direction::note, "connecting"},  {3, Direction::in, "220 hello"},
                                  {3, Direction::out, "MAIL FROM:<>"}, {3, Direction::out, "RCPT TO:<b@c>"},
                                  {5, Direction::in, "250-ok"},        {6, Direction::in, "250 ok"},
                                  {7, Direction::in, "550 no"},        {8, Direction::out, "QUIT"}};
  const auto all = exchanges(events);
  ASSERT_THAT(all, SizeIs(4));
  EXPECT_EQ(all[0].command, connect_command);
  EXPECT_THAT(all[1].replies, ElementsAre("250-ok", "250 ok"));
  EXPECT_EQ(all[1].end_ms, 6);
  EXPECT_THAT(all[2].replies, ElementsAre("550 no"));
  EXPECT_FALSE(all[3].answered());
  EXPECT_THAT(exchanges({}), IsEmpty());
}

TEST(Exhibits, ABrokenSignatureIsNamedWithWhatBrokeIt) {
  const auto lines = lines_of(test::footer_delivery(), "path.dkim-survival", "/probes/0/mailbox/dkim");
  EXPECT_THAT(lines, Contains(HasSubstr("fail, body hash mismatch")));
  EXPECT_THAT(lines, Contains("added Checked by footer.test, the careful provider."));
}

TEST(Exhibits, TheHeaderAndTheBodyHaveTheirOwnChanges) {
  const auto document = test::footer_delivery();
  EXPECT_THAT(lines_of(document, "path.body-intact", "/probes/0/mailbox/raw"), Not(IsEmpty()));
  EXPECT_THAT(lines_of(document, "path.header-intact", "/probes/0/mailbox/raw"), IsEmpty());
}

TEST(Exhibits, ACertificateIsNamedAsTheCheckNeedsIt) {
  const auto document = test::expired_certificate();
  EXPECT_THAT(lines_of(document, "inbound.certificate", "/probes/0/attempts/0/tls"),
              AllOf(Contains(HasSubstr("issuer: ")), Contains(HasSubstr("verified: fail"))));
  EXPECT_THAT(lines_of(document, "inbound.tls-version", "/probes/0/attempts/0/tls"),
              ElementsAre(HasSubstr("TLS 1.3, ")));
}

TEST(Exhibits, ARecordIsShownOrSaidToBeAbsent) {
  auto document = test::good_delivery();
  document.target.policies["spf"] = "v=spf1 -all";
  document.target.policies["tlsrpt"] = std::nullopt;
  EXPECT_THAT(lines_of(document, "published.spf", "/target/policies/spf"), ElementsAre(" v=spf1 -all"));
  EXPECT_THAT(lines_of(document, "published.tlsrpt", "/target/policies/tlsrpt"), ElementsAre("note no record"));
}

TEST(Exhibits, OnlyTheMethodOfTheCheckIsQuoted) {
  const auto document = test::good_delivery();
  const auto pointer = "/probes/0/mailbox/authentication_results";
  EXPECT_THAT(lines_of(document, "inbound.spf-evaluated", pointer), Each(HasSubstr("spf=pass")));
  EXPECT_THAT(lines_of(document, "path.authentication-results", pointer), Contains(HasSubstr("dmarc=pass")));
}

TEST(Exhibits, APointerThatLeadsNowhereShowsNothing) {
  const auto document = test::good_delivery();
  for (const auto* pointer : {"", "x", "/", "/probes", "/probes/7/smtp", "/probes/-1", "/probes/0/replies/3",
                              "/target/mx/9/tlsa/~", "/self/records/5", "/findings/0"})
    EXPECT_NO_THROW(exhibits(document, pointing("path.accepted", {pointer}))) << pointer;
  EXPECT_THAT(exhibits(document, pointing("path.accepted", {"/probes/7/smtp", "/findings/0", ""})), IsEmpty());
}

TEST(Exhibits, AFindingLeadsToWhatStandsBehindIt) {
  auto document = test::good_delivery();
  document.findings = {pointing("published.spf", {"/findings/0", "/target/policies/spf"}),
                       pointing("path.arc", {"/findings/1"})};
  document.findings.back().summary = "No ARC set";
  document.target.policies["spf"] = "v=spf1 -all";
  EXPECT_THAT(lines_of(document, "expect", "/findings/0"), ElementsAre(" v=spf1 -all"));
  EXPECT_THAT(lines_of(document, "expect", "/findings/1"), ElementsAre(HasSubstr("No ARC set")));
  EXPECT_THAT(lines_of(document, "expect", "/findings/2"), IsEmpty());
}

TEST(Exhibits, AreBoundedInNumberLinesAndBytes) {
  auto document = test::good_delivery();
  auto& hops = document.probes.front().mailbox->hops;
  hops.assign(50, hops.front());
  for (auto& hop : hops) hop.by = std::string(5'000, 'h');
  Finding finding = pointing("path.hops", {"/probes/0/mailbox/hops", "/probes/0/mailbox/hops", "/probes/0/smtp",
                                           "/target/mx", "/probes/0/mailbox", "/self/address"});
  const auto all = exhibits(document, finding);
  EXPECT_THAT(all, SizeIs(most_exhibits)) << "one that says the same again is left out";
  ASSERT_THAT(all.front().lines, SizeIs(most_exhibit_lines));
  EXPECT_EQ(all.front().lines.back().text, "… and 44 more");
  for (const auto& line : all.front().lines) EXPECT_LE(line.text.size(), most_exhibit_text + 3);
}

class EveryProof : public test::EveryDocument {};

/// Each loud finding that points at something shows some of it; the page's own test follows the links.
TEST_P(EveryProof, LeadsToSomething) {
  for (const auto& finding : document.findings) {
    if (finding.verdict != evidence::Verdict::fail && finding.verdict != evidence::Verdict::warn) continue;
    EXPECT_THAT(exhibits(document, finding), Not(IsEmpty()))
        << finding.check << " " << testing::PrintToString(finding.evidence);
  }
}

FOR_EVERY_DOCUMENT(EveryProof);

TEST(Exhibits, ThePageShowsThemWithALinkToTheWhole) {
  const auto page = html(test::assessed(test::rejected()), evidence::embedded);
  EXPECT_THAT(page, HasSubstr("<figcaption><a href=\"#sessions-1\">The session with mx1.target.test"));
  EXPECT_THAT(page, HasSubstr("<p class=\"in\"><span class=\"hidden\">they: </span>550 5.1.1 no such user here</p>"));
  EXPECT_THAT(page, HasSubstr("<span class=\"code soft\">/probes/0/smtp</span>"));
}

TEST(Exhibits, APageOfSeveralDomainsHasNoSectionsOfProbesToLeadTo) {
  const auto one = test::assessed(test::rejected());
  EXPECT_THAT(html(Documents{one, one}), Not(HasSubstr("href=\"#d2-sessions-1\"")));
  const auto inspected = test::assessed(test::inspected());
  EXPECT_THAT(html(Documents{one, inspected}), HasSubstr("href=\"#d2-servers\""));
}

TEST(Exhibits, OfAProbeThatIsARowThereIsNoLink) {
  auto document = test::good_delivery();
  auto lost = test::timed_out().probes.front();
  const auto good = document.probes.front();
  document.probes.assign(150, good);
  for (std::size_t i = 0; i < document.probes.size(); ++i) {
    document.probes[i].id = "id" + std::to_string(i);
    document.probes[i].name = "probe-" + std::to_string(i);
  }
  const auto page = html(test::assessed(std::move(document)), evidence::embedded);
  EXPECT_THAT(page, Not(HasSubstr("href=\"#sessions-150\"")));
}

}  // namespace
}  // namespace mailprobe::reporter
