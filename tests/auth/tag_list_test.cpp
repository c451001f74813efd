#include "auth/tag_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mailprobe::auth {
namespace {

struct Case {
  std::string_view name, text;
  std::string_view error;  // part of it; empty: good
};

class TagLists : public testing::TestWithParam<Case> {};

TEST_P(TagLists, Parse) {
  const auto list = TagList::parse(GetParam().text);
  if (GetParam().error.empty()) {
    EXPECT_TRUE(list) << list.error().message;
  } else {
    ASSERT_FALSE(list);
    EXPECT_THAT(list.error().message, testing::HasSubstr(GetParam().error));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Syntax, TagLists,
    testing::Values(Case{"plain", "v=1; a=b", ""}, Case{"final_semicolon", "v=1;", ""},
                    Case{"folds_and_spaces", "v = 1 ;\r\n\ta\r\n = b\r\n c", ""}, Case{"empty_value", "p=", ""},
                    Case{"equals_in_the_value", "b=YQ==", ""}, Case{"utf8", "i=\xc3\xbc@b", ""},
                    Case{"twice", "a=1; a=2", "a occurs twice"}, Case{"no_equals", "v=1; abc", "no '=' in 'abc'"},
                    Case{"empty_in_the_middle", "v=1;;a=b", "no '='"}, Case{"bad_name", "1a=b", "'1a' is not"},
                    Case{"no_name", "=b", "'' is not a tag"}, Case{"control_character", "a=b\x01", "not allowed"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(TagListValues, AreTrimmedAndCaseMatters) {
  const auto list = TagList::parse(" a = x y \r\n ; A=z").value();
  EXPECT_EQ(list.get("a"), "x y");
  EXPECT_EQ(list.get("A"), "z");
  EXPECT_EQ(list.get("b"), std::nullopt);
  EXPECT_EQ(without_white_space(" a\r\n\tb "), "ab");
}

TEST(TagListLimits, Hold) {
  EXPECT_FALSE(TagList::parse("a=" + std::string(17'000, 'x')));
  std::string many;
  for (int i = 0; i < 101; ++i) many += "a" + std::to_string(i) + "=1;";
  EXPECT_FALSE(TagList::parse(many));
}

}  // namespace
}  // namespace mailprobe::auth
