#include "lab/mailbox.h"

#include <gtest/gtest.h>

namespace mailprobe::lab {
namespace {

TEST(MailStore, HasInboxAndJunk) {
  MailStore store;
  ASSERT_EQ(store.folders().size(), 2U);
  ASSERT_NE(store.find("inbox"), nullptr);
  EXPECT_EQ(store.find("inbox")->name, "INBOX");
  ASSERT_NE(store.find("Junk"), nullptr);
  EXPECT_EQ(store.find("Junk")->special_use, "\\Junk");
  EXPECT_EQ(store.find("junk"), nullptr) << "only INBOX is the same in any case";
  EXPECT_GT(store.find("Junk")->uidvalidity, 0U);
}

TEST(MailStore, CountsUidsByFolderAndNeverAgain) {
  MailStore store;
  store.append("INBOX", "one");
  store.append("Junk", "two");
  store.append("INBOX", "three");
  auto& inbox = *store.find("INBOX");
  ASSERT_EQ(inbox.messages.size(), 2U);
  EXPECT_EQ(inbox.messages[1].uid, 2U);
  EXPECT_EQ(inbox.messages[1].raw, "three");
  store.remove_if(inbox, [](const MailStore::Message& message) { return message.uid == 2; });
  store.append("INBOX", "four");
  EXPECT_EQ(inbox.messages[1].uid, 3U);
  EXPECT_EQ(inbox.uidnext, 4U);
}

TEST(MailStore, IgnoresAFolderThatIsNotThere) {
  MailStore store;
  store.append("Nowhere", "lost");
  for (const auto& folder : store.folders()) EXPECT_TRUE(folder.messages.empty());
}

TEST(MailStore, TellsWhoSubscribedUntilTheyGo) {
  MailStore store;
  int told = 0;
  const auto key = store.subscribe([&] { ++told; });
  store.append("INBOX", "one");
  EXPECT_EQ(told, 1);
  store.remove_if(*store.find("INBOX"), [](const auto&) { return false; });
  EXPECT_EQ(told, 1) << "nothing was removed";
  store.remove_if(*store.find("INBOX"), [](const auto&) { return true; });
  EXPECT_EQ(told, 2);
  store.unsubscribe(key);
  store.append("INBOX", "two");
  EXPECT_EQ(told, 2);
}

TEST(MailStore, MayBeLeftByWhoIsTold) {
  MailStore store;
  std::uint64_t key = 0;
  int told = 0;
  key = store.subscribe([&] {
    ++told;
    store.unsubscribe(key);
  });
  const auto other = store.subscribe([&] { ++told; });
  store.append("INBOX", "one");
  store.append("INBOX", "two");
  EXPECT_EQ(told, 3);
  store.unsubscribe(other);
}

}  // namespace
}  // namespace mailprobe::lab
