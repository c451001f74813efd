// DMARC aggregate reports: what is read keeps to its limits, and, written plainly, is read as the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/address.h"
#include "reports/dmarc_report.h"
#include "reports/limits.h"

using namespace mailprobe;
using namespace mailprobe::reports;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

std::string element(const std::string& name, const std::string& text) {
  std::string out = "<" + name + ">";
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out + "</" + name + ">";
}

std::string seconds(Time time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

std::string printed(const DmarcRecord& record) {
  return "<record><row>" + element("source_ip", record.source_ip.text()) +
         element("count", std::to_string(record.count)) + "</row></record>";
}

std::string printed(const DmarcReport& report) {
  auto out = "<feedback><report_metadata>" + element("org_name", "o") + element("report_id", "i") + "<date_range>" +
             element("begin", seconds(report.begin)) + element("end", seconds(report.end)) +
             "</date_range></report_metadata><policy_published>" + element("domain", report.domain) +
             "</policy_published>";
  for (const auto& record : report.records) out += printed(record);
  return out + "</feedback>";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto report = parse_dmarc_report(text);
  if (!report) return 0;
  check(DomainName::parse(report->domain).has_value() && report->begin <= report->end && !report->report_id.empty());
  check(report->org_name.size() <= limits::xml_text + 3 && report->oddities.size() <= limits::oddities);
  for (const auto& record : report->records)
    check(record.count >= 0 && record.results.size() <= limits::results_of_record &&
          record.reasons.size() <= limits::reasons_of_record);
  const auto again = parse_dmarc_report(printed(*report));
  check(again && again->domain == report->domain && again->begin == report->begin && again->end == report->end);
  check(again->records.size() == report->records.size());
  for (std::size_t i = 0; i < report->records.size(); ++i)
    check(again->records[i].source_ip == report->records[i].source_ip &&
          again->records[i].count == report->records[i].count);
  return 0;
}
