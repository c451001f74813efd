// Two sessions over one store: what one changes the other is told, with its own numbers.
#include "lab/mailbox_commands.h"

#include <gtest/gtest.h>

namespace mailprobe::lab {
namespace {

Answer ask(MailboxCommands& commands, std::string_view line) {
  const auto command = parse_imap_command("t " + std::string(line));
  if (!command) return {{}, "unparsed: " + command.error().message};
  const auto answer = commands.answer(*command);
  return answer ? *answer : Answer{{}, "unknown"};
}

std::string untagged(MailboxCommands& commands, std::string_view line) {
  const auto answer = ask(commands, line);
  EXPECT_TRUE(answer.status.starts_with("OK")) << line << ": " << answer.status;
  return answer.untagged;
}

class TwoSessions : public testing::Test {
 protected:
  TwoSessions() : one_(store_), two_(store_) {
    for (const auto* text : {"one", "two", "three"})
      store_.append("INBOX", "Subject: " + std::string(text) + "\r\n\r\n");
    untagged(one_, "SELECT INBOX");
    untagged(two_, "SELECT INBOX");
  }

  MailStore store_;
  MailboxCommands one_, two_;
};

TEST_F(TwoSessions, AreToldOfArrivals) {
  EXPECT_EQ(one_.news(), "");
  store_.append("Junk", "elsewhere");
  EXPECT_EQ(one_.news(), "");
  store_.append("INBOX", "four");
  store_.append("INBOX", "five");
  EXPECT_EQ(untagged(one_, "NOOP"), "* 5 EXISTS\r\n");
  EXPECT_EQ(one_.news(), "");
  EXPECT_EQ(two_.news(), "* 5 EXISTS\r\n");
}

TEST_F(TwoSessions, KeepTheirNumbersUntilTheyAreTold) {
  untagged(one_, "STORE 1:2 +FLAGS.SILENT (\\Deleted)");
  EXPECT_EQ(untagged(one_, "EXPUNGE"), "* 2 EXPUNGE\r\n* 1 EXPUNGE\r\n");
  EXPECT_EQ(untagged(two_, "FETCH 1:* UID"), "* 3 FETCH (UID 3)\r\n") << "gone, but nobody said so yet";
  EXPECT_EQ(untagged(two_, "SEARCH ALL"), "* SEARCH 3\r\n");
  EXPECT_EQ(untagged(two_, "UID SEARCH ALL"), "* SEARCH 3\r\n* 2 EXPUNGE\r\n* 1 EXPUNGE\r\n");
  EXPECT_EQ(untagged(two_, "FETCH 1 UID"), "* 1 FETCH (UID 3)\r\n");
}

TEST_F(TwoSessions, ExpungeOnlyWhatIsNamed) {
  untagged(one_, "STORE 1:* FLAGS.SILENT (\\Deleted)");
  EXPECT_EQ(untagged(one_, "UID EXPUNGE 2"), "* 2 EXPUNGE\r\n");
  EXPECT_EQ(untagged(one_, "UID SEARCH DELETED"), "* SEARCH 1 3\r\n");
  EXPECT_EQ(ask(one_, "UID EXPUNGE").status, "BAD A UID set is needed");
  EXPECT_EQ(ask(one_, "EXPUNGE 1").status, "BAD No argument is taken");
}

TEST_F(TwoSessions, CloseExpungesAndUnselectDoesNot) {
  untagged(one_, "STORE 2 +FLAGS (\\Deleted)");
  EXPECT_EQ(untagged(one_, "UNSELECT"), "");
  EXPECT_EQ(two_.news(), "");
  untagged(one_, "SELECT INBOX");
  EXPECT_EQ(untagged(one_, "CLOSE"), "");
  EXPECT_EQ(two_.news(), "* 2 EXPUNGE\r\n");
  EXPECT_EQ(ask(one_, "FETCH 1 UID").status, "BAD Select a folder first");
}

TEST_F(TwoSessions, MarkAsSeenWhatIsReadWithoutPeek) {
  EXPECT_EQ(untagged(one_, "FETCH 1 BODY.PEEK[TEXT]"), "* 1 FETCH (BODY[TEXT] {0}\r\n)\r\n");
  EXPECT_EQ(untagged(one_, "UID SEARCH SEEN"), "* SEARCH\r\n");
  EXPECT_EQ(untagged(one_, "UID FETCH 1 BODY[TEXT]"), "* 1 FETCH (UID 1 BODY[TEXT] {0}\r\n FLAGS (\\Seen))\r\n");
  EXPECT_EQ(untagged(one_, "UID FETCH 1 BODY[TEXT]"), "* 1 FETCH (UID 1 BODY[TEXT] {0}\r\n)\r\n");
  EXPECT_EQ(untagged(two_, "UID SEARCH SEEN"), "* SEARCH 1\r\n");
}

TEST_F(TwoSessions, ChangeFlags) {
  EXPECT_EQ(untagged(one_, "STORE 1 FLAGS (\\Seen \\Flagged)"), "* 1 FETCH (FLAGS (\\Seen))\r\n");
  EXPECT_EQ(untagged(one_, "UID STORE 1 +FLAGS \\Deleted"), "* 1 FETCH (UID 1 FLAGS (\\Seen \\Deleted))\r\n");
  EXPECT_EQ(untagged(one_, "STORE 1 -FLAGS (\\seen)"), "* 1 FETCH (FLAGS (\\Deleted))\r\n");
  EXPECT_EQ(untagged(one_, "STORE 1 FLAGS ()"), "* 1 FETCH (FLAGS ())\r\n");
  for (const auto* bad :
       {"STORE 1 FLAGS", "STORE x FLAGS (\\Seen)", "STORE 1 FROB (\\Seen)", "STORE 1 FLAGS (\"\\\\Seen\")"})
    EXPECT_TRUE(ask(one_, bad).status.starts_with("BAD")) << bad;
}

TEST_F(TwoSessions, LeaveTheFolderWhenAnotherIsNotThere) {
  EXPECT_EQ(ask(one_, "SELECT Nowhere").status, "NO [NONEXISTENT] No such folder");
  EXPECT_EQ(ask(one_, "FETCH 1 UID").status, "BAD Select a folder first");
}

TEST_F(TwoSessions, RefuseCharacterSets) {
  EXPECT_TRUE(ask(one_, "SEARCH CHARSET KOI8-R ALL").status.starts_with("NO [BADCHARSET"));
}

TEST(MailboxList, FitsPatterns) {
  MailStore store;
  MailboxCommands commands(store);
  const std::string inbox = "* LIST (\\HasNoChildren) \"/\" INBOX\r\n",
                    junk = "* LIST (\\HasNoChildren \\Junk) \"/\" Junk\r\n";
  for (const auto* line :
       {"LIST \"\" *", "LIST \"\" \"%\"", "LIST \"\" \"*%**\"", "LIST \"\" \"*\" RETURN (SPECIAL-USE)"})
    EXPECT_EQ(untagged(commands, line), inbox + junk) << line;
  for (const auto* line : {"LIST \"\" inbox", "LIST \"\" I*", "LIST \"IN\" \"%X\""})
    EXPECT_EQ(untagged(commands, line), inbox) << line;
  EXPECT_EQ(untagged(commands, "LIST (SPECIAL-USE) \"\" \"*\""), junk);
  EXPECT_EQ(untagged(commands, "LIST \"\" \"\""), "* LIST (\\Noselect) \"/\" \"\"\r\n");
  EXPECT_EQ(untagged(commands, "LIST \"\" nothing"), "");
  EXPECT_EQ(untagged(commands, "LIST \"\" " + std::string(1000, 'a')), "");
  EXPECT_EQ(untagged(commands, "LSUB \"\" Junk"), "* LSUB (\\HasNoChildren \\Junk) \"/\" Junk\r\n");
  for (const auto* bad : {"LIST", "LIST \"\"", "LIST \"\" (a)", "LIST (FROB) \"\" *", "LIST \"\" * RETURN (FROB)"})
    EXPECT_TRUE(ask(commands, bad).status.starts_with("BAD")) << bad;
}

TEST(MailboxStatus, RefusesWhatItDoesNotKnow) {
  MailStore store;
  MailboxCommands commands(store);
  EXPECT_EQ(ask(commands, "STATUS Nowhere (MESSAGES)").status, "NO [NONEXISTENT] No such folder");
  for (const auto* bad : {"STATUS INBOX", "STATUS INBOX ()", "STATUS INBOX (FROB)", "STATUS INBOX MESSAGES"})
    EXPECT_TRUE(ask(commands, bad).status.starts_with("BAD")) << bad;
}

}  // namespace
}  // namespace mailprobe::lab
