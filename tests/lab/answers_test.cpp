// What the lab's targets answer, as messages.
#include "lab/answers.h"

#include <gtest/gtest.h>

#include "auth/header_block.h"
#include "evidence/answer.h"
#include "tests/lab/running_lab.h"
#include "tls/authority.h"

namespace mailprobe::lab {
namespace {

auth::SigningKey key() {
  tls::IssueOptions wanted;
  wanted.subject = "a1";
  wanted.key = tls::KeyType::ed25519;
  const auto authority = need(tls::Authority::make("test"));
  return need(auth::SigningKey::from_pem(need(authority.issue(std::move(wanted))).key_pem));
}

Question question(const std::string& header = "") {
  return {.raw = "From: probe@probe.test\r\nReply-To: <probe+abc@probe.test>\r\nMessage-ID: <abc@probe.test>\r\n" +
                 header + "\r\nHello.\r\n",
          .reverse_path = path("probe+abc@probe.test"),
          .recipient = need(Mailbox::parse("responder@target.test")),
          .host = "mx.target.test"};
}

std::vector<AnswerMail> all_answers(const Question& asked, Answering how) {
  return answers_to(asked, how, key(), Time(std::chrono::seconds(1)));
}

std::optional<AnswerMail> answered(const Question& asked, Answering how) {
  auto mails = all_answers(asked, how);
  if (mails.empty()) return std::nullopt;
  return std::move(mails.front());
}

evidence::AnswerKind kind_of(Answering how) {
  const auto mail = answered(question(), how);
  return evidence::read_answer(mail->message, mail->reverse_path.text()).kind;
}

TEST(LabAnswers, AreWhatTheyAreCalled) {
  EXPECT_EQ(word(kind_of(Answering::person)), "person");
  EXPECT_EQ(word(kind_of(Answering::careless)), "person");
  EXPECT_EQ(word(kind_of(Answering::late)), "person");
  EXPECT_EQ(word(kind_of(Answering::vacation)), "vacation");
  EXPECT_EQ(word(kind_of(Answering::bounce)), "bounce");
  EXPECT_EQ(word(kind_of(Answering::ticket)), "vacation");
}

TEST(LabAnswers, GoWhereSuchAnswersGo) {
  auto asked = question();
  asked.reverse_path = path("bounces@probe.test");
  EXPECT_EQ(answered(asked, Answering::person)->to.text(), "probe+abc@probe.test");
  EXPECT_EQ(answered(asked, Answering::person)->reverse_path.text(), "responder@target.test");
  EXPECT_EQ(answered(asked, Answering::vacation)->to.text(), "bounces@probe.test");
  EXPECT_TRUE(answered(asked, Answering::vacation)->reverse_path.null());
  EXPECT_EQ(answered(asked, Answering::bounce)->to.text(), "bounces@probe.test");
  EXPECT_TRUE(answered(asked, Answering::bounce)->reverse_path.null());
  EXPECT_EQ(answered(asked, Answering::ticket)->to.text(), "probe@probe.test");
}

TEST(LabAnswers, GoToEveryAddressThatIsAskedFor) {
  const auto asked = question(
      "X-Mailprobe-Answer-To: probe+abc@trap-good.probe.test\r\n"
      "X-Mailprobe-Answer-To: no address\r\n"
      "x-mailprobe-answer-to:\r\n probe+abc@trap-bogus.probe.test\r\n");
  for (const auto how : {Answering::obedient, Answering::opportunistic}) {
    const auto mails = all_answers(asked, how);
    ASSERT_EQ(mails.size(), 3U);
    EXPECT_EQ(mails[0].to.text(), "probe+abc@probe.test");
    EXPECT_EQ(mails[1].to.text(), "probe+abc@trap-good.probe.test");
    EXPECT_EQ(mails[2].to.text(), "probe+abc@trap-bogus.probe.test");
  }
  EXPECT_EQ(all_answers(asked, Answering::person).size(), 1U) << "a person answers once";
  std::string many;
  for (int i = 0; i < 100; ++i) many += "X-Mailprobe-Answer-To: a@b.test\r\n";
  EXPECT_EQ(all_answers(question(many), Answering::obedient).size(), 33U);
}

TEST(LabAnswers, AreNotGivenToMachines) {
  EXPECT_FALSE(answered(question("Auto-Submitted: auto-generated\r\n"), Answering::vacation));
  EXPECT_FALSE(answered(question("Auto-Submitted: auto-replied\r\n"), Answering::person));
  EXPECT_TRUE(answered(question("Auto-Submitted: no\r\n"), Answering::vacation));
  EXPECT_TRUE(answered(question("Auto-Submitted: auto-generated\r\n"), Answering::bounce));
  auto null = question();
  null.reverse_path = Path();
  for (const auto how : {Answering::person, Answering::vacation, Answering::bounce}) EXPECT_FALSE(answered(null, how));
}

TEST(LabAnswers, SayWhyTheyBounce) {
  const auto mail = answered(question(), Answering::bounce);
  const auto answer = evidence::read_answer(mail->message, "");
  ASSERT_EQ(answer.statuses.size(), 1U);
  EXPECT_EQ(answer.statuses[0].status, "5.2.2");
  EXPECT_EQ(answer.statuses[0].diagnostic, "552 5.2.2 The mailbox is full");
}

TEST(LabAnswers, HaveTheirAddresses) {
  EXPECT_EQ(answering_of("Responder", "target.test"), Answering::person);
  EXPECT_EQ(answering_of("tickets", "target.test"), Answering::ticket);
  EXPECT_EQ(answering_of("bouncer", "target.test"), Answering::bounce);
  EXPECT_EQ(answering_of("reflector", "target.test"), Answering::obedient);
  EXPECT_EQ(answering_of("reflector", "footer.test"), Answering::none);
}

TEST(LabAnswers, AForwarderSendsTheMessageItselfUnderAPathOfItsOwn) {
  auto asked = question("X-Mailprobe-Id: abc\r\nSubject: Test\r\nAuto-Submitted: auto-generated\r\n");
  asked.trace = "Authentication-Results: mx.target.test; spf=pass\r\nReceived: by mx.target.test\r\n";
  const auto mail = answered(asked, Answering::forward);
  ASSERT_TRUE(mail);
  EXPECT_EQ(mail->to.text(), "probe@probe.test");
  EXPECT_TRUE(mail->reverse_path.text().starts_with("SRS0=")) << mail->reverse_path.text();
  EXPECT_TRUE(mail->reverse_path.text().ends_with("=probe.test=probe+abc@target.test")) << mail->reverse_path.text();
  EXPECT_TRUE(mail->message.starts_with("ARC-Seal: ")) << mail->message;
  EXPECT_TRUE(mail->message.ends_with(asked.trace + asked.raw));
}

TEST(LabAnswers, ABadForwarderChangesItAndKeepsThePath) {
  const auto asked = question("Subject: Test\r\n");
  const auto mail = answered(asked, Answering::forward_badly);
  ASSERT_TRUE(mail);
  EXPECT_EQ(mail->reverse_path.text(), asked.reverse_path.text());
  EXPECT_NE(mail->message.find("Subject: [forwarded] Test\r\n"), std::string::npos);
  EXPECT_EQ(mail->message.find("ARC-Seal"), std::string::npos);
  EXPECT_FALSE(mail->message.ends_with(asked.raw));
}

}  // namespace
}  // namespace mailprobe::lab
