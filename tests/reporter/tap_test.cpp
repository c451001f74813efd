#include <gtest/gtest.h>

#include <regex>

#include "base/text.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

class Tap : public test::EveryDocument {};

/// TAP 14: version, plan, then for each point a line and a YAML block of two spaces.
TEST_P(Tap, HasTheShapeOfVersion14) {
  const auto text = tap(document);
  const auto lines = split(text, '\n');
  ASSERT_GE(lines.size(), 2U);
  EXPECT_EQ(lines[0], "TAP version 14");
  EXPECT_EQ(lines[1], "1.." + std::to_string(document.findings.size() + document.expectations.size()));
  const std::regex point(R"((not )?ok (\d+) - .+)");
  const std::regex yaml(R"(  (---|\.\.\.|[a-z_]+:( ".*")?|  - ".*"))");
  std::size_t number = 0;
  for (std::size_t i = 2; i + 1 < lines.size(); ++i) {
    const std::string line(lines[i]);
    std::smatch match;
    if (std::regex_match(line, match, point))
      EXPECT_EQ(std::stoul(match[2]), ++number);
    else
      EXPECT_TRUE(std::regex_match(line, yaml) || line.starts_with("Bail out!")) << line;
  }
  EXPECT_EQ(number, document.findings.size() + document.expectations.size());
}

FOR_EVERY_DOCUMENT(Tap);

}  // namespace
}  // namespace mailprobe::reporter
