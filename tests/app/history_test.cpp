// Runs that are kept, as one meets them: the history's list, what has changed since the last run, and that nothing that
// is wrong with the history loses a run or changes a verdict. Against the embedded lab.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "evidence/json.h"
#include "tests/app/run_program.h"

namespace mailprobe::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class HistoryTest : public test::ProgramTest {
 protected:
  [[nodiscard]] fs::path kept() const { return folder.path() / "home/.local/share/mailprobe/lab"; }
  [[nodiscard]] fs::path database() const { return kept() / "history.db"; }
  /// Sends to a target that needs no time; the evidence is in out.json, the page in out.html.
  test::Ran send(std::vector<std::string> more = {}, const std::string& to = "reflector@target.test") const {
    std::vector<std::string> all{"--lab", "send", "--to", to, "--json", "out.json", "--html", "out.html"};
    all.insert(all.end(), more.begin(), more.end());
    return run(all);
  }
  [[nodiscard]] evidence::Document document(const std::string& name = "out.json") const {
    auto read = evidence::from_json(folder.read(name));
    if (!read) throw std::runtime_error(read.error().message);
    return std::move(*read);
  }
  [[nodiscard]] std::size_t directories() const {
    std::error_code error;
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(kept() / "runs", error), {}));
  }
};

TEST_F(HistoryTest, TheSecondRunIsHeldAgainstTheFirst) {
  ASSERT_EQ(send().status, 0);
  const auto first = document();
  EXPECT_FALSE(first.comparison) << "there is nothing to compare with";
  const auto again = send();
  EXPECT_EQ(again.status, 0) << again.err;
  const auto second = document();
  ASSERT_TRUE(second.comparison);
  EXPECT_EQ(second.comparison->with.id, first.run.id);
  EXPECT_EQ(second.comparison->trend.size(), 1U);
  EXPECT_THAT(again.out, HasSubstr("Since last time"));
  EXPECT_THAT(folder.read("out.html"), HasSubstr("id=\"since\""));
}

TEST_F(HistoryTest, AReportOfStoredEvidenceIsTheRunsOwnByteForByte) {
  ASSERT_EQ(send().status, 0);
  ASSERT_EQ(send().status, 0);
  const auto page = folder.read("out.html"), json = folder.read("out.json");
  ASSERT_EQ(run({"--lab", "report", *document().run.id, "--html", "again.html", "--json", "again.json"}).status, 0);
  EXPECT_EQ(folder.read("again.html"), page);
  EXPECT_EQ(folder.read("again.json"), json);
  ASSERT_EQ(run({"report", "out.json", "--html", "file.html"}).status, 0);
  EXPECT_EQ(folder.read("file.html"), page);
}

TEST_F(HistoryTest, InspectIsKeptAndFoundAgain) {
  ASSERT_EQ(run({"--lab", "inspect", "target.test", "-q"}).status, 0);
  const auto ran = run({"--lab", "inspect", "target.test", "--json", "out.json", "--html", "out.html"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto id = document().run.id;
  ASSERT_TRUE(id);
  ASSERT_TRUE(document().comparison);
  EXPECT_EQ(directories(), 2U);
  for (const auto* name : {id->c_str(), "last"}) {
    ASSERT_EQ(run({"--lab", "report", name, "--html", "again.html"}).status, 0);
    EXPECT_EQ(folder.read("again.html"), folder.read("out.html")) << name;
  }
}

TEST_F(HistoryTest, ARunOfAScenarioIsItsOwnKind) {
  ASSERT_EQ(send().status, 0);
  folder.write("a.yaml", "version: 1\nname: a\nprobes: [{name: a, expect: [mailbox exists]}]\n");
  const std::vector<std::string> words{"--lab",  "run",      "a.yaml", "--to", "reflector@target.test",
                                       "--json", "out.json", "-q"};
  ASSERT_EQ(run(words).status, 0);
  EXPECT_FALSE(document().comparison);
  ASSERT_EQ(run(words).status, 0);
  EXPECT_TRUE(document().comparison);
  const auto listed = run({"--lab", "history"});
  EXPECT_THAT(listed.out, HasSubstr("a to reflector@target.test"));
  EXPECT_EQ(std::ranges::count(listed.out, '\n'), 4) << listed.out;
}

TEST_F(HistoryTest, IsListedForPeopleAndPrograms) {
  EXPECT_THAT(run({"--lab", "history"}).err, HasSubstr("no run is kept"));
  ASSERT_EQ(send().status, 0);
  EXPECT_EQ(send({}, "reflector@footer.test").status, 1);
  const auto all = run({"--lab", "history"});
  EXPECT_EQ(all.status, 0) << all.err;
  EXPECT_THAT(all.out, HasSubstr("reflector@footer.test"));
  EXPECT_THAT(all.out, HasSubstr(*document().run.id));
  const auto one = run({"--lab", "history", "--target", "target.test", "--json", "-"});
  EXPECT_THAT(one.out, HasSubstr("\"recipient\":\"reflector@target.test\""));
  EXPECT_EQ(std::ranges::count(one.out, '\n'), 1) << one.out;
  EXPECT_EQ(std::ranges::count(run({"--lab", "history", "--limit", "1"}).out, '\n'), 2);
}

TEST_F(HistoryTest, WhatIsNotToBeKeptIsNot) {
  ASSERT_EQ(send({"--no-history"}).status, 0);
  ASSERT_EQ(run({"--lab", "inspect", "target.test", "--no-history", "--json", "out.json", "-q"}).status, 0);
  EXPECT_FALSE(document().run.id) << "nothing is kept that one could ask for";
  EXPECT_FALSE(fs::exists(database()));
}

TEST_F(HistoryTest, TwoRunsAreComparedByName) {
  ASSERT_EQ(send().status, 0);
  const auto first = *document().run.id;
  fs::copy_file("out.json", "first.json");
  EXPECT_EQ(send({}, "reflector@footer.test").status, 1);
  const auto worse = run({"--lab", "diff", first, "last"});
  EXPECT_EQ(worse.status, 1) << worse.out << worse.err;
  EXPECT_THAT(worse.out, HasSubstr("path.dkim-survival"));
  const auto better = run({"--lab", "diff", "last", "first.json", "--json", "-"});
  EXPECT_EQ(better.status, 0) << better.err;
  EXPECT_THAT(better.out, testing::StartsWith(R"({"schema":"mailprobe-diff/1",)"));
  EXPECT_EQ(std::ranges::count(better.out, '\n'), 1);
  const auto same = run({"diff", "first.json", "first.json", "--fail-on", "warn"});
  EXPECT_EQ(same.status, 0);
  EXPECT_THAT(same.out, HasSubstr("nothing has changed"));
}

TEST_F(HistoryTest, WhatIsNoRunIsAUsageError) {
  EXPECT_EQ(run({"diff", "nothing.json", "last"}).status, 2);
  EXPECT_EQ(run({"diff", "last"}).status, 2);
  EXPECT_EQ(run({"history", "--retain", "soon"}).status, 2);
  EXPECT_EQ(run({"history", "--retain", "0"}).status, 2);
  EXPECT_EQ(run({"history", "--rebuild", "--retain", "5"}).status, 2);
  EXPECT_EQ(run({"verify", "x", "--no-history"}).status, 2);
}

// --- what is thrown away, and taken in again ------------------------------------------------------------------------

TEST_F(HistoryTest, WhatIsTooMuchGoesWithItsDirectory) {
  ASSERT_EQ(send().status, 0);
  const auto first = *document().run.id;
  ASSERT_EQ(send().status, 0);
  const auto second = *document().run.id;
  EXPECT_THAT(run({"--lab", "history", "--retain", "1"}).err, HasSubstr("one run was removed"));
  EXPECT_FALSE(fs::exists(kept() / "runs" / first));
  EXPECT_TRUE(fs::exists(kept() / "runs" / second));
  EXPECT_THAT(run({"--lab", "history", "--retain", "1d"}).err, HasSubstr("nothing was removed"));
}

TEST_F(HistoryTest, NoNameOutOfTheFileLeadsElsewhere) {
  ASSERT_EQ(send().status, 0);
  folder.write("home/.local/share/mailprobe/lab/precious/evidence.json", "{}");
  SQLite::Database(database().string(), SQLite::OPEN_READWRITE).exec("UPDATE runs SET id = '../precious', started = 0");
  EXPECT_EQ(run({"--lab", "history", "--retain", "1d"}).status, 0);
  EXPECT_TRUE(fs::exists(kept() / "precious/evidence.json"));
}

TEST_F(HistoryTest, ALostOneIsMadeAnewOfTheDirectories) {
  ASSERT_EQ(send().status, 0);
  const auto id = *document().run.id;
  fs::remove(database());
  folder.write("home/.local/share/mailprobe/lab/runs/20260131T120000Z-broken/evidence.json", "{");
  const auto ran = run({"--lab", "history", "--rebuild"});
  EXPECT_EQ(ran.status, 3) << "one of them is broken";
  EXPECT_THAT(ran.err, HasSubstr("20260131T120000Z-broken"));
  EXPECT_THAT(ran.err, HasSubstr("1 run was taken in"));
  EXPECT_THAT(run({"--lab", "history"}).out, HasSubstr(id));
}

TEST_F(HistoryTest, ARunWhoseDirectoryIsGoneIsStillReported) {
  ASSERT_EQ(send().status, 0);
  const auto id = *document().run.id;
  fs::remove_all(kept() / "runs");
  EXPECT_EQ(run({"--lab", "report", id.substr(0, 18), "-q"}).status, 0);
  EXPECT_EQ(run({"--lab", "report", "last", "-q"}).status, 0);
  EXPECT_EQ(run({"--lab", "report", "2099", "-q"}).status, 2);
}

/// A disk that was full, a machine that lost its power: the history has its own copy.
TEST_F(HistoryTest, ARunWhoseEvidenceIsDamagedIsTakenOutOfTheHistory) {
  ASSERT_EQ(send().status, 0);
  const auto id = *document().run.id;
  const auto page = folder.read("out.html");
  const auto file = "home/.local/share/mailprobe/lab/runs/" + id + "/evidence.json";
  for (const auto& damaged : {folder.read(file).substr(0, 3000), std::string()}) {
    folder.write(file, damaged);
    for (const auto& what : {id, std::string("last")}) {
      const auto ran = run({"--lab", "report", what, "--html", "again.html"});
      EXPECT_EQ(ran.status, 0) << ran.err;
      EXPECT_THAT(ran.err, HasSubstr("is no evidence of mailprobe"));
      EXPECT_THAT(ran.err, HasSubstr("what the history keeps of run " + id + " is taken instead"));
      EXPECT_EQ(folder.read("again.html"), page);
    }
    EXPECT_EQ(run({"--lab", "diff", id, "out.json"}).status, 0);
  }
  fs::remove(database());
  EXPECT_EQ(run({"--lab", "report", id, "-q"}).status, 2) << "nothing else is there";
}

// --- what is wrong with the file ------------------------------------------------------------------------------------

TEST_F(HistoryTest, ADamagedOneLosesNoRunAndChangesNoVerdict) {
  folder.write("home/.local/share/mailprobe/lab/history.db", std::string(5000, 'x'));
  const auto ran = send();
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("not kept in the history"));
  EXPECT_THAT(ran.err, HasSubstr("move it away, and \"mailprobe history --rebuild\""));
  EXPECT_EQ(directories(), 1U);
  EXPECT_EQ(run({"--lab", "report", "last", "-q"}).status, 0);
  const auto inspected = run({"--lab", "inspect", "target.test", "footer.test", "--json", "out.json", "-q"});
  EXPECT_EQ(directories(), 3U);
  EXPECT_EQ(run({"--lab", "history"}).status, 3);
}

TEST_F(HistoryTest, InspectionsAreInAHistoryThatIsMadeAnew) {
  ASSERT_EQ(run({"--lab", "inspect", "target.test", "footer.test", "-q"}).status, 0);
  ASSERT_EQ(run({"--lab", "inspect", "target.test", "--json", "out.json", "--html", "out.html", "-q"}).status, 0);
  fs::remove(database());
  fs::remove(database().string() + "-wal");
  fs::remove(database().string() + "-shm");
  EXPECT_THAT(run({"--lab", "history", "--rebuild"}).err, HasSubstr("3 runs were taken in"));
  ASSERT_EQ(run({"--lab", "report", *document().run.id, "--html", "again.html", "-q"}).status, 0);
  EXPECT_EQ(folder.read("again.html"), folder.read("out.html"));
}

TEST_F(HistoryTest, ASchemaOfNoVersionIsDamage) {
  ASSERT_EQ(send().status, 0);
  SQLite::Database(database().string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = -1");
  const auto ran = send();
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("move it away, and \"mailprobe history --rebuild\""));
  EXPECT_THAT(folder.read("out.html"), HasSubstr("</html>"));
  EXPECT_EQ(run({"--lab", "history"}).status, 3);
}

TEST_F(HistoryTest, ALockedOneLosesNoRunAndChangesNoVerdict) {
  ASSERT_EQ(send().status, 0);
  SQLite::Database other(database().string(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  const auto ran = send();
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("is locked by another process"));
  EXPECT_TRUE(document().comparison) << "reading does not wait";
  EXPECT_EQ(directories(), 2U);
  other.exec("ROLLBACK");
  EXPECT_THAT(run({"--lab", "history", "--rebuild"}).err, HasSubstr("1 run was taken in"));
}

TEST_F(HistoryTest, DamagedEvidenceInItIsNotComparedWith) {
  ASSERT_EQ(send().status, 0);
  SQLite::Database(database().string(), SQLite::OPEN_READWRITE).exec("UPDATE runs SET evidence = x'00'");
  const auto ran = send();
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("is damaged"));
  EXPECT_FALSE(document().comparison);
}

}  // namespace
}  // namespace mailprobe::app
