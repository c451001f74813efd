// Which message of ours an answer is about, by its own words. The answers are those of tests/data/answers, too.
#include "evidence/answered_ids.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "tests/support/conformance.h"

namespace mailprobe::evidence {
namespace {

using Ids = std::vector<std::string>;

Ids ids_of(const std::string& raw, std::string_view reverse_path = "someone@target.test") {
  return answered_ids(auth::split_message(raw), reverse_path);
}

std::string case_of(const std::string& name) {
  const auto text = test::read_file(test::data("answers") / (name + ".txt"));
  return to_crlf(std::string_view(text).substr(text.find("\n\n") + 2));
}

TEST(AnsweredIds, AreThoseOfInReplyToAndThenOfReferencesTheLastOneFirst) {
  EXPECT_EQ(ids_of("References: <one@probe.test> <two@target.test>\r\n <three@probe.test>\r\n"
                   "In-Reply-To: <FOUR@probe.test>\r\n\r\nHello.\r\n"),
            (Ids{"four", "three", "two", "one"}));
  EXPECT_EQ(ids_of("In-Reply-To: Your message of Saturday <one@probe.test>\r\n"
                   "References: <one@probe.test>\r\n\r\n"),
            Ids{"one"});
}

TEST(AnsweredIds, AreNotWhatCannotBeOurs) {
  EXPECT_EQ(ids_of("In-Reply-To: <../abc@probe.test> <a.b@probe.test> <@probe.test> <abc> abc\r\n\r\n"), Ids{});
  EXPECT_EQ(ids_of("In-Reply-To: <" + std::string(65, 'a') + "@probe.test>\r\n\r\n"), Ids{});
  EXPECT_EQ(ids_of("Message-ID: <abc@probe.test>\r\nX-Mailprobe-Id: abc\r\n\r\nMessage-ID: <abc@probe.test>\r\n"),
            Ids{})
      << "its own, and what a person quotes";
  EXPECT_EQ(ids_of(""), Ids{});
}

TEST(AnsweredIds, AreOfTheHeaderThatABounceReturns) {
  EXPECT_EQ(ids_of(case_of("postfix-bounce"), ""), Ids{"abc"});
  auto raw = case_of("postfix-bounce");
  raw.replace(raw.find("Message-ID:"), 11, "X-Mailprobe-Id: def\r\nMessage-ID:");
  EXPECT_EQ(ids_of(raw, "postmaster@target.test"), (Ids{"def", "abc"})) << "whatever its reverse-path is";
  EXPECT_EQ(ids_of("In-Reply-To: <ghi@target.test>\r\n" + raw), (Ids{"ghi", "def", "abc"}));
}

TEST(AnsweredIds, AreOfTheHeaderInTheTextOfABounceInPlainWords) {
  for (const auto* name : {"qmail-bounce", "old-exim-bounce"}) {
    const auto raw = case_of(name) + "\r\nFrom: probe@probe.test\r\nMessage-Id: <abc@probe.test>\r\n\r\nId: xyz\r\n";
    EXPECT_EQ(ids_of(raw, ""), Ids{"abc"}) << name;
    EXPECT_EQ(ids_of(raw, "someone@target.test"), Ids{}) << "a person may quote anything";
  }
}

TEST(AnsweredIds, AreOfAReportWithinAnotherMultipart) {
  EXPECT_EQ(ids_of(case_of("wrapped-bounce"), ""), Ids{"abc"});
  EXPECT_EQ(ids_of(case_of("wrapped-bounce")), Ids{}) << "a person may show anything";
}

TEST(AnsweredIds, AreNoneOfAComplaint) {
  EXPECT_EQ(ids_of("In-Reply-To: <abc@probe.test>\r\n" + case_of("complaint")), Ids{});
}

TEST(AnsweredIds, AreBounded) {
  std::string field = "In-Reply-To:";
  for (int i = 0; i < 1000; ++i) field += "\r\n <a" + std::to_string(i) + "@probe.test>";
  EXPECT_EQ(ids_of(field + "\r\n\r\n").size(), max_answered_ids);
  std::string text = "From: MAILER-DAEMON@mx.target.test\r\n\r\n" + std::string(2000, '\n');
  EXPECT_EQ(ids_of(to_crlf(text + "Message-ID: <abc@probe.test>\n"), ""), Ids{});
}

}  // namespace
}  // namespace mailprobe::evidence
