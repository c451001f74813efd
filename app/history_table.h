// The runs that are kept as a table: aligned, as wide as the terminal and no wider. What has no room is left out, a
// name that is too long is cut; the run's id is always whole.
#pragma once

#include <string>
#include <vector>

#include "app/console.h"
#include "history/row.h"

namespace mailprobe::app {

/// Empty where there are no rows.
std::string history_table(const std::vector<history::Row>& rows, const Console& console);

}  // namespace mailprobe::app
