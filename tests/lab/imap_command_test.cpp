#include "lab/imap_command.h"

#include <gtest/gtest.h>

#include "lab/imap_limits.h"
#include "lab/imap_set.h"

namespace mailprobe::lab {
namespace {

TEST(ImapCommand, HasTagNameAndArguments) {
  const auto command = parse_imap_command("A1 uid fetch 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (DATE \"X\")]<0.10>)");
  ASSERT_TRUE(command);
  EXPECT_EQ(command->tag, "A1");
  EXPECT_EQ(command->name, "FETCH");
  EXPECT_TRUE(command->uid);
  ASSERT_EQ(command->arguments.size(), 2U);
  EXPECT_EQ(command->arguments[0].text, "1:*");
  ASSERT_EQ(command->arguments[1].items.size(), 2U);
  EXPECT_EQ(command->arguments[1].items[1].text, "BODY.PEEK[HEADER.FIELDS (DATE \"X\")]<0.10>");
}

TEST(ImapCommand, ReadsQuotedStringsAndLiterals) {
  const auto command = parse_imap_command("1 LOGIN \"a \\\"b\\\\\" {4}\r\n(\"x) {0+}\r\n");
  ASSERT_TRUE(command);
  ASSERT_EQ(command->arguments.size(), 3U);
  EXPECT_EQ(command->arguments[0].text, "a \"b\\");
  EXPECT_EQ(command->arguments[1].text, "(\"x)");
  EXPECT_EQ(command->arguments[2].text, "");
}

struct Bad {
  std::string_view name, frame;
};
void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.name; }

class BadCommand : public testing::TestWithParam<Bad> {};

TEST_P(BadCommand, IsRefused) {
  const auto command = parse_imap_command(GetParam().frame);
  ASSERT_FALSE(command);
  EXPECT_EQ(command.error().kind, Failure::protocol);
  EXPECT_EQ(command.error().message.find_first_of("\r\n"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Lab, BadCommand,
    testing::Values(Bad{"Empty", ""}, Bad{"TagAlone", "a"}, Bad{"TagAndSpace", "a "}, Bad{"NoTag", " NOOP"},
                    Bad{"TagWithPlus", "+a NOOP"}, Bad{"NotAnAtom", "a \"NOOP\""}, Bad{"TwoSpaces", "a NOOP  b"},
                    Bad{"SpaceAtEnd", "a NOOP "}, Bad{"NoSpace", "a LOGIN \"a\"\"b\""}, Bad{"OpenList", "a LIST (b"},
                    Bad{"OpenQuote", "a LIST \"b"}, Bad{"QuoteEndsInBackslash", "a LIST \"b\\"},
                    Bad{"LineInQuote", "a LIST \"b\r\nc\""}, Bad{"OpenSection", "a FETCH 1 BODY[TEXT"},
                    Bad{"Closed", "a LIST b)"}, Bad{"ShortLiteral", "a LIST {5}\r\nabc"}, Bad{"Control", "a LIST \x01"},
                    Bad{"LineInSection", "a FETCH 1 BODY[HEADER.FIELDS (a\r\nb)]"}, Bad{"SpaceInList", "a LIST (b )"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ImapCommand, NestsOnlySoDeep) {
  const auto nested = [](std::size_t depth) { return "a X " + std::string(depth, '(') + std::string(depth, ')'); };
  EXPECT_TRUE(parse_imap_command(nested(max_imap_depth)));
  EXPECT_FALSE(parse_imap_command(nested(max_imap_depth + 1)));
}

TEST(ImapCommand, SeesAnnouncedLiterals) {
  EXPECT_EQ(announced("a LOGIN {12}")->size, 12U);
  EXPECT_TRUE(announced("a LOGIN {12}")->waits);
  EXPECT_FALSE(announced("a LOGIN {12+}")->waits);
  for (const auto* none : {"a LOGIN", "{}", "{-1}", "{+}", "{12} ", "12}", "{99999999999999999999999}"})
    EXPECT_FALSE(announced(none)) << none;
}

TEST(NumberSet, HoldsNumbersRangesAndTheLast) {
  const auto set = NumberSet::parse("2,4:6,20:*");
  ASSERT_TRUE(set);
  for (const std::uint32_t in : {2U, 4U, 5U, 6U, 10U}) EXPECT_TRUE(set->contains(in, 10)) << in;
  for (const std::uint32_t out : {1U, 3U, 7U, 9U}) EXPECT_FALSE(set->contains(out, 10)) << out;
  EXPECT_TRUE(NumberSet::parse("6:4")->contains(5, 10)) << "order does not matter";
  EXPECT_TRUE(NumberSet::parse("*")->contains(10, 10));
}

TEST(NumberSet, RefusesWhatIsNone) {
  for (const auto* text : {"", "0", "a", "1:", ":1", "1,,2", "1:2:3", "4294967296", "-1", "1:0", "$"})
    EXPECT_FALSE(NumberSet::parse(text)) << text;
  std::string many = "1";
  for (std::size_t i = 0; i < max_imap_ranges; ++i) many += ",1";
  EXPECT_FALSE(NumberSet::parse(many));
}

}  // namespace
}  // namespace mailprobe::lab
