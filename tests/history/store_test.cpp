// The history in a file: what is stored is found again; what is damaged, locked, foreign or hostile is told and harms
// nothing.
#include "history/store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "evidence/assess.h"
#include "evidence/json.h"
#include "tests/support/documents.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::history {
namespace {

using evidence::Document;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Document run_of(int day, Document document = test::good_delivery()) {
  const auto text = std::string(day < 10 ? "0" : "") + std::to_string(day);
  document.run.id = "202601" + text + "T120000Z-aaaaaa";
  document.run.started = *parse_rfc3339("2026-01-" + text + "T12:00:00Z");
  document.findings = evidence::assess(document, evidence::embedded);
  return document;
}

class StoreTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "deep" / "history.db"; }
  [[nodiscard]] Store opened() const {
    auto store = Store::open(file());
    if (!store) throw std::runtime_error(store.error().message);
    return std::move(*store);
  }
  static void add(const Store& store, const Document& document) {
    const auto added = store.add(document, evidence::to_json(document));
    ASSERT_TRUE(added) << added.error().message;
  }
  void sql(const std::string& statement) const {
    SQLite::Database(file().string(), SQLite::OPEN_READWRITE).exec(statement);
  }
  static std::vector<std::string> ids_of(const Result<std::vector<Row>>& rows) {
    std::vector<std::string> ids;
    if (!rows) return {rows.error().message};
    for (const auto& row : *rows) ids.push_back(row.id.substr(6, 2));
    return ids;
  }

 private:
  test::TemporaryFolder folder_;
};

TEST_F(StoreTest, GivesBackWhatWasStored) {
  const auto document = run_of(5, test::footer_delivery());
  {
    const auto store = opened();
    add(store, document);
  }
  const auto back = opened().load(*document.run.id);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(evidence::to_json(*back), evidence::to_json(document));
}

TEST_F(StoreTest, IsReadableForItsOwnerOnly) {
  (void)opened();
  struct stat facts{};
  ASSERT_EQ(::stat(file().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat(file().parent_path().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0700U);
}

TEST_F(StoreTest, UsesAWriteAheadLogAndKnowsItsVersion) {
  (void)opened();
  SQLite::Database database(file().string());
  EXPECT_EQ(database.execAndGet("PRAGMA journal_mode").getString(), "wal");
  EXPECT_EQ(database.execAndGet("PRAGMA user_version").getInt(), 1);
}

TEST_F(StoreTest, WhatIsThereIsReplaced) {
  const auto store = opened();
  auto document = run_of(5);
  add(store, document);
  document.run.command = "send --again";
  add(store, document);
  EXPECT_EQ(ids_of(store.list({}, 10)).size(), 1U);
  EXPECT_EQ(store.load(*document.run.id)->run.command, "send --again");
}

TEST_F(StoreTest, FindsTheLastRunOfTheKindBefore) {
  const auto store = opened();
  for (const int day : {3, 5, 9}) add(store, run_of(day));
  auto other = run_of(6);
  other.probes[0].to = "somebody@target.test";
  add(store, other);
  auto inspected = run_of(7, test::inspected());
  add(store, inspected);
  auto cut = run_of(8);
  cut.run.interrupted = true;
  add(store, cut);
  const auto before = store.before(run_of(9));
  ASSERT_TRUE(before && *before);
  EXPECT_EQ((*before)->run.id, run_of(5).run.id);
  EXPECT_FALSE(*store.before(run_of(3)));
  EXPECT_FALSE(*store.before(run_of(31, test::scenario_run())));
}

TEST_F(StoreTest, TheTrendEndsWithThatRun) {
  const auto store = opened();
  for (const int day : {2, 3, 5, 7, 9}) add(store, run_of(day));
  const auto trend = store.trend(run_of(9), 3);
  ASSERT_TRUE(trend);
  ASSERT_EQ(trend->size(), 3U);
  EXPECT_EQ(trend->back().id, run_of(7).run.id);
  EXPECT_EQ(trend->front().id, run_of(3).run.id);
  EXPECT_EQ(trend->back().latency_ms, 420);
  EXPECT_GT(trend->back().passed, 5);
}

TEST_F(StoreTest, ListsTheNewestFirst) {
  const auto store = opened();
  for (const int day : {5, 3, 9}) add(store, run_of(day));
  EXPECT_THAT(ids_of(store.list({}, 10)), ElementsAre("09", "05", "03"));
  EXPECT_THAT(ids_of(store.list({}, 2)), ElementsAre("09", "05"));
  EXPECT_THAT(ids_of(store.list("reflector@target.test", 10)), ElementsAre("09", "05", "03"));
  EXPECT_THAT(ids_of(store.list("elsewhere.test", 10)), ElementsAre());
  EXPECT_EQ(*store.newest(), run_of(9).run.id);
}

TEST_F(StoreTest, FindsIdsByTheirBeginning) {
  const auto store = opened();
  for (const int day : {1, 2, 11}) add(store, run_of(day));
  EXPECT_EQ(store.ids("2026010", 10)->size(), 2U);
  EXPECT_EQ(store.ids("20260111", 10)->size(), 1U);
  EXPECT_EQ(store.ids("%", 10)->size(), 0U);
  EXPECT_EQ(store.ids("", 2)->size(), 2U);
  EXPECT_TRUE(*store.contains(*run_of(11).run.id));
  EXPECT_FALSE(*store.contains("20260111"));
}

TEST_F(StoreTest, ThrowsAwayWhatIsOld) {
  const auto store = opened();
  for (const int day : {1, 2, 3, 4}) add(store, run_of(day));
  add(store, run_of(1, test::inspected()));
  EXPECT_EQ(store.remove_before(run_of(2).run.started)->size(), 1U);  // the two of that day have one id
  EXPECT_THAT(ids_of(store.list({}, 10)), ElementsAre("04", "03", "02"));
  EXPECT_THAT(*store.remove_beyond(2), ElementsAre(*run_of(2).run.id));
  EXPECT_THAT(*store.remove_beyond(2), ElementsAre());
}

TEST_F(StoreTest, KeepsTheNewestOfEachKind) {
  const auto store = opened();
  for (const int day : {1, 2, 3}) add(store, run_of(day));
  add(store, run_of(4, test::inspected()));
  EXPECT_EQ(store.remove_beyond(1)->size(), 2U);
  EXPECT_THAT(ids_of(store.list({}, 10)), ElementsAre("04", "03"));
}

TEST_F(StoreTest, NoneIsMadeWhereOneIsOnlyLookedFor) {
  const auto none = Store::open_existing(file());
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
  EXPECT_FALSE(std::filesystem::exists(file()));
}

// --- what is wrong with the file ------------------------------------------------------------------------------------

std::string opening_fails(const std::filesystem::path& file) {
  const auto store = Store::open(file);
  if (store) return "it was opened";
  EXPECT_EQ(store.error().kind, Failure::ours);
  return store.error().message;
}

TEST_F(StoreTest, AFileOfSomethingElseIsDamaged) {
  std::filesystem::create_directories(file().parent_path());
  std::ofstream(file()) << std::string(8192, 'x');
  const auto says = opening_fails(file());
  EXPECT_THAT(says, HasSubstr("is damaged"));
  EXPECT_THAT(says, HasSubstr("mailprobe history --rebuild"));
  std::ifstream still(file());
  EXPECT_EQ(still.get(), 'x') << "it is left as it was";
}

TEST_F(StoreTest, ALaterVersionIsLeftAlone) {
  (void)opened();
  sql("PRAGMA user_version = 99");
  EXPECT_THAT(opening_fails(file()), HasSubstr("of a later version of mailprobe (schema 99"));
}

TEST_F(StoreTest, ANegativeVersionIsDamage) {
  (void)opened();
  sql("PRAGMA user_version = -1");
  EXPECT_THAT(opening_fails(file()), HasSubstr("is damaged ("));
}

TEST_F(StoreTest, AnotherProgramsDatabaseIsLeftAlone) {
  std::filesystem::create_directories(file().parent_path());
  SQLite::Database(file().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE bookmarks (x)");
  EXPECT_THAT(opening_fails(file()), HasSubstr("is a database of something else"));
}

TEST_F(StoreTest, CodeInItIsNotRun) {
  (void)opened();
  sql("CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM runs; END");
  EXPECT_THAT(opening_fails(file()), HasSubstr("has views or triggers"));
}

TEST_F(StoreTest, APlaceThatCannotBeWrittenIsNamed) {
  std::filesystem::create_directories(file());
  EXPECT_THAT(opening_fails(file()), HasSubstr("\"store\" in the configuration"));
}

TEST_F(StoreTest, PagesThatAreDamagedAreTold) {
  {
    const auto store = opened();
    for (int day = 1; day < 20; ++day) add(store, run_of(day));
  }
  sql("PRAGMA wal_checkpoint(TRUNCATE)");
  const auto size = std::filesystem::file_size(file());
  {
    std::fstream bytes(file(), std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(4096);
    bytes << std::string(size - 4096, '\xff');
  }
  const auto store = Store::open(file());
  const auto says = !store ? store.error().message : store->load(*run_of(5).run.id).error().message;
  EXPECT_THAT(says, HasSubstr("damaged"));
}

TEST_F(StoreTest, ALockedOneIsNotWaitedForForEver) {
  const auto store = opened();
  SQLite::Database other(file().string(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  const auto added = store.add(run_of(5), evidence::to_json(run_of(5)));
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().message, HasSubstr("is locked by another process"));
  EXPECT_TRUE(store.list({}, 10)) << "who reads does not wait";
  other.exec("ROLLBACK");
  EXPECT_TRUE(store.add(run_of(5), evidence::to_json(run_of(5))));
}

/// What somebody wrote into the file, and what reading it says.
struct Hostile {
  const char* name;
  const char* change;
  const char* says;
};
void PrintTo(const Hostile& row, std::ostream* os) { *os << row.name; }

class HostileRow : public StoreTest, public testing::WithParamInterface<Hostile> {};

TEST_P(HostileRow, IsDamaged) {
  const auto store = opened();
  add(store, run_of(5));
  sql(GetParam().change);
  const auto loaded = store.load(*run_of(5).run.id);
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr("damaged"));
  EXPECT_THAT(loaded.error().message, HasSubstr(GetParam().says));
  EXPECT_FALSE(store.before(run_of(6)));
}

INSTANTIATE_TEST_SUITE_P(
    Evidence, HostileRow,
    testing::Values(Hostile{"too_large", "UPDATE runs SET size = 1 << 40", "too large"},
                    Hostile{"negative", "UPDATE runs SET size = -1", "too large"},
                    Hostile{"another_size", "UPDATE runs SET size = size + 1", "the evidence in it is damaged"},
                    Hostile{"not_packed", "UPDATE runs SET evidence = x'00ff00ff'", "the evidence in it is damaged"},
                    Hostile{"empty", "UPDATE runs SET evidence = x''", "the evidence in it is damaged"},
                    Hostile{"no_json", "UPDATE runs SET size = 1, evidence = x'789c4b040000620062'",
                            "evidence in it is none: not JSON"}),
    [](const auto& info) { return info.param.name; });

TEST_F(StoreTest, RowsAreBounded) {
  const auto store = opened();
  add(store, run_of(5));
  sql("UPDATE runs SET command = printf('%.5000c', 'x')");
  EXPECT_THAT(store.list({}, 10).error().message, HasSubstr("a text in it is too long"));
  sql("UPDATE runs SET command = 'send', started = 9223372036854775807");
  EXPECT_THAT(store.list({}, 10).error().message, HasSubstr("a time in it is none"));
}

}  // namespace
}  // namespace mailprobe::history
