// Lines of `expect`: how they are read, how they are printed again, what is said of those that are none.
#include "scenarios/expression.h"

#include <gtest/gtest.h>

#include "scenarios/glob.h"
#include "scenarios/known_paths.h"

namespace mailprobe::scenarios {
namespace {

std::string said(std::string_view text) {
  const auto expression = parse_expression(text);
  if (!expression) return expression.error().message;
  const auto known = check_paths(*expression);
  return known ? "none" : known.error().message;
}

class Line : public testing::TestWithParam<const char*> {};

TEST_P(Line, IsPrintedAsItIsRead) {
  const auto expression = parse_expression(GetParam());
  ASSERT_TRUE(expression) << expression.error().message;
  EXPECT_EQ(to_text(*expression), GetParam());
  EXPECT_EQ(said(GetParam()), "none");
}

INSTANTIATE_TEST_SUITE_P(
    OfTheContract, Line,
    testing::Values("smtp.tls.version >= TLSv1.2", "dkim[r1].result == pass",
                    "dkim[\"r1 simple/simple\"].result != fail", "dmarc.disposition == none", "mailbox.folder == INBOX",
                    "latency < 60s", "latency >= 1s", "inbound.dmarc-evaluated >= evaluated",
                    "path.dkim-survival == pass", "path.delivered != fail", "any(reply exists, mailbox exists)",
                    "all(spf.result == pass, not(mailbox.folder == Junk))", "smtp.outcome in [accepted, temporary]",
                    "smtp.reply.text contains queued", "mailbox.folder matches J*k", "p95(latency) < 30s",
                    "max(latency, plain) <= 2m", "min(reply.delay_ms, text:) > 1s", "smtp.tls.sni == \"\"",
                    "smtp.reply.code == 250", "smtp.starttls_offered == true",
                    "smtp.reply.text contains \"a \\\"b\\\" \\\\\"", "dkim exists", "arc.result == none"));

struct Row {
  const char* text;
  const char* says;
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.text; }

class WrongLine : public testing::TestWithParam<Row> {};

TEST_P(WrongLine, IsToldWithWhatWouldFit) {
  const auto message = said(GetParam().text);
  EXPECT_NE(message.find(GetParam().says), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(
    Each, WrongLine,
    testing::Values(
        Row{"", "here is nothing: a path like mailbox.folder"}, Row{"mailbox", "here is nothing: ==, !="},
        Row{"mailbox = x", "here is \"=\": == compares"}, Row{"mailbox.folder ==", "a word, a number or a \"text\""},
        Row{"mailbox.folder == a b", "the end of the line, or any("}, Row{"any(mailbox exists", "\")\" belongs here"},
        Row{"not(mailbox exists, reply exists)", "\")\" belongs here"}, Row{"\"mailbox\" exists", "a path like"},
        Row{"mailbox.folder == \"IN", "a quoted text has no end"}, Row{"mailbox..folder exists", "is no path"},
        Row{"dkim[r1][r2].result == pass", "takes one [key]"}, Row{"p100(latency) < 1s", "p1(…) to p99(…)"},
        Row{"smtp.outcome in accepted", "a list like [a, b]"}, Row{"mailbox.folder is INBOX", "==, !=, <"},
        Row{"dkim.reslut == pass", "did you mean \"result\"?"},
        Row{"mailbx.folder == INBOX", "there is no \"mailbx.folder\""},
        Row{"smtp.tls.version == TLSv1.5", "\"smtp.tls.version\" is never \"TLSv1.5\": did you mean"},
        Row{"dkim.result == passed", "is never \"passed\""},
        Row{"smtp.outcome == acepted", "did you mean \"accepted\"?"},
        Row{"latency < INBOX", "is no number of milliseconds and no duration"},
        Row{"latency < 0.5m", "in whole numbers, like 30s or 1m30s"}, Row{"smtp exists[", "belongs here"},
        Row{"mailbox == INBOX", "has members: compare one of them"}, Row{"mailbox.folder < INBOX", "has no order"},
        Row{"p95(mailbox.folder) < 3", "is no number"}, Row{"p95(latency) == 3s", "compared with <, <=, > or >="},
        Row{"smtp[x].outcome == accepted", "is no list"}, Row{"inbound.spf-evaluated >= pass", "is never \"pass\""},
        Row{"path.delivered >= evaluated", "\"path.delivered\" has no grade"},
        Row{"path.delivered == enforced", "is never \"enforced\""},
        Row{"smtp.port == 30s", "\"30s\" is no number, which \"smtp.port\" is"},
        Row{"path.deliverd == pass", "path.delivered"}));

TEST(Expression, IsBounded) {
  std::string deep, text;
  for (int i = 0; i < 11; ++i) deep += "not(";
  EXPECT_NE(said(deep + "mailbox exists").find("nested too deeply"), std::string::npos);
  for (int i = 0; i < 300; ++i) text += text.empty() ? "any(mailbox exists" : ", mailbox exists";
  EXPECT_NE(said(text + ")").find("too long"), std::string::npos);
  EXPECT_NE(said(std::string(9000, 'a')).find("8,000 bytes"), std::string::npos);
}

TEST(Glob, MatchesTheWholeTextWithoutRegardToCase) {
  for (const auto* pattern : {"*", "INBOX", "inbox", "IN*", "*x", "I?BOX", "*n*o*", "INBOX*"})
    EXPECT_TRUE(glob_matches("INBOX", pattern)) << pattern;
  for (const auto* pattern : {"", "IN", "?", "I?OX", "*y", "INBOX?"})
    EXPECT_FALSE(glob_matches("INBOX", pattern)) << pattern;
  EXPECT_TRUE(glob_matches("", "*"));
  EXPECT_TRUE(glob_matches("", ""));
}

TEST(Glob, CostsNoMoreThanTheProductOfTheLengths) {
  EXPECT_FALSE(glob_matches(std::string(10'000, 'a'), "*a*a*a*a*a*a*a*a*a*a*a*a*b"));
}

}  // namespace
}  // namespace mailprobe::scenarios
