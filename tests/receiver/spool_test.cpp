// Messages on disk: whole or not there, found again by another process.
#include <gtest/gtest.h>

#include <fstream>

#include "receiver/spool.h"
#include "tests/receiver/file_limit.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::receiver {
namespace {

class SpoolTest : public testing::Test {
 protected:
  [[nodiscard]] Spool open() const { return *Spool::open(folder_.path() / "spool"); }
  test::TemporaryFolder folder_;
};

TEST_F(SpoolTest, KeepsHeadAndMessageByteForByte) {
  auto spool = open();
  const std::string raw = "Subject: a\r\n\r\n\n\n.\r\n" + std::string(1, '\0') + "\xff";
  const auto name = spool.keep("{\"a\":1}", raw);
  ASSERT_TRUE(name) << name.error().message;
  const auto found = open().read(*name);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->head, "{\"a\":1}");
  EXPECT_EQ(found->raw, raw);
}

TEST_F(SpoolTest, NamesThemInTheOrderOfArrival) {
  auto spool = open();
  std::vector<std::string> names;
  for (int i = 0; i < 20; ++i) names.push_back(*spool.keep("{}", std::to_string(i)));
  const auto found = spool.names();
  ASSERT_EQ(found.size(), names.size());
  EXPECT_TRUE(std::is_permutation(found.begin(), found.end(), names.begin()));
  EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
}

TEST_F(SpoolTest, ForgetsWhatWasHalfWritten) {
  {
    (void)open();
    std::ofstream(folder_.path() / "spool" / "x.msg.new") << "half";
  }
  const auto spool = open();
  EXPECT_TRUE(spool.names().empty());
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "spool" / "x.msg.new"));
}

TEST_F(SpoolTest, RemovesOne) {
  auto spool = open();
  const auto first = *spool.keep("{}", "1"), second = *spool.keep("{}", "2");
  EXPECT_TRUE(spool.remove(first));
  EXPECT_EQ(spool.names(), std::vector<std::string>{second});
  EXPECT_FALSE(spool.read(first));
}

TEST_F(SpoolTest, HasNotesThatGoWithTheMessage) {
  auto spool = open();
  const auto name = *spool.keep("{}", "1");
  EXPECT_FALSE(spool.is_annotated(name));
  EXPECT_EQ(*spool.note(name), std::nullopt);
  ASSERT_TRUE(spool.annotate(name, "found"));
  EXPECT_TRUE(open().is_annotated(name));
  EXPECT_EQ(*open().note(name), "found");
  EXPECT_EQ(spool.names(), std::vector<std::string>{name});
  ASSERT_TRUE(spool.remove(name));
  EXPECT_FALSE(spool.is_annotated(name));
}

TEST_F(SpoolTest, SaysThatThereIsNoRoomLeft) {
  auto spool = open();
  {
    const FileLimit limit(4096);
    const auto name = spool.keep("{}", std::string(10'000, 'x'));
    ASSERT_FALSE(name);
    EXPECT_EQ(name.error().cause, Cause::own_limit) << name.error().message;
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "spool")) << "half a message takes room";
  EXPECT_TRUE(spool.keep("{}", "1"));
}

TEST_F(SpoolTest, SaysThatItsFolderCannotBeMade) {
  const auto spool = Spool::open("/dev/full/spool");
  ASSERT_FALSE(spool);
  EXPECT_EQ(spool.error().kind, Failure::ours);
}

}  // namespace
}  // namespace mailprobe::receiver
