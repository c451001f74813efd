#include "base/safe_text.h"

#include <gtest/gtest.h>

namespace mailprobe {
namespace {

struct Row {
  const char* name;
  std::string in, out;
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }

class SafeText : public testing::TestWithParam<Row> {};

TEST_P(SafeText, Escapes) { EXPECT_EQ(safe_text(GetParam().in), GetParam().out); }

INSTANTIATE_TEST_SUITE_P(
    Rows, SafeText,
    testing::Values(Row{"plain", "250 ok \\ \"quoted\"", "250 ok \\ \"quoted\""},
                    Row{"utf8_stays", "grüße 漢字 😀", "grüße 漢字 😀"},
                    Row{"escape_sequence", "\x1b[31m", "\\x1b[31m"}, Row{"cr_lf_tab", "a\r\n\tb", "a\\x0d\\x0a\\x09b"},
                    Row{"nul", std::string("a\0b", 3), "a\\x00b"}, Row{"c1", "\xc2\x9b", "\\xc2\\x9b"},
                    Row{"bidi_override", "\xe2\x80\xae", "\\xe2\\x80\\xae"},
                    Row{"isolate", "\xe2\x81\xa6", "\\xe2\\x81\\xa6"},
                    Row{"line_separator", "\xe2\x80\xa8", "\\xe2\\x80\\xa8"}, Row{"not_utf8", "\xff\xc3", "\\xff\\xc3"},
                    Row{"overlong", "\xc0\xaf", "\\xc0\\xaf"}, Row{"surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(SafeTextLimit, CutsWithAnEllipsis) { EXPECT_EQ(safe_text("abcdef", 3), "abc…"); }

TEST(ValidUtf8, ReplacesWhatIsNot) {
  EXPECT_EQ(valid_utf8("a\xff\xc3(ü"), "a\xef\xbf\xbd\xef\xbf\xbd(ü");
  EXPECT_EQ(valid_utf8("\x1b"), "\x1b");
}

}  // namespace
}  // namespace mailprobe
