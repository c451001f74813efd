// Where responses end, and what may not be announced.
#include <gtest/gtest.h>

#include "imap/limits.h"
#include "tests/imap/frames.h"

namespace mailprobe::imap {
namespace {

using Frames = std::vector<std::string>;

TEST(Framing, ReadsTheSizeAtTheEndOfALine) {
  EXPECT_EQ(**announced_literal("* 1 FETCH (BODY[] {12}"), 12U);
  EXPECT_EQ(**announced_literal("* 1 FETCH (BODY[] {12+}"), 12U);
  EXPECT_EQ(**announced_literal("* 1 FETCH (BINARY[1] ~{0}"), 0U);
}

TEST(Framing, TakesOnlyASizeForOne) {
  for (const auto* line :
       {"* 1 FETCH (X {-1}", "* 1 FETCH (X {}", "* X {+}", "* X {1a}", "* X 1}", "* X {1} ", "", "}"})
    EXPECT_FALSE(*announced_literal(line)) << line;
}

TEST(Framing, RefusesSizesOverItsLimit) {
  for (const auto* line : {"{4294967296}", "{99999999999999999999999999}", "{16777217}"}) {
    const auto size = announced_literal(line);
    ASSERT_FALSE(size) << line;
    EXPECT_EQ(size.error().kind, Failure::protocol);
  }
  EXPECT_EQ(**announced_literal("{16777216}"), max_frame);
}

TEST(Framing, KeepsLiteralsInPlace) {
  EXPECT_EQ(*test::frames("* A {3}\r\na\r\n {0}\r\n)\r\n* B\r\n"), (Frames{"* A {3}\r\na\r\n {0}\r\n)", "* B"}));
}

TEST(Framing, TakesLinesOfWordsForPeopleWhole) {
  EXPECT_EQ(*test::frames("* OK see {5}\r\nA1 NO {99}\r\n+ {3}\r\n* bye {1}\r\n"),
            (Frames{"* OK see {5}", "A1 NO {99}", "+ {3}", "* bye {1}"}));
}

TEST(Framing, GoesOnWhereAFetchIsBrokenBetweenItsParts) {
  EXPECT_EQ(*test::frames("* 1 FETCH (A {1}\r\na \r\n)\r\n* B\r\n"), (Frames{"* 1 FETCH (A {1}\r\na  )", "* B"}));
  EXPECT_EQ(*test::frames("* LIST () NIL {1}\r\na\r\n* B\r\n"), (Frames{"* LIST () NIL {1}\r\na", "* B"}));
}

TEST(Framing, RefusesNulInLinesAndTakesItInLiterals) {
  using namespace std::string_view_literals;
  EXPECT_FALSE(test::frames("* A\0B\r\n"sv));
  EXPECT_TRUE(test::frames("* A {1}\r\n\0\r\n"sv));
}

TEST(Framing, BoundsAResponse) {
  Framer framer;
  const std::string half(max_frame / 2 + 1, 'x');
  EXPECT_TRUE(framer.line("* X {3}"));
  EXPECT_TRUE(framer.literal(half));
  const auto over = framer.literal(half);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().kind, Failure::protocol);
}

}  // namespace
}  // namespace mailprobe::imap
