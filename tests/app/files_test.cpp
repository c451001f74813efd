// Messages, outputs, raw files, runs and suggestions: what stands between commands and the file system.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/message_files.h"
#include "app/output_files.h"
#include "app/own_zone.h"
#include "app/raw_files.h"
#include "app/saved_runs.h"
#include "base/encoding.h"
#include "dns/zone_resolver.h"
#include "probe/journal.h"
#include "tests/app/temporary.h"

namespace mailprobe::app {
namespace {

namespace fs = std::filesystem;
using test::Folder;
using ::testing::HasSubstr;

std::vector<SavedMessage> split_messages(const std::string& name, const std::string& bytes,
                                         std::size_t at_once = 1 << 20) {
  std::size_t at = 0;
  MessageReader reader(name, [&]() -> Result<std::string> {
    auto part = bytes.substr(at, at_once);
    at += part.size();
    return part;
  });
  std::vector<SavedMessage> all;
  while (auto message = reader.next()) all.push_back(std::move(*message));
  return all;
}

std::vector<SavedMessage> read_messages(const std::string& name) {
  MessageFiles files(name);
  std::vector<SavedMessage> all;
  while (auto message = files.next()) all.push_back(std::move(*message));
  return all;
}

std::vector<std::string> names(const std::vector<SavedMessage>& messages) {
  std::vector<std::string> all;
  all.reserve(messages.size());
  for (const auto& message : messages) all.push_back(message.name);
  return all;
}

TEST(MessageFiles, LfBecomesCrlf) {
  const auto messages = split_messages("a.eml", "Subject: x\n\nbody\n");
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].name, "a.eml");
  EXPECT_EQ(messages[0].bytes, "Subject: x\r\n\r\nbody\r\n");
}

TEST(MessageFiles, AnMboxIsSplitAndUnquotedHoweverItComes) {
  const std::string box =
      "From a Mon Jan  1 00:00:00 2026\nSubject: 1\n\none\n>From here\n>>From there\n\n"
      "From b Mon Jan  1 00:00:00 2026\nSubject: 2\n\nnot a From line\nFrom the middle\n\n"
      "From c Mon Jan  1 00:00:00 2026\nSubject: 3\n\n\n";
  for (const std::size_t at_once : {1UL, 2UL, 7UL, 4096UL}) {
    const auto messages = split_messages("box", box, at_once);
    ASSERT_EQ(messages.size(), 3U);
    EXPECT_EQ(messages[2].name, "box#3");
    EXPECT_EQ(messages[0].bytes, "Subject: 1\r\n\r\none\r\nFrom here\r\n>From there\r\n");
    EXPECT_EQ(messages[1].bytes, "Subject: 2\r\n\r\nnot a From line\r\nFrom the middle\r\n");
  }
}

TEST(MessageFiles, WhatIsTooLargeOrNothingIsAnErrorOfThatMessage) {
  const auto big = "From a\nSubject: 1\n\n" + std::string(max_message, 'x') + "\n\nFrom b\nSubject: 2\n\ntwo\n";
  const auto messages = split_messages("box", big);
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_TRUE(messages[0].error);
  EXPECT_FALSE(messages[1].error);
  EXPECT_TRUE(split_messages("a", "")[0].error);
  EXPECT_TRUE(split_messages("a", std::string(max_message + 1, 'x'))[0].error);
  EXPECT_FALSE(split_messages("a", std::string(max_message, 'x'))[0].error);
  EXPECT_TRUE(split_messages("box", "From a\n")[0].error);
  EXPECT_TRUE(read_messages("/nowhere/none.eml")[0].error);
}

TEST(MessageFiles, AReadErrorIsTheMessages) {
  MessageReader reader("a", []() -> Result<std::string> { return fail(Failure::usage, "it cannot be read"); });
  EXPECT_EQ(reader.next()->error, "it cannot be read");
  EXPECT_FALSE(reader.next());
}

TEST(MessageFiles, LongLinesAreKeptWhole) {
  const auto line = std::string(300'000, 'x') + "\n";
  const auto messages =
      split_messages("box", "From a\nSubject: 1\n\n" + line + "\nFrom b\nSubject: 2\n\n" + line, 5000);
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[1].bytes, "Subject: 2\r\n\r\n" + std::string(300'000, 'x') + "\r\n");
}

TEST(MessageFiles, AMaildirIsReadByTheNamesOfItsMessages) {
  const Folder folder;
  folder.write("Maildir/new/2.host", "Subject: 2\n\ntwo\n");
  folder.write("Maildir/cur/1.host:2,S", "Subject: 1\n\none\n");
  folder.write("Maildir/cur/3.host:2,", "Subject: 3\n\nthree\n");
  folder.write("Maildir/cur/.hidden", "x");
  folder.write("Maildir/tmp/4.host", "x");
  const auto top = (folder.path() / "Maildir").string();
  const auto messages = read_messages(top);
  EXPECT_THAT(names(messages),
              ::testing::ElementsAre(top + "/cur/1.host:2,S", top + "/new/2.host", top + "/cur/3.host:2,"));
  EXPECT_EQ(messages[0].bytes, "Subject: 1\r\n\r\none\r\n");
}

TEST(MessageFiles, AnotherFolderIsAnError) {
  const Folder folder;
  folder.write("plain/a.eml", "Subject: x\n\n");
  folder.write("empty/cur/.x", "");
  folder.write("empty/new/.x", "");
  const auto problem = [&](const std::string& name) { return read_messages((folder.path() / name).string())[0].error; };
  EXPECT_EQ(problem("plain"), "it is a folder, and no Maildir: that has cur/ and new/");
  EXPECT_EQ(problem("empty"), "there is no message in it");
}

TEST(OutputFiles, AreKnownToBeUnwritableBeforehand) {
  const Folder folder;
  const auto problem = [](const std::string& path) {
    const auto ok = check_outputs({.html = path});
    return ok ? std::string() : ok.error().message;
  };
  EXPECT_EQ(problem("-"), "");
  EXPECT_EQ(problem("/dev/null"), "");
  EXPECT_EQ(problem((folder.path() / "r.html").string()), "");
  EXPECT_THAT(problem((folder.path() / "none/r.html").string()), HasSubstr("there is no folder"));
  EXPECT_THAT(problem(folder.path().string()), HasSubstr("it is a folder"));
}

TEST(OutputFiles, AppearWholeAndLeaveNothingBeside) {
  const Folder folder;
  const auto path = (folder.path() / "r.html").string();
  ASSERT_TRUE(write_output(path, "one"));
  ASSERT_TRUE(write_output(path, "two"));
  EXPECT_EQ(folder.read("r.html"), "two");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

TEST(OutputFiles, GoThroughALink) {
  const Folder folder;
  folder.write("real", "old");
  fs::create_symlink("real", folder.path() / "link");
  ASSERT_TRUE(write_output((folder.path() / "link").string(), "new"));
  EXPECT_EQ(folder.read("real"), "new");
  EXPECT_TRUE(fs::is_symlink(folder.path() / "link"));
}

class RawFiles : public ::testing::Test {
 protected:
  RawFiles() {
    folder.write("run/raw/a.eml", "bytes");
    folder.write("secret", "bytes");
    fs::create_symlink("../../secret", folder.path() / "run/raw/link.eml");
  }
  [[nodiscard]] std::optional<std::string> read(const std::string& path, const std::string& expected = "bytes") const {
    return raw_beside(folder.path() /
                      "run")(evidence::Raw{.base64 = {}, .path = path, .sha256 = hex(sha256(expected))});
  }

  Folder folder;
};

TEST_F(RawFiles, AreReadBesideTheDocument) { EXPECT_EQ(read("raw/a.eml"), "bytes"); }
TEST_F(RawFiles, OthersThanThoseKeptAreNot) { EXPECT_FALSE(read("raw/a.eml", "other bytes")); }

TEST_F(RawFiles, NoneOutsideTheFolderIsRead) {
  for (const auto* path : {"../secret", "raw/../../secret", "raw/link.eml", "/etc/hostname", "", ".", "raw"})
    EXPECT_FALSE(read(path)) << path;
  EXPECT_FALSE(read((folder.path() / "secret").string()));
}

class SavedRuns : public ::testing::Test {
 protected:
  SavedRuns() {
    for (const auto* name : {"20260131T120000Z-aaaaaa", "20260131T120000Z-aabbbb", "20260201T120000Z-cccccc"})
      folder.write(std::string(name) + "/evidence.json", "{}");
    folder.write("zzz/evidence.json", "{}");  // no run
  }
  static std::string line(const std::string& probe, const std::string& event, const std::string& more = "") {
    return R"({"t":"2026-03-01T12:00:00Z","probe":")" + probe + R"(","event":")" + event + "\"" + more + "}\n";
  }
  void cut_off(const std::string& journal) const { folder.write("20260301T120000Z-dddddd/journal.jsonl", journal); }
  [[nodiscard]] std::string find(const std::string& what) const {
    const auto found = find_evidence(what, folder.path());
    return found ? found->parent_path().filename().string() : found.error().message;
  }

  Folder folder;
};

TEST_F(SavedRuns, TheNewestIsLast) { EXPECT_EQ(find("last"), "20260201T120000Z-cccccc"); }
TEST_F(SavedRuns, AUniqueBeginningWillDo) { EXPECT_EQ(find("202602"), "20260201T120000Z-cccccc"); }
TEST_F(SavedRuns, AnAmbiguousOneNamesThem) { EXPECT_THAT(find("202601"), HasSubstr("2 runs begin with \"202601\"")); }
TEST_F(SavedRuns, NoneIsSaid) { EXPECT_THAT(find("2025"), HasSubstr("there is no evidence \"2025\"")); }

TEST_F(SavedRuns, OneThatWasKilledSaysWhatBecameOfTheMessage) {
  const auto begun = line("p1", "planned") + line("p1", "intent");
  const auto dot = begun + line("p1", "rcpt") + line("p1", "dot");
  for (const auto& [journal, says] :
       {std::pair{std::string(), "the message was not sent"}, std::pair{begun, "the message was not sent"},
        std::pair{dot, "the message was possibly delivered"},
        std::pair{dot + line("p1", "reply", R"(,"outcome":"accepted")"), "the message was accepted"},
        std::pair{line("p2", "planned") + dot, "1 of 2 messages possibly delivered"}}) {
    cut_off(journal);
    for (const auto* what : {"last", "20260301T120000Z-dddddd"}) {
      EXPECT_THAT(find(what), HasSubstr("run 20260301T120000Z-dddddd was cut off before it was complete; "));
      EXPECT_THAT(find(what), HasSubstr(says));
      EXPECT_NE(find_evidence(what, folder.path()).error().kind, Failure::usage);
    }
  }
  EXPECT_EQ(find("202602"), "20260201T120000Z-cccccc");
}

TEST_F(SavedRuns, OneThatIsAliveIsStillRunning) {
  cut_off("");
  const auto journal = probe::Journal::open(folder.path() / "20260301T120000Z-dddddd/journal.jsonl");
  EXPECT_EQ(find("last"), "run 20260301T120000Z-dddddd is still running");
}

TEST_F(SavedRuns, AFileOrAFolderIsItself) {
  const auto file = folder.write("mine/evidence.json", "{}");
  EXPECT_EQ(find_evidence(file.string(), folder.path()), file);
  EXPECT_EQ(find_evidence(file.parent_path().string(), folder.path()), file);
}

TEST_F(SavedRuns, WhatIsNoEvidenceIsAUsageError) {
  for (const auto* text : {"", "{}", "[1]", "{\"schema\": \"other/1\"}", "not json"}) {
    const auto document = read_evidence(folder.write("hostile.json", text));
    ASSERT_FALSE(document) << text;
    EXPECT_EQ(document.error().kind, Failure::usage);
    EXPECT_THAT(document.error().message, HasSubstr("is no evidence of mailprobe"));
  }
}

TEST(OwnZone, LongRecordsAreSplitSoThatTheyCanBePasted) {
  EXPECT_EQ(txt_data("v=spf1 mx -all"), "\"v=spf1 mx -all\"");
  const auto data = txt_data(std::string(300, 'a'));
  EXPECT_EQ(data, "(\n    \"" + std::string(255, 'a') + "\"\n    \"" + std::string(45, 'a') + "\" )");
}

TEST(OwnZone, IsAMasterFile) {
  const OwnZone zone{.domain = "probe.example.org",
                     .helo = "mx.probe.example.org",
                     .ips = {*IpAddress::parse("192.0.2.10"), *IpAddress::parse("2001:db8::10")},
                     .dkim_records = {{"r1", "v=DKIM1; k=rsa; p=" + std::string(400, 'A')}}};
  const auto resolver = dns::zone_resolver(zone_text(zone));
  EXPECT_TRUE(resolver) << resolver.error().message;
  EXPECT_NE(zone_text(zone).find("IN A    192.0.2.10\n"), std::string::npos);
  EXPECT_NE(zone_text(zone).find("IN AAAA 2001:db8::10\n"), std::string::npos);
}

}  // namespace
}  // namespace mailprobe::app
