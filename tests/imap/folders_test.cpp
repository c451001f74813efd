// Which folders are watched, out of what LIST said; and where in a message an id stands.
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "imap/folders.h"
#include "imap/mention.h"

namespace mailprobe::imap {
namespace {

using Names = std::vector<std::string>;

Names names(const std::vector<ListData>& listed, const Names& wanted, bool utf8 = false) {
  const auto folders = choose_folders(listed, wanted, utf8);
  Names out;
  if (!folders) return {folders.error().message};
  for (const auto& folder : *folders)
    out.push_back(folder.name + (folder.special_use.empty() ? "" : folder.special_use));
  return out;
}

const std::vector<ListData> gmail{{{}, "/", "INBOX"},
                                  {{"\\Noselect"}, "/", "[Gmail]"},
                                  {{"\\All"}, "/", "[Gmail]/All Mail"},
                                  {{"\\Junk"}, "/", "[Gmail]/Spam"},
                                  {{}, "/", "Junk"}};

TEST(Folders, AreInboxJunkAndAllByDefault) {
  EXPECT_EQ(names(gmail, {}), (Names{"INBOX", "[Gmail]/Spam\\Junk", "[Gmail]/All Mail\\All"}));
}

TEST(Folders, AreInboxAtLeast) { EXPECT_EQ(names({}, {}), (Names{"INBOX"})); }

TEST(Folders, AreEachThereOnceAndInboxFirst) {
  EXPECT_EQ(names(gmail, {"\\Junk", "[Gmail]/Spam", "inbox", "INBOX"}), (Names{"INBOX", "[Gmail]/Spam\\Junk"}));
}

TEST(Folders, AreKnownAsJunkByUsualNamesOnlyWhereNoneIsMarked) {
  EXPECT_EQ(names({{{}, ".", "INBOX"}, {{}, ".", "INBOX.Spam"}}, {}), (Names{"INBOX", "INBOX.Spam\\Junk"}));
  EXPECT_EQ(names(gmail, {"Junk"}), (Names{"Junk"}));
}

TEST(Folders, AreNotThoseThatCannotBeOpened) {
  EXPECT_EQ(names({{{"\\Junk", "\\NonExistent"}, "/", "Spam"}}, {}), (Names{"INBOX"}));
  EXPECT_EQ(names({{{"\\Junk"}, "/", "Spam\r\nA9 LOGOUT"}}, {}), (Names{"INBOX"}));
}

TEST(Folders, AreSpeltForTheWire) {
  EXPECT_EQ((*choose_folders({}, {"Entwürfe"}, false))[0].wire, "Entw&APw-rfe");
  EXPECT_EQ((*choose_folders({}, {"Entwürfe"}, true))[0].wire, "Entwürfe");
  EXPECT_EQ((*choose_folders({{{}, "/", "Entw\xfcrfe"}}, {"Entw\xfcrfe"}, false))[0].wire, "Entw\xfcrfe");
  EXPECT_FALSE(choose_folders({}, {"Entw\xfcrfe"}, false));
}

TEST(Folders, ByDefaultWereNotAskedFor) {
  const auto beside = choose_folders(gmail, {}, false, {"[Gmail]/Spam", "Quarantine"});
  ASSERT_EQ(beside->size(), 4U);
  EXPECT_FALSE((*beside)[0].asked_for);
  EXPECT_TRUE((*beside)[1].asked_for);
  EXPECT_FALSE((*beside)[2].asked_for);
  EXPECT_TRUE((*beside)[3].asked_for);
  EXPECT_TRUE((*choose_folders(gmail, {"inbox"}, false))[0].asked_for);
}

TEST(Folders, ThatAreMissingAreToldWithThoseThatThereAre) {
  EXPECT_EQ(no_such_folder("Jnuk", gmail, false), "the mail server has no folder \"Jnuk\": did you mean \"Junk\"?");
  EXPECT_EQ(no_such_folder("Quarantine", gmail, false),
            "the mail server has no folder \"Quarantine\"; choose \"INBOX\", \"[Gmail]/All Mail\", "
            "\"[Gmail]/Spam\" or \"Junk\"");
  EXPECT_EQ(no_such_folder("Quarantine", {}, false), "the mail server has no folder \"Quarantine\"");
  std::vector<ListData> many;
  for (char letter = 'a'; letter <= 'k'; ++letter) many.push_back({{}, "/", std::string(3, letter)});
  EXPECT_TRUE(no_such_folder("Quarantine", many, false).ends_with("\"jjj\" or another that it has"));
}

TEST(Folders, OfAUseThatIsMissingAreAnError) {
  const auto beside = choose_folders({}, {}, false, {"Quarantine", "inbox", "Quarantine"});
  ASSERT_EQ(beside->size(), 2U);
  EXPECT_EQ((*beside)[1].name, "Quarantine");
  EXPECT_FALSE(choose_folders({}, {}, false, {"\\Archive"}));
  const auto chosen = choose_folders(gmail, {"\\Archive"}, false);
  ASSERT_FALSE(chosen);
  EXPECT_EQ(chosen.error().kind, Failure::usage);
}

TEST(Mention, IsFoundInTheHeaderOrTheBody) {
  const std::string message = "X-Id: abc123\r\n\r\nxyz789\r\n";
  EXPECT_TRUE(mentioned_in_header(message, "ABC123"));
  EXPECT_FALSE(mentioned_in_header(message, "xyz789"));
  EXPECT_TRUE(mentioned(message, "xyz789"));
  EXPECT_FALSE(mentioned(message, "other"));
  EXPECT_FALSE(mentioned("", "x"));
}

TEST(Mention, IsNoCopyInABounceOrAnAnswer) {
  const auto bearing = [](const std::string& header) {
    return bearing_of(header + "\r\nFrom: a@b.test\r\n\r\nX-Mailprobe-Id: xyz789\r\n", "X-Mailprobe-Id", "xyz789");
  };
  EXPECT_EQ(bearing("x-mailprobe-id: XYZ789"), Bearing::copy);
  EXPECT_EQ(bearing("Message-ID:\r\n <xyz789@b.test>"), Bearing::copy);
  EXPECT_EQ(bearing("Subject: rewritten"), Bearing::copy);
  EXPECT_EQ(bearing("Auto-Submitted: auto-generated"), Bearing::copy);  // as the message itself may be
  EXPECT_EQ(bearing("References: <other@b.test>"), Bearing::copy);
  EXPECT_EQ(bearing("Content-Type: Multipart/Report; report-type=delivery-status"), Bearing::bounce);
  EXPECT_EQ(bearing("Content-Type:\r\n\tmultipart/report"), Bearing::bounce);
  EXPECT_EQ(bearing("Content-Type: multipart/report\r\nX-Mailprobe-Id: xyz789"), Bearing::copy);
  EXPECT_EQ(bearing("Auto-Submitted: auto-replied (vacation)"), Bearing::answer);
  EXPECT_EQ(bearing("In-Reply-To: <xyz789@b.test>"), Bearing::answer);
  EXPECT_EQ(bearing("References: <1@b.test>\r\n <xyz789@b.test>"), Bearing::answer);
}

TEST(Mention, IsFoundInQuotedPrintable) { EXPECT_TRUE(mentioned("a\r\n\r\nxy=\r\nz789", "xyz789")); }

TEST(Mention, IsFoundInBase64WhereverItBegins) {
  for (const auto* before : {"", "a", "ab", "abc"}) {
    auto coded = base64(std::string(before) + "token-7f3a and so on");
    coded.insert(8, "\r\n");
    EXPECT_TRUE(mentioned("a: b\r\n\r\n" + coded, "token-7f3a")) << before;
  }
  EXPECT_FALSE(mentioned("a: b\r\n\r\n" + base64("token-8f3a and so on"), "token-7f3a"));
}

}  // namespace
}  // namespace mailprobe::imap
