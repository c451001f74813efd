#include "lab/imap_search.h"

#include <gtest/gtest.h>

#include "lab/imap_limits.h"

namespace mailprobe::lab {
namespace {

MailStore::Message message() {
  return {.uid = 17,
          .received = *parse_rfc3339("2026-01-31T12:00:00Z"),
          .raw =
              "From: Probe <probe@probe.test>\r\nTo: reflector@target.test\r\nSubject: A long\r\n subject\r\n"
              "Date: Fri, 30 Jan 2026 23:00:00 +0000\r\nX-Mailprobe-Id: abc\r\n\r\nThe Body of it\r\n"};
}

struct Row {
  std::string_view keys;
  bool holds;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.keys; }

class Search : public testing::TestWithParam<Row> {};

TEST_P(Search, Decides) {
  const auto arguments = parse_arguments(GetParam().keys);
  ASSERT_TRUE(arguments);
  const auto question = parse_search(*arguments);
  ASSERT_TRUE(question) << question.error().message;
  const auto subject = message();
  EXPECT_EQ((*question)({subject, 2, 3, 19}), GetParam().holds);
}

constexpr Row rows[] = {
    {"ALL", true},
    {"UNSEEN", true},
    {"seen", false},
    {"DELETED", false},
    {"UNDELETED", true},
    {"NEW", false},
    {"OLD", true},
    {"FLAGGED", false},
    {"UNDRAFT", true},
    {"2", true},
    {"1,3", false},
    {"1:*", true},
    {"*", false},
    {"UID 17", true},
    {"UID 18:*", false},
    {"UID *", false},
    {"HEADER X-Mailprobe-Id abc", true},
    {"HEADER x-mailprobe-id \"B\"", true},
    {"HEADER X-Mailprobe-Id abd", false},
    {"HEADER X-Mailprobe-Id \"\"", true},
    {"HEADER Absent \"\"", false},
    {"HEADER Subject \"long subject\"", true},
    {"SUBJECT \"LONG\"", true},
    {"FROM probe@", true},
    {"TO probe@", false},
    {"CC x", false},
    {"BODY \"the body\"", true},
    {"BODY abc", false},
    {"TEXT abc", true},
    {"TEXT nothing", false},
    {"NOT ALL", false},
    {"NOT NOT ALL", true},
    {"OR SEEN UNSEEN", true},
    {"OR SEEN DELETED", false},
    {"OR SEEN OR DELETED ALL", true},
    {"UNSEEN SUBJECT nothing", false},
    {"(UNSEEN UID 17)", true},
    {"NOT (UNSEEN SEEN)", true},
    {"LARGER 10", true},
    {"SMALLER 10", false},
    {"KEYWORD $Junk", false},
    {"UNKEYWORD $Junk", true},
    {"SINCE 31-Jan-2026", true},
    {"ON 31-Jan-2026", true},
    {"BEFORE 31-Jan-2026", false},
    {"SENTON 30-Jan-2026", true},
    {"SENTSINCE 31-Jan-2026", false},
    {"SENTBEFORE \"1-Feb-2026\"", true},
    {"CHARSET UTF-8 SUBJECT long", true},
    {"CHARSET us-ascii NOT ALL", false},
};

INSTANTIATE_TEST_SUITE_P(Lab, Search, testing::ValuesIn(rows), [](const auto& row) {
  std::string name = std::to_string(row.index) + "_";
  for (const char c : row.param.keys)
    if (std::isalnum(static_cast<unsigned char>(c))) name += c;
  return name;
});

TEST(SearchKeys, ThatAreNoneAreRefused) {
  for (const auto* keys : {"FROB", "NOT", "OR ALL", "HEADER Subject", "SUBJECT", "SUBJECT (a)", "UID", "UID x",
                           "LARGER x", "SINCE yesterday", "()", "\"ALL\"", "RETURN (ALL) ALL", "CHARSET UTF-8", "0"}) {
    const auto arguments = parse_arguments(keys);
    ASSERT_TRUE(arguments) << keys;
    const auto question = parse_search(*arguments);
    ASSERT_FALSE(question) << keys;
    EXPECT_EQ(question.error().kind, Failure::protocol) << keys;
  }
  EXPECT_FALSE(parse_search({}));
  EXPECT_EQ(parse_search(*parse_arguments("CHARSET KOI8-R ALL")).error().kind, Failure::unsupported);
}

TEST(SearchKeys, NestOnlySoDeep) {
  const auto nots = [](std::size_t count) {
    std::string keys;
    for (std::size_t i = 0; i < count; ++i) keys += "NOT ";
    return *parse_arguments(keys + "ALL");
  };
  EXPECT_TRUE(parse_search(nots(max_imap_depth)));
  EXPECT_FALSE(parse_search(nots(max_imap_depth + 1)));
}

}  // namespace
}  // namespace mailprobe::lab
