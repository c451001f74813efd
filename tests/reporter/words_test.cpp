// Sentences and small pieces: headline, phrases, comparison of results.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "reporter/authentication.h"
#include "reporter/dkim_story.h"
#include "reporter/escape.h"
#include "reporter/phrases.h"
#include "reporter/picture.h"
#include "reporter/summary.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

struct Told {
  std::string name;
  evidence::Document document;
  std::string sentence;
};

evidence::Document bounced() {
  auto document = test::timed_out();
  document.probes[0].watch->answers = {{"bounce", "INBOX", {}}};
  return document;
}

evidence::Document not_taken_by_us() {
  auto document = bounced();
  auto& probe = document.probes[0];
  probe.watch->answers[0].statuses = {{.recipient = probe.from, .action = "failed", .status = "5.4.7"}};
  return document;
}

evidence::Document incomplete(evidence::Document document) {
  document.run.problem = "cannot write evidence.json: No space left on device";
  return document;
}

evidence::Document of_our_own(const std::string& error) {
  auto document = test::our_port_25();
  document.probes[0].smtp->cause = Cause::own_limit;
  document.probes[0].smtp->error = error;
  return document;
}

/// The host's policy, or our floor, barred it: no connection was tried.
evidence::Document barred() {
  auto document = test::our_port_25();
  document.probes[0].smtp->cause = Cause::policy;
  document.probes[0].smtp->error = "there are no usable, secure TLSA records, which --tls dane asks for";
  return document;
}

/// Encrypted, and not by whom it should be.
evidence::Document not_authenticated() {
  auto document = test::old_tls();
  auto& session = *document.probes[0].smtp;
  session.tls = test::good_delivery().probes[0].smtp->tls;
  session.tls->verified = Verification{.result = "fail", .cause = Cause::self_signed, .detail = "self-signed"};
  session.cause = Cause::self_signed;
  session.error = "the server's certificate does not verify: self-signed; nothing is sent";
  return document;
}

/// Encrypted, whoever it is, and without an extension that the message needs.
evidence::Document not_announced() {
  auto document = not_authenticated();
  auto& session = *document.probes[0].smtp;
  session.phase = "mail";
  session.cause = Cause::unsupported;
  session.error = "the server does not announce REQUIRETLS; nothing is sent";
  return document;
}

/// The server went away when EHLO was said under TLS.
evidence::Document closed_under_tls() {
  auto document = not_authenticated();
  auto& session = *document.probes[0].smtp;
  session.phase = "ehlo";
  session.cause = Cause::unreachable;
  session.error = "connection closed";
  return document;
}

class Headline_ : public testing::TestWithParam<Told> {};

TEST_P(Headline_, TellsWhatBecameOfTheMessage) {
  EXPECT_EQ(headline(test::assessed(GetParam().document)).sentence, GetParam().sentence);
}

evidence::Document wrong_on_purpose(evidence::Document document, std::string fault) {
  document.probes[0].fault = std::move(fault);
  return document;
}

evidence::Document unsigned_delivery() {
  auto document = test::good_delivery();
  document.probes[0].mailbox->dkim.clear();
  document.probes[0].sent.reset();  // that had signatures
  return document;
}

INSTANTIATE_TEST_SUITE_P(
    Documents, Headline_,
    testing::ValuesIn(std::vector<Told>{
        {"Good", test::good_delivery(),
         "The message arrived in the inbox, encrypted on the way in (TLS 1.3), with every DKIM signature intact."},
        {"Footer", test::footer_delivery(),
         "The message arrived in the inbox, but all 4 DKIM signatures are broken: a footer was appended on the way."},
        {"Partly", test::partly_surviving(),
         "The message arrived in the inbox, but only 2 of its 4 DKIM signatures survived: Subject: The field was "
         "folded anew on the way."},
        {"Junk", test::junk_delivery(), "The message was delivered, but into the junk folder."},
        {"Rejected", test::rejected(), "The message was refused by mx1.target.test (550 5.1.1)."},
        {"RefusedOnPurpose", wrong_on_purpose(test::rejected(), "dmarc-reject"),
         "The message was refused by mx1.target.test (550 5.1.1), wrong on purpose (dmarc-reject)."},
        {"JunkOnPurpose", wrong_on_purpose(test::junk_delivery(), "dkim-body-hash"),
         "The message was delivered, but into the junk folder, wrong on purpose (dkim-body-hash)."},
        {"ArrivedOnPurpose", wrong_on_purpose(unsigned_delivery(), "dmarc-none"),
         "The message arrived in the inbox, encrypted on the way in (TLS 1.3), without a DKIM signature, wrong on "
         "purpose (dmarc-none)."},
        {"Greylisted", test::greylisted(),
         "mx1.target.test did not take the message yet and asked to try again later (451 4.7.1)."},
        {"NoStarttls", test::without_starttls(), "Nothing was sent: mx1.target.test offers no encryption (STARTTLS)."},
        {"OldTls", test::old_tls(),
         "Nothing was sent: the connection to mx1.target.test could not be encrypted as required."},
        {"NotAuthenticated", not_authenticated(),
         "Nothing was sent: mx1.target.test could not be authenticated as required."},
        {"NotAnnounced", not_announced(),
         "Nothing was sent: the server does not announce REQUIRETLS; nothing is sent."},
        {"ClosedUnderTls", closed_under_tls(), "Nothing was sent: the session with mx1.target.test ended too early."},
        {"Barred", barred(), "Nothing was sent: there are no usable, secure TLSA records, which --tls dane asks for."},
        {"Possibly", test::possibly_delivered(),
         "The message was handed over whole, but no answer came: it was possibly delivered, and will not be sent "
         "again."},
        {"TimedOut", test::timed_out(),
         "The message was accepted by mx1.target.test, but did not show up in the mailbox within 5 min."},
        {"Bounced", bounced(), "The message was accepted by mx1.target.test, but then a bounce came instead of it."},
        {"NotTakenByUs", not_taken_by_us(),
         "The message was accepted by mx1.target.test; what it sent on to us came back, for our own receiver did not "
         "take it."},
        {"OurPort25", test::our_port_25(),
         "Nothing was sent, for a reason of our own: port 25 seems to be closed where we are."},
        {"OurAddress", of_our_own("cannot send from 192.0.2.1: no such address"),
         "Nothing was sent, for a reason of our own: cannot send from 192.0.2.1: no such address."},
        {"Incomplete", incomplete(test::good_delivery()),
         "The message arrived in the inbox, encrypted on the way in (TLS 1.3), with every DKIM signature intact. The "
         "run "
         "is incomplete: cannot write evidence.json: No space left on device."},
        {"NotEvenBegun", incomplete(test::no_such_domain()),
         "Nothing was sent: cannot write evidence.json: No space left on device."},
        {"Unwatched", test::unwatched(),
         "The message was accepted by mx1.target.test; whether it reached the mailbox was not looked at."},
        {"Interrupted", test::interrupted(),
         "The run was interrupted before it was complete; the message was accepted."},
        {"NoDomain", test::no_such_domain(), "Nothing was sent: the domain target.test does not exist."},
        {"NullMx", test::null_mx(), "Nothing was sent: target.test says that it takes no mail (null MX)."}}),
    [](const auto& info) { return info.param.name; });

TEST(HeadlineText, CountsOurOwnSignaturesOnly) {
  auto document = test::good_delivery();
  auto& dkim = document.probes.front().mailbox->dkim;
  auto foreign = dkim.front();
  foreign.domain = "relay.test";
  foreign.result = auth::DkimOutcome::fail;
  dkim.insert(dkim.begin(), foreign);
  EXPECT_NE(headline(document).sentence.find("with every DKIM signature intact"), std::string::npos);
  dkim.back().result = auth::DkimOutcome::neutral;
  EXPECT_NE(headline(document).sentence.find("but not every DKIM signature of it could be verified"),
            std::string::npos);
}

TEST(HeadlineText, ASignatureThatWasRemovedIsNotIntact) {
  auto document = test::good_delivery();
  auto& dkim = document.probes.front().mailbox->dkim;
  dkim.pop_back();
  EXPECT_EQ(headline(test::assessed(document)).sentence,
            "The message arrived in the inbox, but only 3 of the 4 DKIM signatures survive.");
  dkim.clear();
  EXPECT_EQ(headline(test::assessed(document)).sentence,
            "The message arrived in the inbox, but none of the 4 DKIM signatures survives.");
}

TEST(HeadlineText, ThoseThatWereRemovedCountBesideThoseThatAreBroken) {
  auto document = test::footer_delivery();
  auto& dkim = document.probes.front().mailbox->dkim;
  dkim.pop_back();
  EXPECT_EQ(headline(test::assessed(document)).sentence,
            "The message arrived in the inbox, but none of the 4 DKIM signatures survives: a footer was appended on "
            "the way.");
  dkim.front().result = auth::DkimOutcome::pass;
  dkim.front().mutation.clear();
  EXPECT_EQ(headline(test::assessed(document)).sentence,
            "The message arrived in the inbox, but only 1 of the 4 DKIM signatures survives: a footer was appended on "
            "the way.");
}

TEST(HeadlineText, WhatAFooterSaysIsNoNumberOfSignatures) {
  auto document = test::footer_delivery();
  document.probes.front().mailbox->dkim.resize(1);
  document.findings = {
      {.check = "path.dkim-survival",
       .subject = {},
       .probe = document.probes.front().name,
       .verdict = evidence::Verdict::fail,
       .grade = {},
       .cause = {},
       .summary = "The DKIM signature does not survive: 20 bytes were added (\"one of the 12 monkeys\").",
       .evidence = {},
       .advice = {},
       .reference = {}}};
  EXPECT_EQ(headline(document).sentence,
            "The message arrived in the inbox, but its DKIM signature is broken: a footer was appended on the way.");
}

TEST(HeadlineText, WhereNothingIsExpectedItSaysSo) {
  auto document = test::good_delivery();
  document.run.scenario = "daily";
  EXPECT_NE(headline(document).sentence.find("with every DKIM signature intact. The scenario expects nothing"),
            std::string::npos);
  document = test::scenario_run();
  EXPECT_EQ(headline(document).sentence.find("expects nothing"), std::string::npos);
}

TEST(HeadlineText, AFailureThatIsNotExpectedIsNoGoodNewsEither) {
  evidence::Document document;
  document.target.domain = "target.test";
  document.run.exit = 0;
  document.findings.push_back({.check = "inbound.tls-cipher",
                               .subject = "address mx.target.test 192.0.2.1",
                               .verdict = evidence::Verdict::fail,
                               .summary = "It accepts RC4"});
  EXPECT_EQ(headline(document).sentence,
            "What is expected of the mail servers of target.test holds; but a check failed: It accepts RC4.");
  document.findings[0].verdict = evidence::Verdict::warn;
  EXPECT_EQ(headline(document).sentence.find("a check failed"), std::string::npos);
}

TEST(HeadlineText, AFailureOfAHostThatWasLeftIsNotTheNews) {
  auto document = test::assessed(test::expired_certificate());
  document.run.exit = {};
  auto left = document.findings.front();
  left.check = "inbound.certificate";
  left.subject = "cert left.target.test 192.0.2.99 ecdsa";
  left.verdict = evidence::Verdict::fail;
  left.summary = "The certificate of the host that was left";
  document.findings.insert(document.findings.begin(), left);
  EXPECT_EQ(headline(document).sentence.find("that was left"), std::string::npos) << headline(document).sentence;
  EXPECT_NE(headline(document).sentence.find("first of all: The certificate expired"), std::string::npos)
      << headline(document).sentence;
}

TEST(HeadlineText, OfAnInterruptedLookAtOurselvesIsShort) {
  auto document = test::interrupted();
  document.probes.clear();
  EXPECT_EQ(headline(document).sentence, "The run was interrupted before it was complete.");
}

TEST(HeadlineText, KeepsTheRelaysEncryptionToItself) {
  EXPECT_EQ(headline(test::assessed(test::via_relay())).sentence.find("on the way in"), std::string::npos);
}

TEST(Overall, IsWhatTheExitStatusSays) {
  using enum evidence::Verdict;
  EXPECT_EQ(overall_verdict(test::assessed(test::footer_delivery())), fail);
  EXPECT_EQ(overall_verdict(test::assessed(test::possibly_delivered())), inconclusive);
  EXPECT_EQ(overall_verdict(test::assessed(test::junk_delivery())), warn);
}

TEST(Comparison, MatchesSignaturesByTheirFirstCharacters) {
  const auto rows = authentication_rows(*test::footer_delivery().probes.front().mailbox);
  ASSERT_EQ(rows.size(), 6U);
  EXPECT_EQ(rows[1].theirs, "pass");
  EXPECT_EQ(rows[1].agree, false);
  EXPECT_EQ(rows[2].theirs, "");
  EXPECT_EQ(rows[0].agree, true);
}

TEST(Comparison, NeverBelievesAForeignField) {
  for (const auto& row : authentication_rows(*test::forged_results().probes.front().mailbox)) EXPECT_EQ(row.theirs, "");
}

/// RFC 8601 §2.7.2: HELO's may stand before MAIL FROM's.
TEST(Authentication, OfSpfIsTheIdentityThatWeJudged) {
  auto copy = *test::good_delivery().probes.front().mailbox;
  const auto recorded = [&] { return authentication_rows(copy).front().theirs; };
  auto& results = copy.authentication_results.front().results;
  std::erase_if(results, [](const auth::MethodResult& each) { return each.method == "spf"; });
  results.push_back({"spf", "none", {}, {{"smtp.helo", "mx.probe.test"}}});
  EXPECT_EQ(recorded(), "none") << "there is no other";
  results.push_back({"spf", "pass", {}, {{"smtp.mailfrom", "probe.test"}}});
  EXPECT_EQ(recorded(), "pass");
  copy.spf->identity = "helo";
  EXPECT_EQ(recorded(), "none");
}

TEST(Changes, AreToldOnceForAllSignatures) {
  const auto document = test::footer_delivery();
  const auto all = changes(*document.probes.front().mailbox);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all.front().broken.size(), 4U);
}

TEST(Changes, BeginWithTheFirstLineThatSaysSomething) {
  EXPECT_EQ(diff_lines(" \n Id: x\n+--\n"), (std::vector<std::string_view>{" Id: x", "+--"}));
  EXPECT_TRUE(diff_lines("").empty());
}

TEST(Phrases, SayDurationsAndSizes) {
  EXPECT_EQ(duration(0), "0 ms");
  EXPECT_EQ(duration(1234), "1.2 s");
  EXPECT_EQ(duration(310'000), "5 min 10 s");
  EXPECT_EQ(duration(7'500'000), "2 h 5 min");
  EXPECT_EQ(duration(-50), "-50 ms");
  EXPECT_EQ(duration(INT64_MIN).front(), '-');
  EXPECT_EQ(size_text(1234), "1,234 bytes");
  EXPECT_EQ(tls_name("TLSv1"), "TLS 1.0");
  EXPECT_EQ(tls_name("TLSv1.3"), "TLS 1.3");
}

TEST(Phrases, CoverEveryCauseAndMutationOfTheDocumentation) {
  for (const auto& [cause, name] : Words<Cause>::table) EXPECT_NE(cause_phrase(cause), "") << name;
  for (const auto* kind : {"footer-appended",
                           "text-prepended",
                           "trailing-white-space",
                           "lines-rewrapped",
                           "transfer-encoding-changed",
                           "mime-boundary-changed",
                           "body-changed",
                           "header-refolded",
                           "header-name-case",
                           "subject-tagged",
                           "header-rewritten",
                           "header-removed",
                           "header-duplicated",
                           "header-reordered",
                           "line-endings-changed",
                           "charset-changed",
                           "mime-preamble-changed",
                           "part-added",
                           "part-removed",
                           "address-rewritten",
                           "message-id-rewritten",
                           "date-rewritten"})
    EXPECT_NE(mutation_phrase(kind, "body").title, kind);
}

TEST(Drawing, ShortensInTheMiddleByWholeCharacters) {
  EXPECT_EQ(shortened("mx.example.org", 20), "mx.example.org");
  EXPECT_EQ(shortened("abcdefghij", 5), "ab…ij");
  EXPECT_EQ(shortened("äöüäöüäöü", 3), "ä…ü");
}

TEST(Escaping, OfEachTarget) {
  EXPECT_EQ(markup_text("<a b=\"c\">&'\n\t\x1b"), "&lt;a b=&quot;c&quot;&gt;&amp;&#39;\n\t\\x1b");
  EXPECT_EQ(yaml_text("a\"b\\c\nd"), "\"a\\\"b\\\\c d\"");
  EXPECT_EQ(tap_text("a # TODO \\"), "a \\# TODO \\\\");
  EXPECT_EQ(one_line("a\r\n\tb  c"), "a b c");
}

}  // namespace
}  // namespace mailprobe::reporter
