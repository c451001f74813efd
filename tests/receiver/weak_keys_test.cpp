// Keys that nobody is to accept: published as long as somebody holds them, and by no other name.
#include "receiver/weak_keys.h"

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <fstream>

#include "dns/records.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::receiver {
namespace {

const std::string selector = "abcdefghijklmnopqrstuvwxyz", record = "v=DKIM1; k=rsa; p=AAAA";

class WeakKeysTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path folder() const { return folder_.path() / "weak-keys"; }
  const test::TemporaryFolder folder_;
  const WeakKeys keys_{folder()};
};

TEST_F(WeakKeysTest, IsThereAsLongAsItIsHeld) {
  {
    const auto held = keys_.publish(selector, record);
    ASSERT_TRUE(held) << held.error().message;
    EXPECT_EQ(keys_.find(selector), record);
    EXPECT_EQ(WeakKeys(folder()).find("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), record) << "names have no case";
    EXPECT_EQ(keys_.find("another"), std::nullopt);
  }
  EXPECT_EQ(keys_.find(selector), std::nullopt);
  EXPECT_TRUE(std::filesystem::is_empty(folder()));
}

TEST_F(WeakKeysTest, OfAProcessThatWasKilledThereIsNone) {
  const auto child = fork();
  if (child == 0) {
    const auto held = keys_.publish(selector, record);
    _exit(held ? 0 : 1);  // nothing is taken away
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_TRUE(std::filesystem::exists(folder() / selector));
  EXPECT_EQ(keys_.find(selector), std::nullopt);
  EXPECT_TRUE(keys_.publish(selector, record)) << "the run goes on";
}

TEST_F(WeakKeysTest, NoNameLeadsOutOfTheFolder) {
  ASSERT_TRUE(keys_.publish(selector, record));
  std::ofstream(folder_.path() / "outside") << record;
  for (const auto* name : {"../outside", "..", ".", "", "a/b"}) {
    EXPECT_FALSE(keys_.publish(name, record)) << name;
    EXPECT_EQ(keys_.find(name), std::nullopt) << name;
  }
}

TEST_F(WeakKeysTest, OfTheZoneOnlyTheKeyIsMadeUp) {
  const auto names = keys_.names();
  const auto held = keys_.publish(selector, record);
  const auto key = names({"_domainkey", selector});
  ASSERT_TRUE(key);
  EXPECT_EQ(key->at(static_cast<std::uint16_t>(dns::Type::txt)).rdata, std::vector{dns::txt_to_wire(record)});
  const auto between = names({"_domainkey"});
  ASSERT_TRUE(between);
  EXPECT_TRUE(between->empty()) << "an empty non-terminal (RFC 8020)";
  EXPECT_FALSE(names({"_domainkey", "another"}));
  EXPECT_FALSE(names({"_domainkey", selector, "below"}));
  EXPECT_FALSE(names({"_dmarc"}));
  EXPECT_FALSE(names({"_dmarc", selector}));
}

}  // namespace
}  // namespace mailprobe::receiver
