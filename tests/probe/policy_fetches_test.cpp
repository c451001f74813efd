// Which fetches of our traps' policy a probe is told of.
#include "probe/policy_fetches.h"

#include <gtest/gtest.h>

#include "receiver/folder.h"
#include "receiver/policy_log.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::probe {
namespace {

using evidence::PolicyFetch;
using std::chrono::minutes;

Time noon() { return parse_rfc3339("2026-01-31T12:00:00Z").value(); }

PolicyFetch fetch(std::string outcome, minutes after, std::string address = "192.0.2.1") {
  return {.time = noon() + after, .address = std::move(address), .name = {}, .outcome = std::move(outcome)};
}

TEST(Telling, IsWhatShowsThatThePolicyWasThereOrNot) {
  const auto those =
      telling({fetch("served", minutes(-60)), fetch("refused", minutes(-50)), fetch("failed", minutes(-40)),
               fetch("left", minutes(1)), fetch("refused", minutes(2)), fetch("failed", minutes(3))},
              noon());
  ASSERT_EQ(those.size(), 3U);
  EXPECT_EQ(those[0].outcome, "served");
  EXPECT_EQ(those[1].outcome, "refused");
  EXPECT_EQ(those[2].outcome, "failed");
}

/// Neither one client that comes again and again nor many of them crowd the others out.
TEST(Telling, IsBounded) {
  std::vector<PolicyFetch> all;
  for (int i = 0; i < 100; ++i) all.push_back(fetch("not-found", minutes(-90), "198.51.100." + std::to_string(i)));
  for (int i = 0; i < 100; ++i) all.push_back(fetch("served", minutes(1), "198.51.100." + std::to_string(i)));
  for (int i = 0; i < 100; ++i) all.push_back(fetch("refused", minutes(2), "192.0.2.2"));
  all.push_back(fetch("refused", minutes(3), "192.0.2.3"));
  const auto those = telling(all, noon());
  EXPECT_EQ(those.size(), 50U + 50U + 3U + 1U);
  EXPECT_EQ(those.back().address, "192.0.2.3");
}

TEST(PolicyFetches, AreReadOutOfTheRecord) {
  const mailprobe::test::TemporaryFolder folder;
  Settings settings;
  settings.runs = (folder.path() / "runs").string();
  auto log = receiver::PolicyLog::open(folder.path() / "receiver" / "policy-fetches.jsonl");
  ASSERT_TRUE(log);
  for (const auto& one : {fetch("served", -std::chrono::days(2)), fetch("served", minutes(-60)),
                          fetch("refused", minutes(1)), fetch("left", minutes(1))})
    ASSERT_TRUE(log->add(one));
  evidence::Probe probe;
  note_policy_fetches(settings, probe);
  EXPECT_FALSE(probe.traps);
  probe.traps.emplace();
  probe.sent = evidence::Sent{.raw = {}, .at = noon()};
  note_policy_fetches(settings, probe);
  note_policy_fetches(settings, probe);
  ASSERT_EQ(probe.traps->policy_fetches.size(), 2U) << "each once, none older than a policy is kept";
  EXPECT_EQ(probe.traps->policy_fetches[0].time, noon() - minutes(60));
  EXPECT_EQ(probe.traps->policy_fetches[1].outcome, "refused");
}

}  // namespace
}  // namespace mailprobe::probe
