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

/// The slowest, the first to expire, and sums; what is wrong on purpose is left out.
TEST(NagiosData, OfManyMessagesIsAboutThemAll) {
  auto document = test::assessed(test::good_delivery());
  document.probes.resize(4, document.probes.front());
  document.probes[1].mailbox = test::junk_delivery().probes[0].mailbox;
  document.probes[1].mailbox->delay_ms = 9'000;
  document.probes[1].mailbox->dkim.front().result = auth::DkimOutcome::fail;
  document.probes[2] = test::rejected().probes[0];
  document.probes[2].smtp->duration_ms = 1'500;
  document.probes[3].fault = "dkim-body-hash";
  document.probes[3].mailbox->delay_ms = 60'000;
  for (auto& signature : document.probes[3].mailbox->dkim) signature.result = auth::DkimOutcome::fail;
  const auto line = nagios(document);
  for (const auto* datum : {" arrived=2;;;0;3", " junk=1;;;0;3", " latency=9.000s;;;0", " dkim_intact=7;;;0;8",
                            " session=1.500s;;;0", " certificate_days=333"})
    EXPECT_NE(line.find(datum), std::string::npos) << datum << " in " << line;
}

TEST(NagiosLine, CountsExpectationsOnce) {
  const auto line = nagios(test::assessed(test::scenario_run()));
  EXPECT_NE(line.find(" expectations=2;;;0;4"), std::string::npos) << line;
  const auto at = line.find("of 4 expectations hold");
  ASSERT_NE(at, std::string::npos);
  EXPECT_EQ(line.find("of 4 expectations hold", at + 1), std::string::npos) << line;
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
