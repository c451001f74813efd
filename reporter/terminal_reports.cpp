#include "reporter/report_words.h"
#include "reporter/terminal_sections.h"

namespace mailprobe::reporter {

namespace {

Ink ink_of_tone(const std::string& tone) {
  if (tone == "pass") return Ink::green;
  return tone == "fail" ? Ink::red : Ink::yellow;
}

void show_report(TerminalPage& page, const evidence::Report& report) {
  page.line({{report_title(report), Ink::bold}}, 2, 2);
  page.line({{report_facts(report), Ink::dim}}, 4, 2);
  if (const auto origin = report_origin(report); !origin.empty())
    page.line({{origin, report.mail->vouched ? Ink::dim : Ink::yellow}}, 4, 2);
  for (const auto& row : report_rows(report)) {
    page.line({{row.what + ": "}, {row.result, ink_of_tone(row.tone)}}, 4, 2);
    if (!row.detail.empty()) page.line({{row.detail, Ink::dim}}, 6, 2);
  }
  for (const auto& note : report.notes) page.line({{note, Ink::dim}}, 4, 2);
}

}  // namespace

void show_reports(TerminalPage& page, const evidence::Probe& probe) {
  if (probe.reports.empty()) return;
  page.heading("Reports about this run");
  for (const auto& report : probe.reports) show_report(page, report);
}

}  // namespace mailprobe::reporter
