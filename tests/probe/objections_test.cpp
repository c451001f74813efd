// Who is suppressed by what came: only who got a message of ours, by its id or by who DMARC vouches for.
#include "probe/objections.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "tests/probe/fixture.h"
#include "tests/support/conformance.h"

namespace mailprobe::probe {
namespace {

using test::mailbox;

const std::string id = "abcdefghijklmnopqrstuvwxyz";

std::string case_of(const std::string& name) {
  const auto text = mailprobe::test::read_file(mailprobe::test::data("answers") / (name + ".txt"));
  return to_crlf(std::string_view(text).substr(text.find("\n\n") + 2));
}

std::string with(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

class ObjectionsTest : public testing::Test {
 protected:
  ObjectionsTest() {
    const auto then = *parse_rfc3339("2026-01-31T12:00:00Z");
    EXPECT_TRUE(SentTo::beside(runs_).note(id, mailbox("tired@target.test"), "probe.test", then));
    session_.mail_from = "feedback@target.test";
  }

  /// What is said about it; "nothing": it is no objection.
  std::string heed(const std::string& raw) {
    const auto done = Objections(runs_).heed({.raw = raw, .session = session_, .dmarc = dmarc_},
                                             *parse_rfc3339("2026-02-01T12:00:00Z"));
    return !done ? "error: " + done.error().message : done->value_or("nothing");
  }
  [[nodiscard]] std::vector<std::string> suppressed() const { return Suppression::beside(runs_).lines().value(); }
  void vouched(const std::string& domain) {
    dmarc_.result = auth::DmarcOutcome::pass;
    dmarc_.domain = domain;
  }

  test::TemporaryFolder folder_;
  std::filesystem::path runs_ = folder_.path() / "runs";
  evidence::Session session_;
  auth::Dmarc dmarc_;
};

TEST_F(ObjectionsTest, AComplaintSuppressesWhoGotTheProbeThatItIsAbout) {
  const auto why = "a complaint (abuse) about message " + id;
  EXPECT_EQ(heed(case_of("complaint")), "tired@target.test is suppressed from now on: " + why);
  EXPECT_EQ(suppressed(), std::vector<std::string>{"tired@target.test  # since 2026-02-01: " + why});
  const auto permitted = Suppression::beside(runs_).permits(mailbox("tired@target.test"));
  ASSERT_FALSE(permitted);
  EXPECT_NE(permitted.error().message.find(why), std::string::npos) << permitted.error().message;
  EXPECT_EQ(heed(case_of("complaint")), "tired@target.test is suppressed already: " + why);
  EXPECT_EQ(suppressed().size(), 1U);
}

TEST_F(ObjectionsTest, TheHeaderAloneIsEnoughAndARecipientDisguised) {
  EXPECT_TRUE(heed(case_of("complaint-of-header")).starts_with("tired@target.test is suppressed from now on"));
}

TEST_F(ObjectionsTest, OurMessageIdIsEnoughWhereOurFieldIsGone) {
  EXPECT_TRUE(heed(with(case_of("complaint"), "X-Mailprobe-Id: " + id + "\r\n", "")).contains("from now on"));
}

TEST_F(ObjectionsTest, AMessageThatWeNeverSentSuppressesNobody) {
  const auto forged = with(case_of("complaint"), id, "zyxwvutsrqponmlkjihgfedcba");
  EXPECT_EQ(heed(forged), "a complaint (abuse) came that is tied to no message of ours: nobody is suppressed by it");
  EXPECT_TRUE(suppressed().empty());
}

TEST_F(ObjectionsTest, WhomDmarcVouchesForSpeaksForItsOwnDomainAlone) {
  const auto without_id = with(case_of("complaint"), id, "disguised");
  vouched("elsewhere.test");
  EXPECT_TRUE(heed(without_id).contains("tied to no message of ours"));
  vouched("mail.target.test");
  EXPECT_TRUE(heed(without_id).starts_with("tired@target.test is suppressed from now on"));
}

TEST_F(ObjectionsTest, WhoGotNothingIsNotSuppressed) {
  vouched("target.test");
  EXPECT_TRUE(heed(with(with(case_of("complaint"), id, "disguised"), "tired@", "awake@")).contains("tied to no"));
  EXPECT_TRUE(suppressed().empty());
}

TEST_F(ObjectionsTest, AnOptOutIsTiedByTheTokenThatItWasSentTo) {
  session_.mail_from = "somebody.else@target.test";
  session_.probe = id;
  EXPECT_EQ(heed(case_of("opt-out")), "tired@target.test is suppressed from now on: an opt-out about message " + id);
}

TEST_F(ObjectionsTest, AnOptOutIsTiedByWhatItAnswers) {
  const auto raw = "In-Reply-To: <other@target.test>\r\nReferences: <other@target.test>\r\n <" + id +
                   "@probe.test>\r\n" + case_of("opt-out-by-subject");
  EXPECT_TRUE(heed(raw).contains("from now on"));
}

TEST_F(ObjectionsTest, AnOptOutFromNowhereNeedsDmarcAndThatWeWroteToIt) {
  const auto raw = case_of("opt-out-by-subject");
  EXPECT_TRUE(heed(raw).contains("tied to no message of ours"));
  vouched("target.test");
  EXPECT_TRUE(heed(with(raw, "tired@target.test", "tired@target.test, other@target.test")).contains("tied to no"));
  EXPECT_EQ(heed(raw), "tired@target.test is suppressed from now on: an opt-out from target.test, by DMARC");
}

TEST_F(ObjectionsTest, OtherMailIsNone) {
  session_.probe = id;
  for (const auto* name : {"person", "person-says-stop", "responder-says-stop", "quotes-stop", "no-complaint",
                           "postfix-bounce", "sieve-vacation", "reflector"})
    EXPECT_EQ(heed(case_of(name)), "nothing") << name;
  EXPECT_TRUE(suppressed().empty());
}

TEST_F(ObjectionsTest, AListThatCannotBeWrittenIsAFaultOfOurs) {
  std::filesystem::create_directories(folder_.path() / "suppressed");
  EXPECT_TRUE(heed(case_of("complaint")).starts_with("error: "));
}

}  // namespace
}  // namespace mailprobe::probe
