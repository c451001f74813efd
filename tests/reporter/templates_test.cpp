// A user's own templates: what takes the place of what, and what is refused, with its line.
#include "reporter/templates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "reporter/template_check.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string page_by(const Templates& templates) {
  return html(test::assessed(test::compared()), evidence::embedded, templates);
}

TEST(OwnTemplates, NothingReplacedIsThePageThatIsBuiltIn) {
  EXPECT_EQ(page_by(Templates{}), html(test::assessed(test::compared()), evidence::embedded));
}

TEST(OwnTemplates, EachThatIsBuiltInMayBeOnesOwn) {
  Templates templates;
  for (const auto& name : Templates{}.names()) {
    const auto replaced = templates.replace(name, Templates{}.text(name));
    EXPECT_TRUE(replaced) << name << ":" << replaced.error().message;
  }
  EXPECT_EQ(page_by(templates), page_by(Templates{}));
}

TEST(OwnTemplates, AreUsed) {
  Templates templates;
  ASSERT_TRUE(templates.replace("findings",
                                "<section id=\"findings\">{{#groups}}<h2>mine: {{title}}</h2>{{/groups}}</section>"));
  ASSERT_TRUE(templates.replace("badge", "<b class=\"mine\">{{label}}</b>"));
  const auto page = page_by(templates);
  EXPECT_THAT(page, HasSubstr("<h2>mine: "));
  EXPECT_THAT(page, HasSubstr("<b class=\"mine\">"));
  EXPECT_THAT(page, Not(HasSubstr("<article class=\"finding")));
}

TEST(OwnTemplates, AStyleSheetOfOnesOwnIsTheOneThatApplies) {
  Templates templates;
  const std::string style = "body{color:#123456}";
  ASSERT_TRUE(templates.replace("style", style));
  const auto page = page_by(templates);
  EXPECT_THAT(page, HasSubstr("<style>" + style + "</style>"));
  EXPECT_THAT(page, HasSubstr("style-src 'sha256-" + base64(sha256(style)) + "'"));
}

TEST(OwnTemplates, WhatComesFromOutsideIsEscapedThereToo) {
  Templates templates;
  ASSERT_TRUE(templates.replace("run", "<p title=\"{{sentence}}\">{{#run_terms}}{{value}}{{/run_terms}}</p>"));
  auto document = test::assessed(test::good_delivery());
  document.run.command = "<script>alert(1)</script>\" onload=\"x";
  const auto page = html(document, evidence::embedded, templates);
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("onload=\"")));
}

struct Bad {
  const char *name, *of, *text, *says;
};
void PrintTo(const Bad& bad, std::ostream* os) { *os << bad.name; }

class BadTemplate : public testing::TestWithParam<Bad> {};

TEST_P(BadTemplate, IsRefusedWithItsLine) {
  Templates templates;
  const auto replaced = templates.replace(GetParam().of, GetParam().text);
  ASSERT_FALSE(replaced);
  EXPECT_EQ(replaced.error().kind, Failure::usage);
  EXPECT_THAT(replaced.error().message, testing::StartsWith(GetParam().says));
  EXPECT_EQ(page_by(templates), page_by(Templates{})) << "nothing of it is used";
}

INSTANTIATE_TEST_SUITE_P(
    Each, BadTemplate,
    testing::Values(
        Bad{"no_such_template", "finding", "", "1: there is no template \"finding\""},
        Bad{"tag_without_end", "findings", "a\n\n{{summary", "3: a tag begins here and does not end"},
        Bad{"section_without_end", "findings", "\n{{#groups}}\n{{title}}", "2: the section {{groups}} begins here"},
        Bad{"section_without_begin", "findings", "{{/groups}}", "1: no section {{groups}} is open here"},
        Bad{"crossed_sections", "findings", "{{#groups}}\n{{#masthead}}\n{{/groups}}{{/masthead}}",
            "3: the section {{masthead}} of line 2 is open here, not {{groups}}"},
        Bad{"unknown_name", "findings", "\n\n\n{{sumary}}",
            "4: nothing is called {{sumary}}: did you mean \"summary\"?"},
        Bad{"unknown_section", "findings", "{{#nobody_has_this_name}}{{/nobody_has_this_name}}",
            "1: nothing is called"},
        Bad{"three_braces", "findings", "\n{{{summary}}}", "2: {{summary}} would be written without escaping"},
        Bad{"ampersand", "findings", "{{& summary}}", "1: {{summary}} would be written without escaping"},
        Bad{"delimiters", "findings", "{{=<% %>=}}<%& summary%>", "1: other delimiters"},
        Bad{"unknown_partial", "findings", "{{>evil}}", "1: {{>evil}} is no partial"},
        Bad{"partial_spelt_otherwise", "findings", "{{> badge}}", "1: {{> badge}} is no partial"},
        Bad{"lines_within_a_tag", "findings", "{{!\n\n}}\n{{/x}}", "4: no section"},
        Bad{"control_characters", "findings", "{{\x1b[2J}}", "1: nothing is called {{\\x1b[2J}}"},
        Bad{"not_utf8", "findings", "\xff", "1: not UTF-8"},
        Bad{"markup_in_a_style", "style", "body{}\n</style><script>", "2: no < in a style sheet"},
        Bad{"remote_in_a_style", "style", "\n\na{background:url(http://x)}", "3: no url("},
        Bad{"import_in_a_style", "style", "@import 'x';", "1: no @import"}),
    [](const auto& info) { return info.param.name; });

TEST(OwnTemplates, TooLargeIsRefused) {
  EXPECT_FALSE(Templates{}.replace("findings", std::string(max_template + 1, 'x')));
}

TEST(TemplateNames, AreThoseOfVariablesAndSections) {
  EXPECT_THAT(names_in("{{a}}{{#b}}{{^ c }}{{/b}}{{!d}}{{>badge}}"), testing::ElementsAre("a", "b", "c"));
}

}  // namespace
}  // namespace mailprobe::reporter
