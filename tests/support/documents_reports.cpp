#include "tests/support/documents.h"

namespace mailprobe::test {

using namespace evidence;

namespace {

Time at(const char* text) { return parse_rfc3339(text).value(); }

Report dmarc_report() {
  Report report;
  report.kind = "dmarc";
  report.organization = "target.test";
  report.id = "2026-01-31.probe.test@target.test";
  report.domain = "probe.test";
  report.begin = at("2026-01-31T00:00:00Z");
  report.end = at("2026-01-31T23:59:59Z");
  report.policy = "reject";
  report.joined_by = "recipient";
  report.mail = ReportMail{"target.test", auth::DmarcOutcome::pass, {"target.test"}, true};
  ReportRow row;
  row.count = 1;
  row.source_ip = "192.0.2.10";
  row.disposition = "none";
  row.dkim = "pass";
  row.spf = "pass";
  row.results = {{"dkim", "pass", "", {{"header.d", "probe.test"}, {"header.s", "r1"}}},
                 {"spf", "pass", "", {{"smtp.mailfrom", "probe.test"}}}};
  report.rows = {row};
  return report;
}

Report tls_report() {
  Report report;
  report.kind = "tls";
  report.organization = "Target";
  report.id = "2026-01-31T00:00:00Z_probe.test";
  report.domain = "wrong-tlsa.probe.test";
  report.begin = at("2026-01-31T00:00:00Z");
  report.end = at("2026-01-31T23:59:59Z");
  report.policy = "tlsa";
  report.successful = 0;
  report.failed = 2;
  report.joined_by = "reporter";
  report.notes = {"the file name names the domain probe.test, the report another"};
  ReportRow row;
  row.count = 2;
  row.source_ip = "198.51.100.20";
  row.result_type = "validation-failure";
  row.receiving_mx = "mx.wrong-tlsa.probe.test";
  row.reason = "TLSA mismatch";
  report.rows = {row};
  return report;
}

}  // namespace

Document reported() {
  auto document = unwatched();
  document.probes.front().reports = {dmarc_report(), tls_report()};
  return document;
}

std::vector<Report> hostile_reports(const std::string& text) {
  std::vector<Report> reports{dmarc_report(), tls_report()};
  for (auto& report : reports) {
    report.organization = report.id = report.domain = report.joined_by = text;
    report.policy = text;
    report.notes = {text};
    report.mail = ReportMail{text, {}, {text}, false};
    auto& row = report.rows.front();
    row.source_ip = row.disposition = row.dkim = row.spf = row.result_type = row.receiving_mx = row.reason = text;
    row.results = {{text, text, text, {{text, text}}}};
  }
  return reports;
}

}  // namespace mailprobe::test
