// What is on disk before anything is done, and what a crash leaves.
#include <gtest/gtest.h>

#include "evidence/json.h"
#include "probe/journal.h"
#include "probe/run_directory.h"
#include "tests/probe/fixture.h"
#include "tests/support/conformance.h"

namespace mailprobe::probe {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;

std::vector<std::string> events_of(const fs::path& path) {
  std::vector<std::string> events;
  for (const auto& line : read_journal(test::read_file(path))) events.emplace_back(word(line.event));
  return events;
}

using Events = std::vector<std::string>;

TEST(Journal, KeepsWhatWasDoneInOrder) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "journal.jsonl";
  {
    auto journal = Journal::open(path);
    ASSERT_TRUE(journal) << journal.error().message;
    ASSERT_TRUE(journal->write("p1", JournalEvent::planned, {{"to", "a\"\\\n@b"}}));
    ASSERT_TRUE(journal->intend("p1", "to@target.test"));
    ASSERT_TRUE(journal->dot("p1"));
    ASSERT_TRUE(journal->write("p1", JournalEvent::reply, {{"code", "250"}}));
    ASSERT_TRUE(journal->write("", JournalEvent::done));
  }
  EXPECT_EQ(events_of(path), (Events{"planned", "intent", "rcpt", "dot", "reply", "done"}));
  const auto lines = read_journal(test::read_file(path));
  EXPECT_EQ(lines[0].details.at("to"), "a\"\\\n@b");
  EXPECT_EQ(lines[1].probe, "p1");
  EXPECT_TRUE(possibly_delivered(lines).empty());
}

TEST(Journal, ATornLastLineIsIgnoredAtEveryLength) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "journal.jsonl";
  {
    auto journal = Journal::open(path);
    ASSERT_TRUE(journal->intend("p1", "to@target.test"));
    ASSERT_TRUE(journal->dot("p1"));
  }
  const auto whole = test::read_file(path);
  const auto last = whole.rfind('\n', whole.size() - 2) + 1;
  for (auto length = last; length < whole.size(); ++length) {
    const auto lines = read_journal(whole.substr(0, length));
    ASSERT_EQ(lines.size(), 2U) << length;
    EXPECT_EQ(lines.back().event, JournalEvent::rcpt);
  }
}

/// kill -9 after the dot: whoever goes on with the run may not send that message again.
TEST(Journal, AfterADotWithoutReplyNothingIsSentAgain) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "journal.jsonl";
  {
    auto journal = Journal::open(path);
    ASSERT_TRUE(journal->dot("p1"));
  }
  auto again = Journal::open(path);
  ASSERT_TRUE(again);
  const auto refused = again->intend("p1", "to@target.test");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().cause, Cause::possibly_delivered);
  EXPECT_TRUE(again->intend("p2", "to@target.test"));
  ASSERT_TRUE(again->write("p1", JournalEvent::reply));
  EXPECT_TRUE(again->intend("p1", "to@target.test"));
}

TEST(Journal, ATornLineDoesNotSwallowTheNext) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "journal.jsonl";
  test::write_file(path, R"({"t":"2026-01-31T12:00:00Z","probe":"p1","event":"dot"})"
                         "\n"
                         R"({"t":"2026-01-31T12:)");
  {
    auto journal = Journal::open(path);
    ASSERT_TRUE(journal);
    ASSERT_TRUE(journal->write("p1", JournalEvent::done));
  }
  EXPECT_EQ(events_of(path), (Events{"dot", "done"}));
  EXPECT_EQ(possibly_delivered(read_journal(test::read_file(path))), std::set<std::string>{"p1"});
}

TEST(Journal, UnknownLinesAreSkipped) {
  const auto lines = read_journal(
      "\n{}\n[]\n\"x\"\nnonsense\n{\"t\":1,\"event\":\"dot\"}\n"
      "{\"t\":\"2026-01-31T12:00:00Z\",\"event\":\"invented\"}\n"
      "{\"t\":\"2026-01-31T12:00:00Z\",\"event\":\"late\",\"probe\":\"p\",\"more\":[1]}\n");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines.front().event, JournalEvent::late);
}

TEST(Journal, IsLockedAsLongAsTheRunIsAlive) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "journal.jsonl";
  {
    const auto alive = Journal::open(path);
    ASSERT_TRUE(alive);
    const auto other = Journal::open(path);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().kind, Failure::usage);
  }
  EXPECT_TRUE(Journal::open(path));
}

TEST(RunDirectory, IsForItsOwnerAlone) {
  const TemporaryFolder folder;
  const auto directory = RunDirectory::make(folder.path() / "runs", "ID", "{}");
  ASSERT_TRUE(directory) << directory.error().message;
  const auto mode = [](const fs::path& path) { return fs::status(path).permissions() & fs::perms::mask; };
  EXPECT_EQ(mode(directory->path()), fs::perms::owner_all);
  EXPECT_EQ(mode(directory->path() / "raw"), fs::perms::owner_all);
  for (const auto* name : {"plan.json", "journal.jsonl"})
    EXPECT_EQ(mode(directory->path() / name), fs::perms::owner_read | fs::perms::owner_write) << name;
}

TEST(RunDirectory, StoresRawBytesAndEvidence) {
  const TemporaryFolder folder;
  const auto directory = RunDirectory::make(folder.path(), "ID", "{}");
  ASSERT_TRUE(directory);
  const std::string bytes("a\r\n\0b", 5);
  const auto raw = directory->store("1-sent", bytes, RunDirectory::Safety::on_disk);
  ASSERT_TRUE(raw);
  EXPECT_EQ(raw->path, "raw/1-sent.eml");
  EXPECT_EQ(raw->sha256.size(), 64U);
  EXPECT_EQ(directory->load(*raw), bytes);
  ASSERT_TRUE(directory->write_evidence("{\"a\":1}"));
  ASSERT_TRUE(directory->write_evidence("{\"a\":2}"));
  EXPECT_EQ(test::read_file(directory->path() / "evidence.json"), "{\"a\":2}");
  EXPECT_FALSE(fs::exists(directory->path() / "evidence.json.new"));
  directory->discard();
  EXPECT_FALSE(fs::exists(directory->path()));
}

TEST(RunDirectory, SaysWhatCannotBeWritten) {
  const TemporaryFolder folder;
  test::write_file(folder.path() / "runs", "a file");
  const auto directory = RunDirectory::make(folder.path() / "runs", "ID", "{}");
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().kind, Failure::usage);
  EXPECT_NE(directory.error().message.find("runs"), std::string::npos);
}

/// The old content stays where the new cannot be written.
TEST(Files, AreReplacedWholeOrNotAtAll) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "file";
  ASSERT_TRUE(replace_file(path, "old"));
  fs::create_directory(folder.path() / "file.new");  // in the way
  EXPECT_FALSE(replace_file(path, "new"));
  EXPECT_EQ(test::read_file(path), "old");
}

}  // namespace
}  // namespace mailprobe::probe
