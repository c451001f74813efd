// One of several targets of a run: its arguments, and where its reports go.
#include "app/run_targets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mailprobe::app {
namespace {

using ::testing::ElementsAre;

Mailbox mailbox(std::string_view text) { return *Mailbox::parse(text); }

TEST(RunTargets, TheArgumentsAskForOneAlone) {
  const std::vector<std::string> all{"run",    "f.yaml", "--to", "a@x.test", "--to=b@y.test",
                                     "--jobs", "2",      "--to", "c@z.test"};
  EXPECT_THAT(arguments_for(mailbox("a@x.test"), all), ElementsAre("run", "f.yaml", "--to", "a@x.test", "--jobs", "2"));
  EXPECT_THAT(arguments_for(mailbox("b@y.test"), all), ElementsAre("run", "f.yaml", "--to=b@y.test", "--jobs", "2"));
}

TEST(RunTargets, TheReportsAreNamedForThem) {
  OutputPaths paths;
  paths.json = "out.json";
  paths.junit = "results/all.tests.xml";
  paths.html = "report";
  const auto own = paths_for(mailbox("a@x.test").text(), paths, "--to");
  ASSERT_TRUE(own);
  EXPECT_EQ(own->json, "out-a@x.test.json");
  EXPECT_EQ(own->junit, "results/all.tests-a@x.test.xml");
  EXPECT_EQ(own->html, "report-a@x.test");
  EXPECT_EQ(own->csv, std::nullopt);
  EXPECT_EQ(paths_for(mailbox("\"a/b\"@x.test").text(), paths, "--to")->html, "report-\"a_b\"@x.test");
}

TEST(RunTargets, StandardOutputHasRoomForOne) {
  OutputPaths paths;
  paths.json = "-";
  const auto own = paths_for(mailbox("a@x.test").text(), paths, "--to");
  ASSERT_FALSE(own);
  EXPECT_EQ(own.error().kind, Failure::usage);
}

}  // namespace
}  // namespace mailprobe::app
