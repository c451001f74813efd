#include "reporter/comparison.h"
#include "reporter/phrases.h"
#include "reporter/trend.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

View row_view(const DifferenceRow& row) {
  return View()
      .set("tone", row.tone)
      .set("name", row.title)
      .set("text", row.text)
      .set("subject", row.subject)
      .set("before", row.before)
      .set("after", row.after);
}

View group_view(const DifferenceGroup& group) {
  Views rows, quiet;
  for (const auto& row : group.rows) (row.quiet ? quiet : rows).push_back(row_view(row));
  const auto count = quiet.size();
  return View()
      .set("title", group.title)
      .set("count", std::to_string(group.rows.size()))
      .set("rows", std::move(rows))
      .set("quiet", count > 0)
      .set("quiet_count", count_of(count, "check"))
      .set("quiet_rows", std::move(quiet));
}

}  // namespace

void view_since(View& page, const Page& from) {
  const auto& comparison = from.document.comparison;
  page.set("has_since", comparison.has_value());
  if (!comparison) return;
  Views groups;
  for (const auto& group : difference_groups(*comparison)) groups.push_back(group_view(group));
  const auto line = trend_line(from.document);
  auto charts = trend_charts(line);
  page.set("since_with", earlier_phrase(comparison->with))
      .set("since_counts", difference_counts(*comparison))
      .set("since_groups", std::move(groups))
      .set("has_charts", !charts.empty())
      .set("chart_runs", std::to_string(line.size()))
      .set("charts", std::move(charts))
      .set("trend_rows", trend_rows(line));
}

}  // namespace mailprobe::reporter
