// Where what outlives a run lies: beside the runs, however their folder is written.
#include "receiver/folder.h"

#include <gtest/gtest.h>

namespace mailprobe::receiver {
namespace {

TEST(HomeOf, IsTheSameWithASlashBehindTheRuns) {
  for (const auto* runs : {"/srv/mailprobe/runs", "/srv/mailprobe/runs/"}) {
    EXPECT_EQ(home_of(runs), "/srv/mailprobe") << runs;
    EXPECT_EQ(Folder::beside(runs).path, "/srv/mailprobe/receiver") << runs;
  }
  EXPECT_EQ(home_of("runs"), "");
  EXPECT_EQ(home_of("runs/"), "");
}

}  // namespace
}  // namespace mailprobe::receiver
