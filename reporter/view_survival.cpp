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

/// To what changed on the way, or to what is known of the signatures.
std::string anchor_of(const Page& from, std::size_t probe) {
  const auto changed = from.section_anchor(probe, "changes");
  return changed.empty() ? from.section_anchor(probe, "dkim") : changed;
}

Views cells_of(const Page& from, const SurvivalGrid& grid, const SurvivalRow& row) {
  Views cells;
  const auto anchor = anchor_of(from, row.index);
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const auto& cell = row.cells[i];
    View view;
    view.set("signature", grid.signatures[i]);
    badge(view, tone_of(cell.what), cell.text).set("anchor", cell.what == Survival::survived ? "" : anchor);
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
  for (const auto& row : grid->rows)
    rows.push_back(View()
                       .set("probe", row.probe)
                       .set("at_probe", from.probe_anchor(row.index))
                       .set("cells", cells_of(from, *grid, row)));
  page.set("survival_sentence", survival_sentence(*grid))
      .set("survival_rest", survival_rest(*grid))
      .set("survival_columns", std::move(columns))
      .set("survival_rows", std::move(rows));
}

}  // namespace mailprobe::reporter
