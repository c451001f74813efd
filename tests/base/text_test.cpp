#include "base/text.h"

#include <gtest/gtest.h>

namespace mailprobe {
namespace {

TEST(Text, ComparesWithoutCase) {
  EXPECT_TRUE(iequals("STARTTLS", "starttls"));
  EXPECT_FALSE(iequals("STARTTLS", "starttl"));
  EXPECT_TRUE(istarts_with("Message-ID: <a>", "message-id"));
  EXPECT_EQ(ifind("X-Message-Id", "ID"), 10U);
  EXPECT_EQ(ifind("abc", "d"), std::string_view::npos);
  EXPECT_EQ(ifind("abc", ""), 0U);
}

TEST(Text, SplitsWithEmptyParts) {
  const auto parts = split("a,,b,", ',');
  ASSERT_EQ(parts.size(), 4U);
  EXPECT_EQ(parts[1], "");
  EXPECT_EQ(parts[3], "");
  EXPECT_EQ(split("", ',').size(), 1U);
}

TEST(Text, NumbersAreDigitsOnly) {
  EXPECT_EQ(parse_number("0"), 0U);
  EXPECT_EQ(parse_number("18446744073709551615"), 18446744073709551615ULL);
  for (const auto* bad : {"", "-1", "+1", " 1", "1 ", "0x1", "18446744073709551616"})
    EXPECT_FALSE(parse_number(bad)) << bad;
}

TEST(Text, EveryLineEndingBecomesCrlf) {
  EXPECT_EQ(to_crlf("a\nb\r\nc\rd"), "a\r\nb\r\nc\r\nd");
  EXPECT_EQ(to_crlf("\r\r\n\n"), "\r\n\r\n\r\n");
  EXPECT_EQ(to_crlf(to_crlf("x\n")), "x\r\n");
}

TEST(Text, EditDistance) {
  EXPECT_EQ(edit_distance("mailboxes", "mailboxes"), 0U);
  EXPECT_EQ(edit_distance("mailboxs", "mailboxes"), 1U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

}  // namespace
}  // namespace mailprobe
