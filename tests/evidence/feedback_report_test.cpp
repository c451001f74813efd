// Feedback reports: what is read of one, what counts as a complaint, and that none is read where there is none. The
// reports are those of tests/data/answers.
#include "evidence/feedback_report.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "evidence/report_parts.h"
#include "tests/support/conformance.h"

namespace mailprobe::evidence {
namespace {

std::string case_of(const std::string& name) {
  const auto text = test::read_file(test::data("answers") / (name + ".txt"));
  return to_crlf(std::string_view(text).substr(text.find("\n\n") + 2));
}

std::optional<FeedbackReport> read(const std::string& raw) { return read_feedback_report(auth::split_message(raw)); }

std::string with(std::string text, std::string_view what, std::string_view by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

TEST(FeedbackReport, HasTypeRecipientAndTheHeaderOfTheMessage) {
  const auto report = read(case_of("complaint"));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->type, "abuse");
  EXPECT_EQ(report->recipients, std::vector<std::string>{"tired@target.test"});
  EXPECT_TRUE(report->returned_header.starts_with("From: probe@probe.test\r\n")) << report->returned_header;
  EXPECT_TRUE(report->returned_header.ends_with("Auto-Submitted: no\r\n")) << report->returned_header;
  EXPECT_TRUE(is_complaint(*report));
}

TEST(FeedbackReport, UndoesTransferEncodingsAndNeedsNoBrackets) {
  const auto report = read(case_of("complaint-of-header"));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->type, "fraud");
  EXPECT_EQ(report->recipients, std::vector<std::string>{"8c6e3a@target.test"});
  EXPECT_NE(report->returned_header.find("X-Mailprobe-Id: abcdefghijklmnopqrstuvwxyz\r\n"), std::string::npos);
}

TEST(FeedbackReport, TakesTheHeaderOfAMessageOfSeveralParts) {
  const auto raw = with(case_of("complaint"), "Auto-Submitted: no\r\n\r\nbody",
                        "Auto-Submitted: no\r\nContent-Type: multipart/mixed; boundary=b2\r\n\r\n--b2\r\n\r\nbody\r\n"
                        "--b2--");
  const auto report = read(raw);
  ASSERT_TRUE(report);
  EXPECT_NE(report->returned_header.find("X-Mailprobe-Id: abcdefghijklmnopqrstuvwxyz\r\n"), std::string::npos);
}

TEST(FeedbackReport, IsAComplaintOfEveryTypeThatDoesNotSayOtherwise) {
  for (const auto* type : {"abuse", "fraud", "virus", "other", "opt-out-list (RFC 9999)"}) {
    const auto report = read(with(case_of("complaint"), "Feedback-Type: abuse", std::string("Feedback-Type: ") + type));
    ASSERT_TRUE(report) << type;
    EXPECT_TRUE(is_complaint(*report)) << type;
  }
  for (const auto* type : {"not-spam", "Auth-Failure"}) {
    const auto report = read(with(case_of("complaint"), "Feedback-Type: abuse", std::string("Feedback-Type: ") + type));
    ASSERT_TRUE(report) << type;
    EXPECT_FALSE(is_complaint(*report)) << type;
  }
}

TEST(FeedbackReport, IsNoneWithoutItsTypes) {
  EXPECT_FALSE(read(with(case_of("complaint"), "report-type=feedback-report", "report-type=delivery-status")));
  EXPECT_FALSE(read(with(case_of("complaint"), "multipart/report", "multipart/mixed")));
  EXPECT_FALSE(read(with(case_of("complaint"), "message/feedback-report", "text/plain")));
  EXPECT_FALSE(read(with(case_of("complaint"), "Feedback-Type: abuse\r\n", "")));
  EXPECT_FALSE(read(case_of("postfix-bounce")));
}

TEST(FeedbackReport, IsBounded) {
  std::string recipients, fields;
  for (int i = 0; i < 100; ++i) recipients += "Original-Rcpt-To: a" + std::to_string(i) + "@b.test\r\n";
  while (fields.size() < 2 * max_returned_header) fields += "X-Filler: " + std::string(100, 'x') + "\r\n";
  auto raw = with(case_of("complaint"), "Original-Rcpt-To: <tired@target.test>\r\n", recipients);
  raw = with(raw, "Message-ID: <abc", fields + "Message-ID: <abc");
  const auto report = read(raw);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->recipients.size(), max_feedback_recipients);
  EXPECT_LE(report->returned_header.size(), max_returned_header);
  EXPECT_TRUE(report->returned_header.ends_with("\r\n"));
}

}  // namespace
}  // namespace mailprobe::evidence
