// Bodies that were changed on the way: text, white space, wrapping; and what large ones cost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/auth/mutations.h"

namespace mailprobe::auth {
namespace {

using testing::HasSubstr;

struct BodyCase {
  std::string_view name, sent, received;
  std::vector<std::string> expected;
  std::string diff;  // of the first
};

class Bodies : public testing::TestWithParam<BodyCase> {};

TEST_P(Bodies, AreNamed) {
  const auto& one = GetParam();
  const auto sent = header + plain + std::string(one.sent), received = header + plain + std::string(one.received);
  const auto found = find_mutations(sent, received);
  EXPECT_THAT(kinds(found), testing::UnorderedElementsAreArray(one.expected));
  for (const auto& mutation : found) {
    EXPECT_EQ(mutation.part, "body");
    ASSERT_TRUE(mutation.sent && mutation.received);
    EXPECT_LE(static_cast<std::size_t>(mutation.sent->second), sent.size());
    EXPECT_LE(static_cast<std::size_t>(mutation.received->second), received.size());
    EXPECT_LE(mutation.sent->first, mutation.sent->second);
    EXPECT_LE(mutation.received->first, mutation.received->second);
  }
  if (!one.diff.empty() && !found.empty()) EXPECT_EQ(only(found, one.expected.front()).diff, one.diff);
}

INSTANTIATE_TEST_SUITE_P(
    Named, Bodies,
    testing::Values(
        BodyCase{"unchanged", "Hello\r\n", "Hello\r\n", {}, ""},
        BodyCase{"footer",
                 "Hello\r\nBye\r\n",
                 "Hello\r\nBye\r\n-- \r\nlist footer\r\n",
                 {"footer-appended"},
                 " Hello\n Bye\n+-- \n+list footer\n"},
        BodyCase{
            "footer_after_empty_lines", "Hello\r\n\r\n", "Hello\r\n\r\n____\r\nfooter\r\n", {"footer-appended"}, ""},
        BodyCase{"footer_in_place_of_empty_lines", "Hello\r\n\r\n\r\n", "Hello\r\nfooter\r\n", {"footer-appended"}, ""},
        BodyCase{"footer_to_an_empty_body", "", "footer\r\n", {"footer-appended"}, "+footer\n"},
        BodyCase{"footer_without_a_line_of_its_own", "Hello", "Hello footer", {"footer-appended"}, ""},
        BodyCase{
            "footer_that_repeats_the_text", "Hello\r\n", "Hello\r\nHello\r\n", {"footer-appended"}, " Hello\n+Hello\n"},
        BodyCase{"text_in_front",
                 "Hello\r\nBye\r\n",
                 "EXTERNAL MAIL\r\nHello\r\nBye\r\n",
                 {"text-prepended"},
                 "+EXTERNAL MAIL\n Hello\n Bye\n"},
        BodyCase{"text_in_front_and_footer",
                 "Hello\r\nBye\r\n",
                 "CAUTION\r\n\r\nHello\r\nBye\r\n\r\nfooter\r\n",
                 {"text-prepended", "footer-appended"},
                 ""},
        BodyCase{"trailing_spaces_gone",
                 "Hello  \r\nBye\t\r\n",
                 "Hello\r\nBye\r\n",
                 {"trailing-white-space"},
                 "-Hello··\n+Hello\n-Bye→\n+Bye\n"},
        BodyCase{"trailing_spaces_gone_and_empty_lines_added",
                 "Hello \r\nBye\r\n",
                 "Hello\r\nBye\r\n\r\n",
                 {"trailing-white-space"},
                 "-Hello·\n+Hello\n …\n+\n"},
        BodyCase{"empty_lines_at_the_end", "Hello\r\n", "Hello\r\n\r\n\r\n", {"trailing-white-space"}, ""},
        BodyCase{"final_line_ending_added", "Hello", "Hello\r\n", {"trailing-white-space"}, ""},
        BodyCase{"spaces_within_lines", "Hello  World\r\n", "Hello World\r\n", {"white-space-changed"}, ""},
        BodyCase{"trailing_space_and_footer",
                 "Hello \r\nBye\r\n",
                 "Hello\r\nBye\r\nfooter\r\n",
                 {"trailing-white-space", "footer-appended"},
                 ""},
        BodyCase{"rewrapped",
                 "one two three four\r\nfive six\r\nEnd\r\n",
                 "one two three\r\nfour five six\r\nEnd\r\n",
                 {"lines-rewrapped"},
                 ""},
        BodyCase{"long_line_cut",
                 "onetwothree\r\nEnd\r\n",
                 "onetwo\r\n three\r\nEnd\r\n",
                 {"lines-rewrapped"},
                 "-onetwothree\n+onetwo\n+ three\n End\n"},
        BodyCase{"empty_line_within", "Hello\r\nBye\r\n", "Hello\r\n\r\nBye\r\n", {"lines-rewrapped"}, ""},
        BodyCase{"rewrapped_with_a_footer",
                 "one two three four five\r\n",
                 "one two three\r\nfour five\r\nfooter\r\n",
                 {"lines-rewrapped", "footer-appended"},
                 ""},
        BodyCase{"rewrapped_between_two_additions",
                 "one two three four five\r\n",
                 "CAUTION\r\none two three\r\nfour five\r\nfooter\r\n",
                 {"lines-rewrapped", "footer-appended", "text-prepended"},
                 ""},
        BodyCase{"bare_lf_repaired",
                 "Hello\nWorld\r\nBye\r\n",
                 "Hello\r\nWorld\r\nBye\r\n",
                 {"line-endings-changed"},
                 "-Hello\\x0a\n+Hello\\x0d\\x0a\n"},
        BodyCase{"bare_cr_repaired", "Hello\rWorld\r\n", "Hello\r\nWorld\r\n", {"line-endings-changed"}, ""},
        BodyCase{"cr_became_lf", "Hello\rWorld\r\n", "Hello\nWorld\r\n", {"line-endings-changed"}, ""},
        BodyCase{"bare_lf_after_the_text", "Hello\r\n\n", "Hello\r\n\r\n", {"line-endings-changed"}, ""},
        BodyCase{"all_lf_repaired_and_a_footer",
                 "Hello\nBye\n",
                 "Hello\r\nBye\r\nfooter\r\n",
                 {"line-endings-changed", "footer-appended"},
                 ""},
        BodyCase{"word_changed",
                 "Hello World\r\nBye\r\n",
                 "Hello world\r\nBye\r\n",
                 {"body-changed"},
                 "-Hello World\n+Hello world\n Bye\n"},
        BodyCase{"line_removed",
                 "Hello\r\nsecret\r\nBye\r\n",
                 "Hello\r\nBye\r\n",
                 {"body-changed"},
                 " Hello\n-secret\n Bye\n"},
        BodyCase{"cut_short", "Hello\r\nBye\r\n", "Hello\r\n", {"body-changed"}, " Hello\n-Bye\n"},
        BodyCase{"emptied", "Hello\r\n", "", {"body-changed"}, ""},
        BodyCase{"link_rewritten_and_footer",
                 "See http://a.example/\r\nBye\r\n",
                 "See http://safe.example/?u=a\r\nBye\r\nfooter\r\n",
                 {"body-changed", "footer-appended"},
                 ""},
        BodyCase{"from_line_quoted", "From here on\r\nBye\r\n", ">From here on\r\nBye\r\n", {"body-changed"}, ""},
        BodyCase{"line_added_within", "one\r\ntwo\r\n", "one\r\nadded\r\ntwo\r\n", {"body-changed"}, ""}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Footer, ShowsTheAddedBytesAndWhereTheyStand) {
  const auto sent = header + plain + "Hello\r\n\r\n", received = sent + "-- \r\nAdded by the list\r\n";
  const auto found = find_mutations(sent, received);
  const auto& footer = only(found, "footer-appended");
  EXPECT_EQ(footer.sent, (ByteRange{sent.size(), sent.size()}));
  EXPECT_EQ(bytes(received, footer.received), "-- \r\nAdded by the list\r\n");
  EXPECT_THAT(footer.diff, HasSubstr("+Added by the list\n"));
}

TEST(Diff, EscapesAndIsCapped) {
  const auto sent = header + plain + "Hello\r\n";
  std::string footer = "\x1b[31mred\x07\r\n";
  for (int i = 0; i < 1000; ++i) footer += "a line of the footer\r\n";
  const auto found = find_mutations(sent, sent + footer);
  const auto& diff = only(found, "footer-appended").diff;
  EXPECT_THAT(diff, HasSubstr("+\\x1b[31mred\\x07\n"));
  EXPECT_LE(diff.size(), 4096U);
  EXPECT_TRUE(diff.ends_with(" …\n"));
}

TEST(Diff, OfALongLineShowsWhereItChanged) {
  const std::string line(500, 'x');
  const auto found = find_mutations(header + plain + line + "before" + line, header + plain + line + "after" + line);
  EXPECT_THAT(only(found, "body-changed").diff, HasSubstr("xxxbefore"));
}

std::string large_body(std::size_t size, std::size_t line, unsigned char seed) {
  std::string body;
  body.reserve(size + line);
  unsigned state = seed;
  while (body.size() < size) {
    for (std::size_t i = 0; i < line; ++i) {
      state = state * 1103515245U + 12345U;
      body += static_cast<char>('a' + (state >> 16U) % 26);
    }
    body += "\r\n";
  }
  return body;
}

/// Made when the test runs, not when the program starts.
struct LargeCase {
  std::string_view name;
  std::string (*sent)(), (*received)();
};

class Large : public testing::TestWithParam<LargeCase> {};

TEST_P(Large, TenMegabytesTakeSeconds) {
  const auto sent = header + plain + GetParam().sent(), received = header + plain + GetParam().received();
  const auto start = std::chrono::steady_clock::now();
  const auto found = find_mutations(sent, received);
  EXPECT_FALSE(found.empty());
  // Generous: the sanitizers' build runs this too. Quadratic work would take hours.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(40));
}

constexpr std::size_t ten_megabytes = 10UL * 1024 * 1024;

std::string text() { return large_body(ten_megabytes, 76, 'a'); }
std::string one_line() { return std::string(ten_megabytes, 'x'); }
std::string empty_lines() { return large_body(ten_megabytes, 0, 'a'); }

INSTANTIATE_TEST_SUITE_P(
    Shapes, Large,
    testing::Values(LargeCase{"footer", text, [] { return text() + "footer\r\n"; }},
                    LargeCase{"another_text", text, [] { return large_body(ten_megabytes, 76, 'b'); }},
                    LargeCase{"one_line", one_line, [] { return one_line() + "y"; }},
                    LargeCase{"short_lines", [] { return large_body(ten_megabytes / 3, 1, 'a'); },
                              [] { return large_body(ten_megabytes / 3, 1, 'b'); }},
                    LargeCase{"nothing_but_empty_lines", empty_lines, [] { return "x" + empty_lines(); }},
                    LargeCase{"rewrapped", text, [] { return large_body(ten_megabytes, 400, 'a'); }}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace mailprobe::auth
