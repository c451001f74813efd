#include "history/store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include "base/files.h"
#include "base/safe_text.h"
#include "evidence/json.h"
#include "history/limits.h"
#include "history/packing.h"
#include "history/schema.h"

namespace mailprobe::history {

namespace fs = std::filesystem;

namespace {

using Ids = std::vector<std::string>;

constexpr auto columns =
    "id, command, target, recipient, scenario, started, interrupted, exit, passed, warned, failed, "
    "undetermined, latency_ms, session_ms";
constexpr auto of_kind_before =
    " FROM runs WHERE command = ? AND target = ? AND recipient = ? AND scenario = ? AND "
    "(started, id) < (?, ?) AND interrupted = 0 ORDER BY started DESC, id DESC LIMIT ?";

std::string named(const fs::path& file) { return "the history " + safe_text(file.string()); }

Error damaged(const fs::path& file, const std::string& why) {
  return {
      Failure::ours,
      named(file) + " is damaged (" + why +
          "): move it away, and \"mailprobe history --rebuild\" makes a new one of the runs whose evidence is there",
      {},
      {}};
}

/// What SQLite says, and what one does about it.
Error error_of(const fs::path& file, const SQLite::Exception& error) {
  const auto text = safe_text(error.getErrorStr(), 200);
  switch (error.getErrorCode()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Failure::ours, named(file) + " is locked by another process: try again when that has ended", {}, {}};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_TOOBIG:
    case SQLITE_ERROR: return damaged(file, text);
    case SQLITE_FULL: return {Failure::ours, named(file) + " cannot grow: the disk is full", {}, {}};
    default:
      return {Failure::ours,
              named(file) + " cannot be used (" + text + "): \"store\" in the configuration can name another place",
              {},
              {}};
  }
}

std::int64_t milliseconds(Time time) { return time.time_since_epoch().count(); }

template <class T>
void bind(SQLite::Statement& statement, int index, const std::optional<T>& value) {
  if (value)
    statement.bind(index, *value);
  else
    statement.bind(index);
}

void bind_kind(SQLite::Statement& statement, const Kind& kind) {
  int index = 0;
  for (const auto* text : {&kind.command, &kind.target, &kind.recipient, &kind.scenario})
    statement.bind(++index, *text);
}

std::optional<std::int64_t> number(const SQLite::Column& column) {
  return column.isNull() ? std::nullopt : std::optional<std::int64_t>(column.getInt64());
}

}  // namespace

struct Store::Inside {
  fs::path file;
  SQLite::Database database;

  Inside(fs::path path, int flags) : file(std::move(path)), database(file.string(), flags, patience_ms) {}

  template <class Work>
  auto guarded(const Work& work) -> decltype(work()) {
    try {
      return work();
    } catch (const SQLite::Exception& error) {
      return std::unexpected(error_of(file, error));
    }
  }

  [[nodiscard]] Error damage(const std::string& why) const { return damaged(file, why); }
  Result<std::string> text(const SQLite::Column& column) const;
  Result<Row> row(SQLite::Statement& statement) const;
  Result<std::vector<Row>> rows(SQLite::Statement& statement) const;
  Result<Ids> texts(SQLite::Statement& statement) const;
  Result<evidence::Document> document(SQLite::Statement& statement) const;
};

Result<std::string> Store::Inside::text(const SQLite::Column& column) const {
  if (column.getBytes() > static_cast<int>(max_text)) return std::unexpected(damage("a text in it is too long"));
  return column.getString();
}

Result<Row> Store::Inside::row(SQLite::Statement& statement) const {
  Row row;
  int index = 0;
  for (auto* into : {&row.id, &row.kind.command, &row.kind.target, &row.kind.recipient, &row.kind.scenario}) {
    auto read = text(statement.getColumn(index++));
    if (!read) return std::unexpected(read.error());
    *into = std::move(*read);
  }
  const auto started = statement.getColumn(index++).getInt64();
  if (started < 0 || started > last_time) return std::unexpected(damage("a time in it is none"));
  row.point.id = row.id;
  row.point.started = Time(std::chrono::milliseconds(started));
  row.interrupted = statement.getColumn(index++).getInt() != 0;
  if (const auto status = statement.getColumn(index++); !status.isNull()) row.point.exit = status.getInt();
  for (auto* into : {&row.point.passed, &row.point.warned, &row.point.failed, &row.point.undetermined})
    *into = statement.getColumn(index++).getInt64();
  row.point.latency_ms = number(statement.getColumn(index++));
  row.point.session_ms = number(statement.getColumn(index));
  return row;
}

Result<std::vector<Row>> Store::Inside::rows(SQLite::Statement& statement) const {
  std::vector<Row> all;
  while (statement.executeStep()) {
    auto read = row(statement);
    if (!read) return std::unexpected(read.error());
    all.push_back(std::move(*read));
  }
  return all;
}

Result<Ids> Store::Inside::texts(SQLite::Statement& statement) const {
  Ids all;
  while (statement.executeStep()) {
    auto read = text(statement.getColumn(0));
    if (!read) return std::unexpected(read.error());
    all.push_back(std::move(*read));
  }
  return all;
}

/// Its columns: the evidence's size, and the evidence.
Result<evidence::Document> Store::Inside::document(SQLite::Statement& statement) const {
  const auto size = statement.getColumn(0).getInt64();
  const auto blob = statement.getColumn(1);
  if (size < 0 || static_cast<std::size_t>(size) > max_evidence ||
      static_cast<std::size_t>(blob.getBytes()) > max_packed)
    return std::unexpected(damage("evidence in it is too large"));
  const std::string_view bytes(static_cast<const char*>(blob.getBlob()), static_cast<std::size_t>(blob.getBytes()));
  const auto json = unpacked(bytes, static_cast<std::size_t>(size));
  if (!json) return std::unexpected(damage(json.error().message));
  auto read = evidence::from_json(*json);
  if (!read) return std::unexpected(damage("evidence in it is none: " + read.error().message));
  return read;
}

// --- opening --------------------------------------------------------------------------------------------------------

namespace {

/// A file that may be anybody's: nothing in its schema is trusted with a function, nothing in it is mapped.
void harden(SQLite::Database& database) {
  auto* handle = database.getHandle();
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, static_cast<int>(max_packed + 4 * max_text));
  database.exec("PRAGMA cell_size_check = ON");
}

/// Only its owner may read it: it says whom one writes to.
Result<void> make_file(const fs::path& file) {
  const auto folder = file.parent_path();
  if (!folder.empty())
    if (auto made = make_directory(folder); !made) return made;
  if (const auto opened = File::open(file, O_RDWR | O_CREAT); !opened) return std::unexpected(opened.error());
  return {};
}

}  // namespace

Result<Store> Store::open(const fs::path& file) {
  if (auto made = make_file(file); !made)
    return fail(Failure::ours,
                made.error().message + "; \"store\" in the configuration can name another place for the history");
  try {
    auto inside = std::make_unique<Inside>(file, SQLite::OPEN_READWRITE);
    harden(inside->database);
    if (auto ready = prepare_schema(inside->database); !ready)
      return fail(Failure::ours, named(file) + " " + ready.error().message +
                                     ": \"store\" in the configuration can name another place");
    // Whoever reads does not wait for who writes; a crash loses the last run at most, whose evidence is in its
    // directory.
    inside->database.exec("PRAGMA journal_mode = WAL");
    inside->database.exec("PRAGMA synchronous = NORMAL");
    return Store(std::move(inside));
  } catch (const SQLite::Exception& error) {
    return std::unexpected(error_of(file, error));
  }
}

Result<std::optional<Store>> Store::open_existing(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(file, error)) return std::nullopt;
  auto store = open(file);
  if (!store) return std::unexpected(store.error());
  return std::optional(std::move(*store));
}

Store::Store(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

// --- writing --------------------------------------------------------------------------------------------------------

Result<void> Store::add(const evidence::Document& document, std::string_view json) const {
  if (json.size() > max_evidence)
    return fail(Failure::ours, "the evidence is too large for the history: it stays in its run directory");
  const auto row = row_of(document);
  const auto blob = packed(json);
  return inside_->guarded([&]() -> Result<void> {
    SQLite::Statement statement(
        inside_->database, fmt::format("INSERT OR REPLACE INTO runs ({}, size, evidence) VALUES (?, ?, ?, ?, ?, ?, "
                                       "?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                       columns));
    int index = 0;
    for (const auto* text : {&row.id, &row.kind.command, &row.kind.target, &row.kind.recipient, &row.kind.scenario})
      statement.bind(++index, *text);
    statement.bind(++index, milliseconds(row.point.started));
    statement.bind(++index, row.interrupted ? 1 : 0);
    bind(statement, ++index, row.point.exit);
    for (const auto count : {row.point.passed, row.point.warned, row.point.failed, row.point.undetermined})
      statement.bind(++index, count);
    bind(statement, ++index, row.point.latency_ms);
    bind(statement, ++index, row.point.session_ms);
    statement.bind(++index, static_cast<std::int64_t>(json.size()));
    statement.bind(++index, blob.data(), static_cast<int>(blob.size()));
    statement.exec();
    return {};
  });
}

Result<Ids> Store::remove_before(Time time) const {
  return inside_->guarded([&]() -> Result<Ids> {
    SQLite::Statement statement(inside_->database, "DELETE FROM runs WHERE started < ? RETURNING id");
    statement.bind(1, milliseconds(time));
    return inside_->texts(statement);
  });
}

Result<Ids> Store::remove_beyond(std::size_t count) const {
  return inside_->guarded([&]() -> Result<Ids> {
    SQLite::Statement statement(
        inside_->database,
        "DELETE FROM runs WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY command, target, "
        "recipient, scenario ORDER BY started DESC, id DESC) AS place FROM runs) WHERE place > ?) RETURNING id");
    statement.bind(1, static_cast<std::int64_t>(count));
    return inside_->texts(statement);
  });
}

// --- reading --------------------------------------------------------------------------------------------------------

Result<bool> Store::contains(const std::string& id) const {
  return inside_->guarded([&]() -> Result<bool> {
    SQLite::Statement statement(inside_->database, "SELECT 1 FROM runs WHERE id = ?");
    statement.bind(1, id);
    return statement.executeStep();
  });
}

namespace {

void bind_before(SQLite::Statement& statement, const evidence::Document& document, std::size_t count) {
  bind_kind(statement, kind_of(document));
  statement.bind(5, milliseconds(document.run.started));
  statement.bind(6, document.run.id.value_or(""));
  statement.bind(7, static_cast<std::int64_t>(count));
}

}  // namespace

Result<std::optional<evidence::Document>> Store::before(const evidence::Document& document) const {
  using Found = Result<std::optional<evidence::Document>>;
  return inside_->guarded([&]() -> Found {
    SQLite::Statement statement(inside_->database, std::string("SELECT size, evidence") + of_kind_before);
    bind_before(statement, document, 1);
    if (!statement.executeStep()) return std::nullopt;
    auto found = inside_->document(statement);
    if (!found) return std::unexpected(found.error());
    return std::optional(std::move(*found));
  });
}

Result<std::vector<evidence::TrendPoint>> Store::trend(const evidence::Document& document, std::size_t count) const {
  using Points = std::vector<evidence::TrendPoint>;
  return inside_->guarded([&]() -> Result<Points> {
    SQLite::Statement statement(inside_->database, std::string("SELECT ") + columns + of_kind_before);
    bind_before(statement, document, count);
    const auto rows = inside_->rows(statement);
    if (!rows) return std::unexpected(rows.error());
    Points points;
    points.reserve(rows->size());
    for (auto row = rows->rbegin(); row != rows->rend(); ++row) points.push_back(row->point);
    return points;
  });
}

Result<std::vector<Row>> Store::list(const std::optional<std::string>& target, std::size_t count) const {
  return inside_->guarded([&]() -> Result<std::vector<Row>> {
    SQLite::Statement statement(inside_->database,
                                std::string("SELECT ") + columns +
                                    " FROM runs WHERE ?1 IS NULL OR target = ?1 OR recipient = ?1 ORDER BY started "
                                    "DESC, id DESC LIMIT ?2");
    bind(statement, 1, target);
    statement.bind(2, static_cast<std::int64_t>(std::min(count, max_rows)));
    return inside_->rows(statement);
  });
}

Result<Ids> Store::ids(const std::string& prefix, std::size_t count) const {
  return inside_->guarded([&]() -> Result<Ids> {
    SQLite::Statement statement(inside_->database,
                                "SELECT id FROM runs WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id LIMIT ?2");
    statement.bind(1, prefix);
    statement.bind(2, static_cast<std::int64_t>(std::min(count, max_rows)));
    return inside_->texts(statement);
  });
}

Result<std::optional<std::string>> Store::newest() const {
  const auto rows = list(std::nullopt, 1);
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return std::nullopt;
  return rows->front().id;
}

Result<evidence::Document> Store::load(const std::string& id) const {
  return inside_->guarded([&]() -> Result<evidence::Document> {
    SQLite::Statement statement(inside_->database, "SELECT size, evidence FROM runs WHERE id = ?");
    statement.bind(1, id);
    if (!statement.executeStep()) return fail(Failure::usage, "there is no run " + safe_text(id) + " in the history");
    return inside_->document(statement);
  });
}

}  // namespace mailprobe::history
