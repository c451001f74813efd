// --only, --tag, --repeat: what is left of scenarios, and that a control is left with what it is the control of.
#include "scenarios/selection.h"

#include "scenarios/suites.h"
#include "tests/scenarios/loaded.h"

namespace mailprobe::scenarios {
namespace {

constexpr auto text = R"(
tags: [daily]
probes:
  - {name: plain, tags: [quick]}
  - name: broken
    matrix: {kind: [body-hash, signature]}
    send: {dkim: {fault: "${kind}"}}
  - {name: right, control_of: broken}
expect: [p95(latency) < 30s]
)";

std::string left(const Selection& selection) {
  std::vector<Scenario> all{loaded(text)};
  const auto done = select(all, selection);
  if (!done) return done.error().message;
  std::string names;
  for (const auto& probe : all.at(0).probes) names += (names.empty() ? "" : " ") + probe.name;
  return names + (all[0].expect.empty() ? "" : ", all");
}

TEST(Selection, OfNamesAndTags) {
  EXPECT_EQ(left({}), "plain broken/body-hash broken/signature right, all");
  EXPECT_EQ(left({.only = {"plain"}}), "plain");
  EXPECT_EQ(left({.only = {"pl*"}}), "plain");
  EXPECT_EQ(left({.tags = {"quick"}}), "plain");
  EXPECT_EQ(left({.tags = {"daily"}}), "plain broken/body-hash broken/signature right, all");
}

TEST(Selection, AControlStaysWithWhatItIsTheControlOf) {
  EXPECT_EQ(left({.only = {"broken"}}), "broken/body-hash broken/signature right");
  EXPECT_EQ(left({.only = {"broken/signature"}}), "broken/signature right");
  EXPECT_EQ(left({.only = {"right"}}), "right");
}

TEST(Selection, ANameThatIsNobodysIsTold) {
  EXPECT_EQ(left({.only = {"plian"}}), "--only \"plian\" fits no probe: did you mean \"plain\"?");
  EXPECT_EQ(left({.tags = {"none"}}), "--tag \"none\" fits no probe: there are daily or quick");
  EXPECT_EQ(left({.only = {"right"}, .tags = {"quick"}}),
            "--only and --tag together fit no probe: leave one of them out");
}

TEST(Selection, TakesTheNamesThatReportsHave) {
  EXPECT_EQ(left({.only = {"daily:plain"}}), "plain");
  EXPECT_EQ(left({.only = {"daily:broken/signature"}}), "broken/signature right");
  std::vector<Scenario> two{loaded(text), loaded(text)};
  two[1].name = "other";
  ASSERT_TRUE(select(two, {.only = {"other:plain"}}));
  ASSERT_EQ(two.size(), 1U);
  EXPECT_EQ(two[0].name, "other");
  std::vector<Scenario> again{loaded(text), loaded(text)};
  again[1].name = "other";
  EXPECT_EQ(select(again, {.only = {"other:plian"}}).error().message,
            "--only \"other:plian\" fits no probe: did you mean \"other:plain\"?");
}

TEST(Selection, KeepsWhatHoldsOfEachProbe) {
  std::vector<Scenario> all{loaded(std::string(text).replace(std::string(text).find("[p95"), 0,
                                                             "[mailbox exists, "
                                                             "published.mx == pass]\n#"))};
  ASSERT_TRUE(select(all, {.only = {"plain"}}));
  ASSERT_EQ(all[0].expect.size(), 2U);
  EXPECT_EQ(all[0].expect[0].text, "mailbox exists");
}

TEST(Selection, RepeatsEachProbe) {
  std::vector<Scenario> all{loaded(text)};
  ASSERT_TRUE(select(all, {.repeat = 7}));
  for (const auto& probe : all[0].probes) EXPECT_EQ(probe.repeat, 7);
}

TEST(Suites, AreScenariosOfTheirNames) {
  ASSERT_FALSE(suites().empty());
  for (const auto& suite : suites()) {
    const auto scenario = load(suite.text, std::string(suite.name), outside());
    ASSERT_TRUE(scenario) << scenario.error().message;
    EXPECT_EQ(scenario->name, suite.name);
    EXPECT_FALSE(scenario->description.empty());
    for (const auto& probe : scenario->probes) EXPECT_FALSE(probe.expect.empty()) << probe.name;
  }
}

}  // namespace
}  // namespace mailprobe::scenarios
