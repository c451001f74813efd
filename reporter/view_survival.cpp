#include "reporter/survival_grid.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

std::string_view tone_of(Survival what) {
  switch (what) {
    case Survival::survived: return "pass";
    case Survival::broken:
    case Survival::gone: return "fail";
    case Survival::unknown: return "mute";
  }
  return "mute";
}

Views cells_of(const SurvivalRow& row) {
  Views cells;
  for (const auto& cell : row.cells) {
    View view;
    badge(view, tone_of(cell.what), cell.text);
    cells.push_back(std::move(view));
  }
  return cells;
}

}  // namespace

void view_survival(View& page, const Page& from) {
  const auto grid = survival_grid(from.document, from.raw);
  page.set("has_survival", grid.has_value());
  if (!grid) return;
  Views rows, columns;
  for (const auto& name : grid->signatures) columns.push_back(View().set("signature", name));
  for (const auto& row : grid->rows) rows.push_back(View().set("probe", row.probe).set("cells", cells_of(row)));
  page.set("survival_sentence", survival_sentence(*grid))
      .set("survival_columns", std::move(columns))
      .set("survival_rows", std::move(rows));
}

}  // namespace mailprobe::reporter
