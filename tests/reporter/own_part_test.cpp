// What may come from us stands beside what is not as it should be.
#include <gmock/gmock.h>

#include "evidence/assess.h"
#include "reporter/summary.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string rendered(const evidence::Document& document, const std::string& as) {
  return std::regex_replace(test::renderings(document).at(as), std::regex("\\s+"), " ");  // as it wraps
}

TEST(OwnPart, IsSaidWhereAFindingIsShown) {
  const auto document = test::blocked_by_a_list();
  for (const auto* renderer : {"html", "terminal", "markdown"})
    EXPECT_THAT(rendered(document, renderer), HasSubstr("May come from us")) << renderer;
  for (const auto* renderer : {"html", "terminal"})
    EXPECT_THAT(rendered(document, renderer), HasSubstr("self.blocklists (blocklist (10.2.0.192.zen.example)"))
        << renderer;
  EXPECT_THAT(rendered(document, "junit"), HasSubstr("may come from us: /findings/"));
  EXPECT_THAT(rendered(document, "tap"), HasSubstr("explained_by:"));
}

TEST(OwnPart, IsNothingWhereNothingOfOursFailed) {
  auto document = test::blocked();
  evidence::conclude(document, evidence::embedded);
  for (const auto* renderer : {"html", "terminal", "markdown"})
    EXPECT_THAT(rendered(document, renderer), Not(HasSubstr("May come from us"))) << renderer;
}

}  // namespace
}  // namespace mailprobe::reporter
