// Charts of the runs before and this one: what was found, and how long it took. Coordinates and words as views, no
// markup: templates/since.mustache draws them.
#pragma once

#include <vector>

#include "evidence/document.h"
#include "reporter/view.h"

namespace mailprobe::reporter {

/// The runs of the document's comparison and itself, the oldest first; none where it has no comparison.
std::vector<evidence::TrendPoint> trend_line(const evidence::Document& document);

/// A chart a measure that has values: `title`, `label`, `ticks`, `bars`, `lines`, `dots`, `legend`.
Views trend_charts(const std::vector<evidence::TrendPoint>& line);

/// The same numbers, a row a run.
Views trend_rows(const std::vector<evidence::TrendPoint>& line);

}  // namespace mailprobe::reporter
