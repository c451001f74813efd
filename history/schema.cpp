#include "history/schema.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <array>
#include <string>

namespace mailprobe::history {

namespace {

constexpr int application = 0x6d70726f;  // "mpro": what file(1) and we know the file by

/// From each version to the next. One that was released never changes.
constexpr std::array<const char*, 1> steps{R"sql(
CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  command TEXT NOT NULL,
  target TEXT NOT NULL,
  recipient TEXT NOT NULL,
  scenario TEXT NOT NULL,
  started INTEGER NOT NULL,
  interrupted INTEGER NOT NULL,
  exit INTEGER,
  passed INTEGER NOT NULL,
  warned INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  undetermined INTEGER NOT NULL,
  latency_ms INTEGER,
  session_ms INTEGER,
  size INTEGER NOT NULL,
  evidence BLOB NOT NULL
) STRICT;
CREATE INDEX runs_by_kind ON runs (command, target, recipient, scenario, started);
CREATE INDEX runs_by_time ON runs (started);
)sql"};
constexpr int newest = static_cast<int>(steps.size());

int pragma(SQLite::Database& database, const char* name) {
  return database.execAndGet(std::string("PRAGMA ") + name).getInt();
}

/// Ours has tables and indices only: a view or a trigger in it would run when we read or write.
bool has_code(SQLite::Database& database) {
  return database.execAndGet("SELECT count(*) FROM sqlite_schema WHERE type NOT IN ('table', 'index')").getInt() != 0;
}

Result<void> check_origin(SQLite::Database& database) {
  const bool empty = database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0;
  if (!empty && pragma(database, "application_id") != application)
    return fail(Failure::ours, "is a database of something else");
  if (has_code(database)) return fail(Failure::ours, "has views or triggers, which ours has not");
  const int version = pragma(database, "user_version");
  if (version < 0) throw SQLite::Exception("a schema of no version", SQLITE_CORRUPT);
  if (version > newest)
    return fail(Failure::ours, "is of a later version of mailprobe (schema " + std::to_string(version) +
                                   ", this one knows " + std::to_string(newest) + ")");
  return {};
}

}  // namespace

Result<void> prepare_schema(SQLite::Database& database) {
  if (auto known = check_origin(database); !known) return known;
  if (pragma(database, "user_version") == newest) return {};
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  const int version = pragma(database, "user_version");  // another process may have done it meanwhile
  for (int step = version; step < newest; ++step) database.exec(steps.at(static_cast<std::size_t>(step)));
  database.exec("PRAGMA application_id = " + std::to_string(application));
  database.exec("PRAGMA user_version = " + std::to_string(newest));
  transaction.commit();
  return {};
}

}  // namespace mailprobe::history
