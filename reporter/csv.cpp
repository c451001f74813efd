// A line a finding, and before them a line an expectation (its check is "expect"), for spreadsheets (RFC 4180). What
// comes from outside must not become a formula there.
#include <array>

#include "reporter/escape.h"
#include "reporter/expectations.h"
#include "reporter/reporter.h"

namespace mailprobe::reporter {

namespace {

constexpr std::string_view head =
    "target,run,started,check,verdict,grade,cause,subject,probe,summary,advice,reference,fix_by\r\n";

/// In double quotes always. A spreadsheet takes what begins with one of these for a formula, in quotes too; an
/// apostrophe in front makes it text.
std::string cell(std::string_view text) {
  constexpr std::string_view formula = "=+-@\t\r";
  const auto line = one_line(text);
  std::string out = "\"";
  if (!line.empty() && formula.contains(line.front())) out += '\'';
  for (const char c : line) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

std::string row(const evidence::Document& document, const evidence::Finding& finding) {
  const std::array cells{std::string(document.run.target),
                         document.run.id.value_or(""),
                         rfc3339(document.run.started),
                         finding.check,
                         std::string(word(finding.verdict)),
                         std::string(finding.grade ? word(*finding.grade) : ""),
                         std::string(finding.cause ? word(*finding.cause) : ""),
                         finding.subject,
                         finding.probe.value_or(""),
                         finding.summary,
                         finding.advice,
                         finding.reference,
                         std::string(word(finding.fix_by))};
  std::string out;
  for (const auto& each : cells) out += (out.empty() ? "" : ",") + cell(each);
  return out + "\r\n";
}

}  // namespace

std::string csv(const Documents& documents) {
  std::string out(head);
  for (const auto& document : documents) {
    for (const auto& expectation : expectation_findings(document)) out += row(document, expectation);
    for (const auto& finding : document.findings) out += row(document, finding);
  }
  return out;
}

}  // namespace mailprobe::reporter
