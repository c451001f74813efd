#include <gtest/gtest.h>

#include <regex>

#include "reporter/comparison.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

class Nagios : public test::EveryDocument {};

TEST_P(Nagios, IsOneLineOfTheProtocol) {
  const auto line = nagios(document);
  const std::regex shape(
      R"(MAILPROBE (OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+( \|( [a-z_]+=-?[0-9.]+s?(;[0-9.]*)*)+)?\n)");
  EXPECT_TRUE(std::regex_match(line, shape)) << line;
  constexpr std::array states{"OK", "WARNING", "CRITICAL", "UNKNOWN"};
  const auto state = states.at(static_cast<std::size_t>(evidence::nagios_status(document)));
  EXPECT_TRUE(line.starts_with(std::string("MAILPROBE ") + state + " - ")) << line;
}

FOR_EVERY_DOCUMENT(Nagios);

TEST(NagiosData, HoldsWhatMonitoringDrawsCurvesOf) {
  const auto line = nagios(test::assessed(test::footer_delivery()));
  for (const auto* datum : {" latency=0.420s;;;0", " session=0.015s;;;0", " handshake=0.004s;;;0",
                            " certificate_days=333", " dkim_intact=0;;;0;4"})
    EXPECT_NE(line.find(datum), std::string::npos) << datum << " in " << line;
}

TEST(NagiosLine, SaysWhatHasChangedSinceTheLastRun) {
  const auto document = test::assessed(test::compared());
  ASSERT_TRUE(document.comparison);
  EXPECT_NE(nagios(document).find("; since the last run " + difference_counts(*document.comparison)),
            std::string::npos);
  EXPECT_EQ(nagios(test::assessed(test::footer_delivery())).find("since the last run"), std::string::npos);
}

}  // namespace
}  // namespace mailprobe::reporter
