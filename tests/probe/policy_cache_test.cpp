// MTA-STS policies from one run to the next.
#include <gtest/gtest.h>

#include "probe/policy_cache.h"
#include "tests/probe/fixture.h"
#include "tests/support/conformance.h"

namespace mailprobe::probe {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const Time then = *parse_rfc3339("2026-01-31T12:00:00Z");

CachedPolicy entry() {
  return {.id = "1",
          .policy = {StsMode::enforce, {"mx.target.test", "*.b.test"}, 3600},
          .fetched = then,
          .from = "192.0.2.80"};
}

class Cache : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path file() const {
    const auto files = test::files_below(folder_.path(), ".json");
    return files.empty() ? std::filesystem::path() : files.front();
  }

  test::TemporaryFolder folder_;
  PolicyCache cache_{folder_.path() / "mta-sts"};
};

TEST_F(Cache, GivesBackWhatWasKept) {
  ASSERT_TRUE(cache_.keep("Target.test", entry()));
  const auto found = cache_.find("target.TEST", then + seconds(10));
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->id, "1");
  EXPECT_EQ((*found)->policy, entry().policy);
  EXPECT_EQ((*found)->fetched, then);
  EXPECT_EQ((*found)->from, "192.0.2.80");
  EXPECT_FALSE(*cache_.find("other.test", then));
}

TEST_F(Cache, ForgetsWhatHasExpired) {
  ASSERT_TRUE(cache_.keep("target.test", entry()));
  EXPECT_TRUE(*cache_.find("target.test", then + seconds(3599)));
  EXPECT_FALSE(*cache_.find("target.test", then + seconds(3600)));
}

TEST_F(Cache, DoesNotBelieveTheFuture) {
  ASSERT_TRUE(cache_.keep("target.test", entry()));
  EXPECT_FALSE(*cache_.find("target.test", then - hours(48)));
}

TEST_F(Cache, KeepsTheNewest) {
  ASSERT_TRUE(cache_.keep("target.test", entry()));
  auto next = entry();
  next.id = "2";
  ASSERT_TRUE(cache_.keep("target.test", next));
  EXPECT_EQ((*cache_.find("target.test", then))->id, "2");
  EXPECT_EQ(test::files_below(folder_.path(), ".json").size(), 1U);
}

TEST_F(Cache, ADamagedFileIsAnErrorAndIsWrittenAnew) {
  ASSERT_TRUE(cache_.keep("target.test", entry()));
  for (const auto* text : {"", "{", "[]", "{\"domain\":\"target.test\"}", "\xff\xfe"}) {
    test::write_file(file(), text);
    const auto found = cache_.find("target.test", then);
    ASSERT_FALSE(found) << text;
    EXPECT_NE(found.error().message.find("damaged"), std::string::npos);
  }
  ASSERT_TRUE(cache_.keep("target.test", entry()));
  EXPECT_TRUE(*cache_.find("target.test", then));
}

TEST_F(Cache, AnotherDomainsFileDoesNotCount) {
  ASSERT_TRUE(cache_.keep("target.test", entry()));
  auto text = test::read_file(file());
  text.replace(text.find("target.test"), 11, "tarket.test");
  test::write_file(file(), text);
  EXPECT_FALSE(cache_.find("target.test", then));
}

TEST_F(Cache, AFolderThatCannotBeIsAnError) {
  test::write_file(folder_.path() / "mta-sts", "a file");
  EXPECT_FALSE(cache_.keep("target.test", entry()));
}

}  // namespace
}  // namespace mailprobe::probe
