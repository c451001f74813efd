// The tables of a history and their versions: made where there are none, brought up to date where they are older.
// For the sources of this room.
#pragma once

#include "base/error.h"

namespace SQLite {
class Database;
}

namespace mailprobe::history {

/// Failure::ours for a file that is something else, or of a later version. May throw SQLite::Exception.
Result<void> prepare_schema(SQLite::Database& database);

}  // namespace mailprobe::history
