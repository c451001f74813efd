// What kind an answer is, and what a bounce says: the cases of tests/data/answers, each "from", "kind" and "status"
// lines, an empty line, and the message.
#include "evidence/answer.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "evidence/delivery_status.h"
#include "evidence/limits.h"
#include "tests/support/conformance.h"

namespace mailprobe::evidence {
namespace {

struct Case {
  std::string from, kind, message;
  std::vector<std::string> statuses;
};

Case read_case(const std::filesystem::path& file) {
  const auto text = test::read_file(file);
  const auto end = text.find("\n\n");
  Case wanted;
  wanted.message = to_crlf(std::string_view(text).substr(end + 2));
  for (const auto line : split(std::string_view(text).substr(0, end), '\n')) {
    const auto word = line.substr(0, line.find(' '));
    const auto rest = std::string(line.substr(word.size() + 1));
    if (word == "from") wanted.from = rest.substr(1, rest.size() - 2);
    if (word == "kind") wanted.kind = rest;
    if (word == "status") wanted.statuses.push_back(rest);
  }
  return wanted;
}

std::string line_of(const DeliveryStatus& status) {
  return status.recipient + "|" + status.action + "|" + status.status + "|" + status.diagnostic.value_or("") + "|" +
         status.remote_mta.value_or("") + "|" + status.reporting_mta.value_or("");
}

class AnswerCase : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(AnswerCase, IsToldWhatItIs) {
  const auto wanted = read_case(GetParam());
  const auto answer = read_answer(wanted.message, wanted.from);
  EXPECT_EQ(word(answer.kind), wanted.kind);
  std::vector<std::string> lines;
  for (const auto& status : answer.statuses) lines.push_back(line_of(status));
  EXPECT_EQ(lines, wanted.statuses);
}

INSTANTIATE_TEST_SUITE_P(Data, AnswerCase, testing::ValuesIn(test::files_below(test::data("answers"), ".txt")),
                         [](const auto& info) {
                           auto name = info.param.stem().string();
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(EnhancedCode, IsFoundWhereItIsOne) {
  EXPECT_EQ(enhanced_code_in("550 5.1.1 <a@b>: unknown"), "5.1.1");
  EXPECT_EQ(enhanced_code_in("unknown (#5.1.10)"), "5.1.10");
  EXPECT_EQ(enhanced_code_in("4.7.1"), "4.7.1");
  EXPECT_EQ(enhanced_code_in("192.5.1.1 said no"), "");
  EXPECT_EQ(enhanced_code_in("version 5.1.1.2"), "");
  EXPECT_EQ(enhanced_code_in("5.1.1b"), "");
  EXPECT_EQ(enhanced_code_in("3.1.1"), "");
  EXPECT_EQ(enhanced_code_in("5.1"), "");
  EXPECT_EQ(enhanced_code_in("5.1234.1 then 5.7.1"), "5.7.1");
}

TEST(TellingStatus, IsTheFailureBeforeTheDelay) {
  const std::vector<DeliveryStatus> all{{.recipient = "a", .action = "relayed", .status = {}},
                                        {.recipient = "b", .action = "delayed", .status = {}},
                                        {.recipient = "c", .action = "failed", .status = {}}};
  EXPECT_EQ(telling(all)->recipient, "c");
  EXPECT_EQ(telling({all[0], all[1]})->recipient, "b");
  EXPECT_EQ(telling({all[0]})->recipient, "a");
  EXPECT_EQ(telling({}), nullptr);
}

TEST(DeliveryStatuses, AreBounded) {
  std::string message =
      "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n";
  for (int i = 0; i < 1000; ++i)
    message += "Final-Recipient: rfc822; a@b\r\nAction: failed\r\nDiagnostic-Code: smtp; " + std::string(9000, 'x') +
               "\r\n\r\n";
  const auto answer = read_answer(message, "");
  ASSERT_EQ(answer.statuses.size(), max_statuses);
  EXPECT_EQ(answer.statuses.back().diagnostic->size(), max_status_text);
}

/// Bounces that others have collected: each is one, and says so of every recipient.
TEST(AnswerConformance, KnowsTheBouncesOfOthers) {
  MAILPROBE_CONFORMANCE(enmime, "mime-enmime");
  MAILPROBE_CONFORMANCE(python, "mime-python");
  const auto read = [](const std::filesystem::path& file) { return read_answer(to_crlf(test::read_file(file)), ""); };
  const auto simple = read(enmime / "dsn/simple_dsn.raw"), several = read(enmime / "dsn/multi_recipient_dsn.raw");
  EXPECT_EQ(word(simple.kind), "bounce");
  EXPECT_EQ(simple.statuses.size(), 1U);
  EXPECT_EQ(word(several.kind), "bounce");
  ASSERT_EQ(several.statuses.size(), 3U);
  EXPECT_EQ(several.statuses[0].diagnostic, "550 'arathib@vnet.IBM.COM' is not a registered gateway user");
  EXPECT_EQ(several.statuses[1].action, "delayed");
  EXPECT_EQ(word(read(enmime / "dsn/delayed_dsn.raw").kind), "delay");
  EXPECT_EQ(word(read(enmime / "dsn/simple_dsn_with_html.raw").kind), "bounce");
  EXPECT_GT(read(python / "msg_43.txt").statuses.size(), 10U);
}

}  // namespace
}  // namespace mailprobe::evidence
