#include "reporter/enforcement_grid.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

constexpr int most_steps = 4;  // looked up, evaluated, recorded, enforced

/// As many filled as it got to.
Views steps_of(const EnforcementRow& row) {
  Views steps;
  const int got = row.grade ? static_cast<int>(*row.grade) + 1 : 0;
  for (int i = 0; i < most_steps; ++i) steps.push_back(View().set("on", i < got));
  return steps;
}

View row_view(const Page& from, const EnforcementRow& row) {
  View control, grade, view;
  badge(control, row.control_arrived ? "pass" : "unsure",
        row.control_arrived  ? "arrived"
        : row.control_sought ? "did not arrive"
                             : "not looked for");
  badge(grade, tone_of(row.judged), grade_phrase(row));
  return badge(view, row.verdict)
      .set("anchor", from.probe_anchor(row.probe))
      .set("wrong", row.wrong)
      .set("name", row.name)
      .set("control", std::move(control.set("whose", row.control)))
      .set("graded", std::move(grade.set("steps", steps_of(row))))
      .set("why", row.grade ? "" : row.summary)
      .set("recorded", row.recorded)
      .set("icon", row.icon)
      .set("went", row.went);
}

}  // namespace

void view_enforcement(View& page, const Page& from) {
  const auto grid = enforcement_grid(from.document);
  page.set("has_enforcement", grid.has_value());
  if (!grid) return;
  Views rows;
  const std::string* set = nullptr;
  for (const auto& row : grid->rows) {
    auto view = row_view(from, row);
    if (grid->several_sets && (set == nullptr || *set != row.set)) view.set("set", row.set);
    set = &row.set;
    rows.push_back(std::move(view));
  }
  page.set("enforcement_sentence", enforcement_sentence(*grid)).set("enforcement_rows", std::move(rows));
}

}  // namespace mailprobe::reporter
