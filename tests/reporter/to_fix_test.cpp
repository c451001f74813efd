// What stands at the top of a report: what to fix first, whose it is, and that the verdict's sentence names it.
#include "reporter/to_fix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/text.h"
#include "reporter/expectations.h"
#include "reporter/mail.h"
#include "reporter/summary.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

using evidence::Document;
using evidence::Finding;
using evidence::Verdict;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<std::string> checks_of(const Document& document) {
  std::vector<std::string> checks;
  for (const auto& each : all_to_fix(document)) checks.push_back(each.check);
  return checks;
}

Document with(Document document, std::vector<Finding> findings) {
  document = test::assessed(std::move(document));
  document.findings.insert(document.findings.end(), findings.begin(), findings.end());
  document.run.exit = evidence::exit_status(document, false);
  return document;
}

Finding finding(std::string check, Verdict verdict, std::string summary = "It is so.") {
  return {
      .check = std::move(check), .subject = "domain target.test", .verdict = verdict, .summary = std::move(summary)};
}

TEST(ToFix, IsNothingWhereAllIsWell) {
  EXPECT_THAT(all_to_fix(test::assessed(test::good_delivery())), IsEmpty());
  EXPECT_THAT(first_to_fix(test::assessed(test::good_delivery())).title, IsEmpty());
}

TEST(ToFix, HasWhatTheFindingSays) {
  const auto first = first_to_fix(test::assessed(test::expired_certificate()));
  ASSERT_THAT(first.few, Not(IsEmpty()));
  EXPECT_EQ(first.title, "What to fix first");
  EXPECT_EQ(first.few[0].check, "inbound.certificate");
  EXPECT_THAT(first.few[0].sentence, StartsWith("The certificate expired"));
  EXPECT_THAT(first.few[0].advice, HasSubstr("Install a certificate"));
  EXPECT_EQ(first.few[0].whose, "the mail provider");
  EXPECT_THAT(first.few[0].where, StartsWith("inbound.certificate · cert mx1.target.test"));
}

/// What counts before what does not, failures before what is not known, warnings last.
TEST(ToFix, TheWorstComesFirst) {
  EXPECT_THAT(
      checks_of(with(test::good_delivery(),
                     {finding("published.caa", Verdict::warn), finding("path.authentication-results", Verdict::warn),
                      finding("inbound.tls-cipher", Verdict::fail), finding("path.delivered", Verdict::inconclusive),
                      finding("path.dkim-survival", Verdict::fail), finding("inbound.ipv6", Verdict::inconclusive)})),
      ElementsAre("path.dkim-survival", "path.delivered", "inbound.tls-cipher", "path.authentication-results",
                  "published.caa"));
}

TEST(ToFix, IsAFewWithACountOfTheRest) {
  std::vector<Finding> many;
  for (const auto* check : {"a.a", "a.b", "a.c", "a.d", "a.e"}) many.push_back(finding(check, Verdict::fail));
  many.push_back(finding("a.f", Verdict::warn));
  const auto first = first_to_fix(with(test::good_delivery(), many));
  EXPECT_EQ(first.few.size(), 3U);
  EXPECT_EQ(first.rest, "And 2 more failures, 1 more warning, below.");
}

TEST(ToFix, TellsOneKindOnce) {
  auto expired = finding("a.certificate", Verdict::fail), elsewhere = expired;
  expired.cause = Cause::expired;
  elsewhere.cause = Cause::wrong_name;
  const auto all = all_to_fix(with(test::good_delivery(), {expired, expired, elsewhere}));
  ASSERT_EQ(all.size(), 2U) << "two causes are two things to fix";
  EXPECT_EQ(all[0].counts.failed, 2U);
  EXPECT_EQ(all[0].where, "a.certificate ×2 · domain target.test");
}

TEST(ToFix, OfWarningsAloneIsCalledSo) {
  EXPECT_EQ(first_to_fix(with(test::good_delivery(), {finding("a.a", Verdict::warn)})).title, "What could be better");
  EXPECT_EQ(first_to_fix(test::assessed(test::mailbox_lost())).title, "What stands in the way");
}

TEST(ToFix, OfARunThatWasCutShortIsNotThatItWas) {
  for (const auto& each : all_to_fix(test::assessed(test::interrupted()))) EXPECT_EQ(each.verdict, Verdict::fail);
}

// --- expectations ---------------------------------------------------------------------------------------------------

Document run() { return test::assessed(test::scenario_run()); }

std::string sentence_of_headline(const Document& document) { return headline(document).sentence; }

TEST(ToFixOfARun, IsTheFindingBehindTheExpectation) {
  const auto all = all_to_fix(run());
  ASSERT_THAT(all, Not(IsEmpty()));
  EXPECT_EQ(all[0].check, "path.dkim-survival");
  EXPECT_THAT(all[0].where, HasSubstr("expected dkim[r1].result == pass · probe broken"));
  EXPECT_EQ(all[0].whose, "the mail provider");
  EXPECT_THAT(headline(run()).sentence, HasSubstr("1 could not be determined, 1 failed: "));
}

TEST(ToFixOfARun, IsTheExpectationWhereNoFindingSaysIt) {
  auto document = run();
  auto& failed = document.expectations.at(1);
  ASSERT_EQ(failed.verdict, Verdict::fail);
  failed.text = "not(mailbox.folder == INBOX)";
  failed.found = "INBOX";
  failed.evidence = {"/probes/1/mailbox/folder"};
  document.probes.at(1).fault = "dmarc-reject";
  const auto all = all_to_fix(document);
  EXPECT_EQ(all.at(0).sentence, "“broken”, wrong on purpose (dmarc-reject), arrived in INBOX.");
  EXPECT_EQ(all.at(0).where, "expected not(mailbox.folder == INBOX)");
  EXPECT_EQ(all.at(0).whose, "the mail provider");
  EXPECT_THAT(all.at(0).advice, Not(IsEmpty()));
}

/// A refusal is one thing, however many expectations wanted the copy.
TEST(ToFixOfARun, OfACopyThatIsNotThereIsWhyItIsNotThere) {
  auto document = run();
  auto& probe = document.probes.at(1);
  probe.mailbox.reset();
  auto refused = finding("path.accepted", Verdict::fail, "The target refused the message.");
  refused.probe = probe.name;
  refused.fix_by = evidence::FixBy::provider;
  document.findings = {refused};
  auto& failed = document.expectations.at(1);
  failed.evidence = {"/probes/1/mailbox"};
  auto again = failed;
  again.text = "mailbox.folder == INBOX";
  document.expectations.push_back(again);
  const auto all = all_to_fix(document);
  EXPECT_EQ(all.at(0).sentence, "The target refused the message.");
  EXPECT_EQ(all.at(0).whose, "the mail provider");
  EXPECT_EQ(all.at(0).counts.failed_expectations, 2U);
  EXPECT_EQ(std::ranges::count(all, "path.accepted", &ToFix::check), 1);
}

/// Of several that an expectation names, the one that is not as it should be.
TEST(ToFixOfARun, IsTheFindingThatIsWrongOfThoseThatAreNamed) {
  auto document = run();
  const auto at = std::to_string(document.findings.size());
  document.findings.push_back(finding("published.mta-sts", Verdict::warn, "There is no policy."));
  document.expectations.at(1).evidence = {"/findings/0", "/findings/" + at};
  ASSERT_EQ(document.findings.at(0).verdict, Verdict::pass);
  EXPECT_EQ(all_to_fix(document).at(0).sentence, "There is no policy.");
}

TEST(ToFixOfARun, IsTheFindingThatFailedAndNotTheFirstThatIsOpen) {
  auto document = run();
  const auto first = document.findings.size();
  document.findings.push_back(finding("outbound.starttls", Verdict::inconclusive, "Nothing came to the control."));
  document.findings.push_back(finding("outbound.starttls", Verdict::warn, "It is opportunistic."));
  document.findings.push_back(finding("outbound.starttls", Verdict::fail, "The answer came in plain text."));
  auto& failed = document.expectations.at(1);
  failed.evidence = {"/findings/" + std::to_string(first), "/findings/" + std::to_string(first + 1),
                     "/findings/" + std::to_string(first + 2)};
  EXPECT_EQ(all_to_fix(document).at(0).sentence, "The answer came in plain text.");
  failed.evidence.pop_back();
  EXPECT_EQ(all_to_fix(document).at(0).sentence, "It is opportunistic.");
}

/// A pointer that leads nowhere is no finding.
TEST(ToFixOfARun, BelievesNoPointer) {
  for (const auto* pointer :
       {"/findings/99999999999999999999", "/findings/x", "/findings/-1", "/findings/999", "", "/"}) {
    auto document = run();
    document.expectations.at(1).evidence = {pointer};
    EXPECT_THAT(all_to_fix(document).at(0).sentence, StartsWith("“broken”: expected ")) << pointer;
  }
}

TEST(ToFixOfARun, IsNothingWhereAllHolds) {
  auto document = run();
  document.expectations.resize(1);
  document.run.exit = evidence::exit_status(document, false);
  ASSERT_EQ(document.run.exit, 0);
  EXPECT_THAT(all_to_fix(document), IsEmpty());
}

// --- a cause and what follows from it -------------------------------------------------------------------------------

evidence::Expectation expectation(const Document& document, std::string text, Verdict verdict, std::string found,
                                  std::vector<std::string> evidence) {
  return {.probe = document.probes.at(0).id,
          .text = std::move(text),
          .verdict = verdict,
          .cause = {},
          .expected = {},
          .found = std::move(found),
          .evidence = std::move(evidence)};
}

/// As `run` has it of a server without STARTTLS: what was asked of the session failed, and the rest is not known.
Document refused_encryption() {
  auto document = test::assessed(test::without_starttls());
  document.expectations = {
      expectation(document, "smtp.outcome == accepted", Verdict::inconclusive, "not-sent", {"/probes/0/smtp/outcome"}),
      expectation(document, "smtp.tls.version >= TLSv1.2", Verdict::fail, "no STARTTLS", {"/probes/0/smtp"}),
      expectation(document, "mailbox exists", Verdict::inconclusive, "not sent", {"/probes/0/mailbox"}),
      expectation(document, "outbound.spf == pass", Verdict::inconclusive, "it was not judged", {})};
  document.run.exit = evidence::exit_status(document, false);
  return document;
}

TEST(ToFixByCause, CountsFailuresApartFromWhatIsNotDetermined) {
  const auto document = refused_encryption();
  const auto all = all_to_fix(document);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].check, "inbound.starttls");
  EXPECT_EQ(all[0].verdict, Verdict::fail);
  EXPECT_EQ(all[0].counts.failed_expectations, 1U);
  EXPECT_EQ(all[0].counts.open_expectations, 3U);
  EXPECT_THAT(all[0].where, StartsWith("inbound.starttls · 1 expectation failed, 3 not determined, the first: "
                                       "smtp.tls.version >= TLSv1.2 · probe "));
  EXPECT_EQ(all[0].whose, "the mail provider");
  EXPECT_THAT(sentence_of_headline(document), StartsWith("0 of 4 expectations hold, 3 could not be determined, 1 "
                                                         "failed: STARTTLS did not come about"));
}

TEST(ToFixByCause, OfWhatIsNotDeterminedIsTheFailureBehindIt) {
  auto document = refused_encryption();
  document.expectations.erase(document.expectations.begin() + 1);
  document.run.exit = evidence::exit_status(document, false);
  const auto first = first_to_fix(document);
  EXPECT_EQ(first.title, "What to fix first");
  EXPECT_EQ(first.few.at(0).check, "inbound.starttls");
  EXPECT_THAT(first.few.at(0).where, HasSubstr("3 expectations not determined, the first: smtp.outcome == accepted"));
  document.expectations.resize(1);
  EXPECT_THAT(all_to_fix(document).at(0).where, HasSubstr("1 expectation not determined: smtp.outcome == accepted"));
}

/// What is told of each cause adds up to what the verdict's sentence counts, and to the counts below it.
TEST(ToFixByCause, AddsUp) {
  for (const auto& [name, made] : test::all_documents()) {
    const auto document = test::assessed(made);
    ToFixCounts all;
    for (const auto& each : all_to_fix(document)) {
      all.failed_expectations += each.counts.failed_expectations;
      all.open_expectations += each.counts.open_expectations;
      all.failed += each.counts.failed;
    }
    if (overall_verdict(document) == Verdict::pass || document.run.interrupted) continue;
    const auto of = [&](Verdict verdict) {
      return static_cast<std::size_t>(
          std::ranges::count(document.expectations, verdict, &evidence::Expectation::verdict));
    };
    EXPECT_EQ(all.failed_expectations, of(Verdict::fail)) << name;
    EXPECT_EQ(all.open_expectations, of(Verdict::inconclusive)) << name;
    if (document.expectations.empty())
      EXPECT_EQ(all.failed,
                static_cast<std::size_t>(std::ranges::count(document.findings, Verdict::fail, &Finding::verdict)))
          << name;
  }
}

TEST(ToFixByCause, NamesWhatFollowsFromIt) {
  const auto all = all_to_fix(test::assessed(test::without_starttls()));
  EXPECT_EQ(all.at(0).check, "inbound.starttls");
  EXPECT_THAT(all.at(0).where, HasSubstr(" · and so path.accepted"));
  EXPECT_EQ(std::ranges::count(all, "path.accepted", &ToFix::check), 0);
}

/// Several checks that nothing came to are one thing to wait for.
TEST(ToFixByCause, ToldInTheSameWordsIsOne) {
  auto document = test::good_delivery();
  auto one = finding("inbound.spf-evaluated", Verdict::inconclusive, "Nobody looked."), other = one;
  other.check = "inbound.dkim-evaluated";
  document = with(std::move(document), {one, other, finding("path.delivered", Verdict::inconclusive)});
  const auto all = all_to_fix(document);
  ASSERT_EQ(all.size(), 1U) << "nobody expects the others";
  EXPECT_EQ(all[0].check, "path.delivered");
  EXPECT_EQ(first_to_fix(document).rest, "And 2 more that are not determined, below.");
  document.expectations = {expectation(document, "inbound.spf-evaluated == pass", Verdict::inconclusive, "inconclusive",
                                       {"/findings/" + std::to_string(document.findings.size() - 3)})};
  EXPECT_THAT(all_to_fix(document).at(0).where,
              StartsWith("inbound.spf-evaluated, inbound.dkim-evaluated · expected inbound.spf-evaluated"));
}

TEST(ToFixByCause, OfManyThatFoundTheSameIsOne) {
  auto document = test::assessed(test::good_delivery());
  for (const auto* text : {"a == b", "c == d"})
    document.expectations.push_back(expectation(document, text, Verdict::inconclusive, "nothing of it.", {}));
  document.run.exit = 3;
  const auto all = all_to_fix(document);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_THAT(all[0].sentence, HasSubstr("expected a == b, found nothing of it."));
  EXPECT_EQ(all[0].where, "2 expectations not determined");
}

// --- where it stands ------------------------------------------------------------------------------------------------

void expect_before(const std::string& text, std::string_view first, std::string_view then) {
  const auto at = text.find(first);
  ASSERT_NE(at, std::string::npos) << first;
  EXPECT_LT(at, text.find(then)) << text;
}

TEST(ToFixStands, AtTheTopOfEachOutputForPeople) {
  const auto document = test::assessed(test::expired_certificate());
  const auto page = html(document, evidence::embedded);
  expect_before(page, "<p class=\"first-title\">What to fix first</p>", "<dl class=\"facts\">");
  expect_before(page, "To be fixed by <b>the mail provider</b>", "<dl class=\"facts\">");
  const auto text = terminal(document, {.width = 80});
  expect_before(text, "\nWhat to fix first\n", "\nDelivery\n");
  expect_before(text, "To be fixed by: the mail provider", "\nDelivery\n");
  const auto summary = markdown({document});
  expect_before(summary, "\n### What to fix first\n\n1. **The certificate expired", "\n### Findings\n");
  expect_before(summary, "*To be fixed by the mail provider.*", "\n### Findings\n");
}

TEST(ToFixStands, InTheArticleOfEachDomain) {
  auto good = test::assessed(test::inspected()), weak = test::assessed(test::tls_weak());
  const auto page = html(Documents{good, weak});
  const auto article = page.find("id=\"d2-top\"");
  ASSERT_NE(article, std::string::npos);
  expect_before(page.substr(article), "class=\"first-title\"", "id=\"d2-findings\"");
}

TEST(Markdown, HasTheExpectationsThatDoNotHoldAndFindingsOnce) {
  auto document = run();
  for (int i = 0; i < 5; ++i) {
    auto again = document.expectations.at(1);
    again.probe = "copy" + std::to_string(i);
    document.expectations.push_back(again);
    auto same = document.findings.front();
    same.check = "a.check";
    same.verdict = Verdict::warn;
    same.subject = "mx " + std::to_string(i);
    document.findings.push_back(same);
  }
  const auto text = markdown({document});
  expect_before(text, "| **fail** | dkim\\[r1\\].result == pass | fail | broken, copy0", "\n### Findings\n");
  EXPECT_THAT(text, HasSubstr("| **warn** | a.check ×5 | mx 0, mx 1"));
  EXPECT_THAT(text, Not(HasSubstr("| **pass** |")));
}

TEST(Csv, HasALineAnExpectation) {
  const auto text = csv({run()});
  std::size_t lines = 0;
  for (const auto line : split(std::string_view(text), '\n'))
    if (line.contains("\"expect\"")) ++lines;
  EXPECT_EQ(lines, run().expectations.size());
  EXPECT_THAT(text, HasSubstr("\"expect\",\"fail\",\"\",\"\",\"probe broken\""));
  EXPECT_THAT(text, HasSubstr("\"dkim[r1].result == pass: found fail\""));
}

TEST(ExpectationFindings, HaveTheAdviceAndTheOwnerOfWhatIsBehindThem) {
  auto document = run();
  ASSERT_EQ(document.expectations.at(1).verdict, Verdict::fail);
  const auto failed = expectation_findings(document).at(1);
  EXPECT_EQ(failed.fix_by, evidence::FixBy::provider);
  EXPECT_THAT(failed.advice, Not(IsEmpty()));
  EXPECT_EQ(expectation_findings(document).at(0).fix_by, evidence::FixBy::nobody) << "it holds";
  document.findings.clear();
  EXPECT_EQ(expectation_findings(document).at(1).fix_by, evidence::FixBy::nobody);
  document.probes.at(1).fault = "dkim-body";
  EXPECT_EQ(expectation_findings(document).at(1).fix_by, evidence::FixBy::provider) << "who lets it pass";
}

// --- the verdict's sentence -----------------------------------------------------------------------------------------

std::string sentence(const Document& document) { return headline(document).sentence; }

TEST(VerdictSentence, NamesTheWarning) {
  const auto document = with(test::good_delivery(), {finding("published.dane", Verdict::warn, "There is no TLSA.")});
  EXPECT_EQ(headline(document).verdict, Verdict::warn);
  EXPECT_THAT(sentence(document), HasSubstr("; but one thing could be better: There is no TLSA."));
}

TEST(VerdictSentence, NamesTheFailureThatIsNotExpectedOfAnybody) {
  const auto document = with(test::good_delivery(), {finding("outbound.greylist-retry", Verdict::fail, "No retry."),
                                                     finding("published.dane", Verdict::warn)});
  EXPECT_EQ(headline(document).verdict, Verdict::warn);
  EXPECT_THAT(sentence(document), HasSubstr("; but a check failed: No retry."));
  EXPECT_THAT(nagios(document), StartsWith("MAILPROBE WARNING - "));
}

TEST(VerdictSentence, OfAFailedInspectionNamesTheFault) {
  auto document = test::assessed(test::inspected());
  auto spf = finding("published.spf", Verdict::fail, "There is no SPF record.");
  document.findings = {spf};
  document.run.exit = evidence::exit_status(document, false);
  ASSERT_EQ(document.run.exit, 1);
  EXPECT_EQ(sentence(document), "A check of target.test failed: There is no SPF record.");
  document.findings.push_back(finding("published.dmarc", Verdict::fail));
  EXPECT_EQ(sentence(document), "2 checks of target.test failed, first of all: There is no SPF record.");
}

TEST(VerdictSentence, IsThatOfTheMonitorToo) {
  constexpr std::array states{"OK", "WARNING", "CRITICAL"};
  for (const auto& [name, document] : test::all_documents()) {
    const auto judged = test::assessed(document);
    const auto verdict = overall_verdict(judged);
    const auto state = verdict == Verdict::pass ? 0U : verdict == Verdict::warn ? 1U : 2U;
    const std::string word = judged.run.exit == 3 ? "UNKNOWN" : states.at(state);
    EXPECT_THAT(nagios(judged), StartsWith("MAILPROBE " + word + " - ")) << name;
    EXPECT_THAT(nagios(judged), HasSubstr(sentence(judged).substr(0, 40))) << name;
  }
}

Document many(std::size_t count) {
  auto document = test::assessed(test::good_delivery());
  document.probes.resize(count, document.probes.front());
  return document;
}

TEST(ManyMessages, SayWhereTheyArrived) {
  auto document = many(3);
  EXPECT_EQ(sentence(document), "3 of 3 messages arrived.");
  document.probes[1].mailbox = test::junk_delivery().probes[0].mailbox;
  EXPECT_EQ(sentence(document), "3 of 3 messages arrived, 1 of them in the junk folder.");
  for (auto& probe : document.probes) probe.mailbox = document.probes[1].mailbox;
  EXPECT_EQ(sentence(document), "3 of 3 messages arrived, all of them in the junk folder.");
}

TEST(ManyMessages, SayWhatBecameOfThoseThatAreWrongOnPurpose) {
  auto document = many(4);
  for (std::size_t i = 1; i < 4; ++i) document.probes[i].fault = "dkim-body-hash";
  document.probes[1] = test::rejected().probes[0];
  document.probes[1].fault = "dmarc-reject";
  document.probes[2].mailbox = test::junk_delivery().probes[0].mailbox;
  EXPECT_EQ(sentence(document),
            "3 of 4 messages arrived, 1 of them in the junk folder; of the 3 that are wrong on purpose 1 was refused "
            "and 1 was "
            "put into the junk folder.");
}

/// What happens to all of them has nothing to do with what is wrong with some.
TEST(ManyMessages, AreCountedOverAll) {
  auto document = many(4);
  for (auto& probe : document.probes) probe.mailbox = test::junk_delivery().probes[0].mailbox;
  document.probes[0].fault = document.probes[1].fault = "dkim-body-hash";
  EXPECT_EQ(sentence(document), "4 of 4 messages arrived, all of them in the junk folder.");
  for (auto& probe : document.probes) {
    const auto fault = probe.fault;
    probe = test::blocked().probes[0];
    probe.fault = fault;
    probe.watch = test::good_delivery().probes[0].watch.value_or(evidence::MailboxWatch{});
  }
  EXPECT_THAT(sentence(document), StartsWith("0 of 4 messages arrived; all of them were refused"));
  document.probes[3] = test::good_delivery().probes[0];
  EXPECT_THAT(sentence(document), StartsWith("1 of 4 messages arrived; 1 was refused; of the 2 that are wrong on "
                                             "purpose 2 were refused"));
  document.probes[3] = test::without_starttls().probes[0];
  document.probes[2] = test::good_delivery().probes[0];
  EXPECT_THAT(sentence(document), StartsWith("1 of 4 messages arrived; 1 was not sent; of the 2 "));
}

/// How many arrived is no reason why the others did not.
TEST(ManyMessages, SayWhyNotAllArrived) {
  auto document = many(2);
  document.probes[0] = test::without_starttls().probes[0];
  document = test::assessed(document);
  EXPECT_THAT(
      sentence(document),
      HasSubstr(
          "1 of 2 messages arrived; 1 was not sent; but not everything could be determined: Nothing was sent to mx1"));
}

TEST(VerdictSentence, OfNothingSentSaysWhy) {
  auto document = test::good_delivery();
  auto& probe = document.probes[0];
  probe.mailbox.reset();
  probe.smtp.reset();
  probe.attempts.clear();
  document = test::assessed(document);
  EXPECT_EQ(sentence(document),
            "Nothing was sent: no server has an address that can be reached from here, or that was asked for.");
  document.findings.clear();
  EXPECT_EQ(sentence(document), "Nothing was sent.");
}

}  // namespace
}  // namespace mailprobe::reporter
