// What a journal says of each message: who goes on with the run goes by it.
#include "probe/fates.h"

#include <gtest/gtest.h>

namespace mailprobe::probe {
namespace {

struct Row {
  const char* name;
  std::vector<std::string> events;  // "reply accepted"
  bool decided;
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }

JournalLine line_of(const std::string& text) {
  const auto space = text.find(' ');
  JournalLine line{.t = Time{}, .probe = "p1", .event = *from_word<JournalEvent>(text.substr(0, space)), .details = {}};
  if (space == std::string::npos) return line;
  if (line.event == JournalEvent::reply) line.details = {{"outcome", text.substr(space + 1)}, {"code", "250"}};
  if (line.event == JournalEvent::found) line.details = {{text.substr(space + 1), "x"}};
  return line;
}

class OneFate : public testing::TestWithParam<Row> {};

TEST_P(OneFate, IsDecidedOrNot) {
  std::vector<JournalLine> lines{line_of("planned")};
  for (const auto& event : GetParam().events) lines.push_back(line_of(event));
  const auto fates = fates_of(lines);
  ASSERT_EQ(fates.size(), 1U);
  EXPECT_EQ(fates[0].decided(), GetParam().decided);
}

INSTANTIATE_TEST_SUITE_P(
    Each, OneFate,
    testing::Values(Row{"planned", {}, false}, Row{"before_mail", {"intent"}, false},
                    Row{"after_rcpt", {"intent", "rcpt"}, false},
                    Row{"dot_without_reply", {"intent", "rcpt", "dot"}, true},
                    Row{"accepted", {"intent", "rcpt", "dot", "reply accepted"}, true},
                    Row{"refused", {"intent", "reply rejected"}, true},
                    Row{"greylisted", {"intent", "reply temporary"}, false},
                    Row{"greylisted_at_the_dot", {"intent", "rcpt", "dot", "reply temporary"}, false},
                    Row{"dot_after_greylisting", {"intent", "reply temporary", "intent", "rcpt", "dot"}, true},
                    Row{"a_word_that_nobody_knows", {"intent", "reply fine"}, false}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Fates, AreInTheOrderOfThePlanWithTheirNames) {
  const auto of = [](const std::string& probe, JournalEvent event, std::map<std::string, std::string> details = {}) {
    return JournalLine{.t = Time{}, .probe = probe, .event = event, .details = std::move(details)};
  };
  const auto fates = fates_of({of("b", JournalEvent::planned, {{"name", "first"}}),
                               of("a", JournalEvent::planned, {{"name", "second"}}), of("a", JournalEvent::dot),
                               of("", JournalEvent::done), of("stranger", JournalEvent::dot)});
  ASSERT_EQ(fates.size(), 2U);
  EXPECT_EQ(fates[0].name, "first");
  EXPECT_FALSE(fates[0].decided());
  EXPECT_EQ(fates[1].probe, "a");
  EXPECT_TRUE(fates[1].open);
}

TEST(Fates, AnAnswerIsNoCopy) {
  EXPECT_FALSE(fates_of({line_of("planned"), line_of("found answer")})[0].found);
  EXPECT_TRUE(fates_of({line_of("planned"), line_of("found folder")})[0].found);
}

}  // namespace
}  // namespace mailprobe::probe
