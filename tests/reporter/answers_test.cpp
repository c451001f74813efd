// What people are told of how the target sends: on the terminal and on the page.
#include "reporter/answers.h"

#include <gtest/gtest.h>

#include "evidence/assess.h"
#include "reporter/headline.h"
#include "reporter/reporter.h"
#include "reporter/summary.h"
#include "tests/support/documents.h"

namespace mailprobe::reporter {
namespace {

evidence::Document judged(evidence::Document document) {
  document.findings = evidence::assess(document, evidence::embedded);
  return document;
}

std::string on_terminal(const evidence::Document& document) { return terminal(judged(document), {.width = 200}); }
std::string on_page(const evidence::Document& document) { return html(judged(document), evidence::embedded); }

TEST(Answers, TellWhoAnsweredAndHow) {
  const auto document = test::answered();
  for (const auto& text : {on_terminal(document), on_page(document)}) {
    for (const auto* words : {"How the target sends", "An answer, after 4", "mx1.target.test, 192.0.2.1",
                              "TLS 1.3, TLS_AES_256_GCM_SHA384", "target.test (t1), rsa-sha256", "mx.probe.test"})
      EXPECT_NE(text.find(words), std::string::npos) << words;
  }
}

/// Of the same bytes as an answer: what a forwarder sent on.
evidence::Document forwarded() {
  auto document = test::answered();
  auto& probe = document.probes.front();
  probe.forward = probe.reply;
  probe.forward->kind = evidence::AnswerKind::forward;
  probe.forward->session.mail_from = "SRS0=x=y=probe.test=probe@target.test";
  probe.reply.reset();
  probe.replies.clear();
  probe.reply_watch->wanted = false;
  probe.reply_watch->forward = true;
  return document;
}

TEST(Answers, TellWhatWasForwarded) {
  for (const auto& text : {on_terminal(forwarded()), on_page(forwarded())})
    for (const auto* words : {"How the target forwards", "What was forwarded, after 4", "and forwarded to us after 4",
                              "SRS0=x=y=probe.test=probe@target.test"})
      EXPECT_NE(text.find(words), std::string::npos) << words;
}

TEST(Answers, SayThatNothingWasForwarded) {
  auto document = forwarded();
  document.probes.front().forward.reset();
  document.probes.front().sessions.clear();
  document.probes.front().reply_watch->completed = true;
  for (const auto& text : {on_terminal(document), on_page(document)})
    EXPECT_NE(text.find("Nothing was forwarded to us within"), std::string::npos);
}

TEST(Answers, ShowTheCauseOfABounce) {
  const auto document = test::bounced();
  for (const auto& text : {on_terminal(document), on_page(document)})
    for (const auto* words : {"A bounce, after 2", "550 5.1.1 No such user", "mx.inner.test", "returned"})
      EXPECT_NE(text.find(words), std::string::npos) << words;
}

TEST(Answers, SayWhatIsBad) {
  const auto document = test::answered_badly();
  for (const auto& text : {on_terminal(document), on_page(document)})
    for (const auto* words : {"plain text", "body hash mismatch", "softfail"})
      EXPECT_NE(text.find(words), std::string::npos) << words;
}

/// What a client does at a trap is told there, and is not how it sends otherwise.
TEST(Answers, AreNotThoseAtTraps) {
  auto document = test::answered();
  auto& probe = document.probes.front();
  auto at_trap = probe.replies.front();
  at_trap.session.trap = "no-starttls";
  at_trap.session.tls.reset();
  at_trap.session.started -= std::chrono::seconds(1);
  probe.replies.insert(probe.replies.begin(), at_trap);
  ASSERT_EQ(answer_stories(probe).size(), 1U);
  EXPECT_EQ(on_terminal(document).find("no-starttls"), std::string::npos);
  EXPECT_NE(headline(judged(document)).sentence.find("over TLS 1.3"), std::string::npos);
  probe.replies.resize(1);
  probe.reply = at_trap;
  probe.sessions.clear();
  EXPECT_TRUE(answer_stories(probe).empty());
  EXPECT_NE(silence_sentence(probe), "");
}

TEST(Answers, SayThatNoneCame) {
  const auto document = test::unanswered();
  for (const auto& text : {on_terminal(document), on_page(document)})
    EXPECT_NE(text.find("No answer came within 4"), std::string::npos);
}

TEST(Answers, SayWhoFoundOurCertificateWrong) {
  auto document = test::unanswered();
  auto& session = document.probes.front().sessions.emplace_back();
  session.address = "192.0.2.9";
  session.helo = "<scanner>";
  session.tls_alert = "certificate_expired";
  EXPECT_TRUE(silence_sentence(document.probes.front())
                  .ends_with(": 192.0.2.9 (<scanner>), who may have come with it, rejected our certificate "
                             "(certificate_expired)."));
  EXPECT_TRUE(on_terminal(document).contains("certificate_expired"));
  EXPECT_TRUE(on_page(document).contains("certificate_expired"));
  EXPECT_FALSE(on_page(document).contains("<scanner>"));
}

TEST(Answers, ShowTheSessionsThatBroughtNone) {
  auto document = test::answered();
  auto& probe = document.probes.front();
  auto early = probe.sessions.front();
  early.started -= std::chrono::seconds(9);
  early.end = "closed";
  probe.sessions.insert(probe.sessions.begin(), early);
  EXPECT_EQ(empty_sessions(probe).size(), 1U);
  EXPECT_NE(on_terminal(document).find("a session that brought no message"), std::string::npos);
  EXPECT_NE(on_page(document).find("Sessions that brought no message"), std::string::npos);
}

TEST(Answers, AreNoSectionWhereNoneWasAskedFor) {
  const auto document = test::good_delivery();
  EXPECT_FALSE(has_answers_section(document.probes.front()));
  EXPECT_EQ(on_page(document).find("its answer</h2>"), std::string::npos);
}

std::string sentence(const evidence::Document& document) { return probe_sentence(document.probes.front(), document); }

TEST(Answers, AreInTheHeadline) {
  EXPECT_NE(sentence(test::answered()).find("and answered after 4"), std::string::npos);
  EXPECT_NE(sentence(test::bounced()).find("then returned: 550 5.1.1 No such user"), std::string::npos);
  auto document = test::bounced();
  document.probes[0].replies[0].statuses[0].recipient = document.probes[0].from;
  EXPECT_NE(sentence(document).find("; what it sent on to us came back, for our own receiver did not take it."),
            std::string::npos)
      << sentence(document);
}

}  // namespace
}  // namespace mailprobe::reporter
