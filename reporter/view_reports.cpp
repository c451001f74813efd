#include "reporter/report_words.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

View report_view(const evidence::Report& report) {
  Views rows, notes;
  for (const auto& row : report_rows(report))
    rows.push_back(View()
                       .set("what", row.what)
                       .set("result", row.result)
                       .set("tone", row.tone == "none" ? "warn" : tone_of_result(row.tone))
                       .set("detail", row.detail));
  for (const auto& note : report.notes) notes.push_back(View().set("text", note));
  return View()
      .set("title", report_title(report))
      .set("facts", report_facts(report))
      .set("origin", report_origin(report))
      .set("has_rows", !rows.empty())
      .set("rows", std::move(rows))
      .set("notes", std::move(notes));
}

}  // namespace

void view_reports(View& probe, const evidence::Probe& of) {
  Views reports;
  for (const auto& report : of.reports) reports.push_back(report_view(report));
  probe.set("has_reports", !reports.empty()).set("reports", std::move(reports));
}

}  // namespace mailprobe::reporter
