#include "evidence/reported.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "evidence/pointer.h"

namespace mailprobe::evidence {

namespace {

std::string domain_of(const std::string& address) { return to_lower(address.substr(address.rfind('@') + 1)); }

std::string_view property(const auth::MethodResult& result, std::string_view name) {
  for (const auto& [key, value] : result.properties)
    if (key == name) return value;
  return {};
}

/// pass where any signature of ours does, else the first of them.
std::optional<std::string> dkim_of(const ReportRow& row, const std::string& domain) {
  std::optional<std::string> first;
  for (const auto& result : row.results) {
    if (result.method != "dkim" || to_lower(property(result, "header.d")) != domain) continue;
    if (result.result == "pass") return result.result;
    if (!first) first = result.result;
  }
  return first;
}

std::optional<std::string> spf_of(const ReportRow& row) {
  for (const auto& result : row.results)
    if (result.method == "spf" && !result.result.empty()) return result.result;
  return std::nullopt;
}

/// RFC 9989 §5: either of the two, aligned.
std::optional<std::string> dmarc_of(const ReportRow& row) {
  if (!row.dkim && !row.spf) return std::nullopt;
  return row.dkim == "pass" || row.spf == "pass" ? "pass" : "fail";
}

std::optional<std::string> result_of(const ReportRow& row, std::string_view method, const std::string& domain) {
  if (method == "dkim") return dkim_of(row, domain);
  if (method == "spf") return spf_of(row);
  return dmarc_of(row);
}

bool same(const ReportedResult& a, const ReportedResult& b) {
  return a.result == b.result && a.disposition == b.disposition;
}

/// Types that only one of the two can give; the others go by the policy.
bool refused_by(Refusing by, const Report& report, const ReportRow& row) {
  constexpr std::array<std::string_view, 3> dane{"tlsa-invalid", "dnssec-invalid", "dane-required"};
  constexpr std::array<std::string_view, 3> sts{"sts-policy-fetch-error", "sts-policy-invalid", "sts-webpki-invalid"};
  constexpr std::array<std::string_view, 5> either{"starttls-not-supported", "certificate-host-mismatch",
                                                   "certificate-expired", "certificate-not-trusted",
                                                   "validation-failure"};
  const auto type = row.result_type.value_or("");
  const auto& own = by == Refusing::dane ? dane : sts;
  if (std::ranges::find(own, type) != own.end()) return true;
  if (std::ranges::find(either, type) == either.end()) return false;
  return report.policy == (by == Refusing::dane ? "tlsa" : "sts");
}

}  // namespace

bool counts(const Report& report) { return (!report.mail || report.mail->vouched) && report.joined_by != "among"; }

std::optional<ReportedResult> reported(const Probe& probe, const std::string& at, std::string_view method) {
  const auto domain = domain_of(probe.from);
  std::optional<ReportedResult> said;
  for (std::size_t i = 0; i < probe.reports.size(); ++i) {
    const auto& report = probe.reports[i];
    if (report.kind != "dmarc" || !counts(report)) continue;
    for (const auto& row : report.rows) {
      const auto result = result_of(row, method, domain);
      if (!result) continue;
      ReportedResult now{report.organization, *result, {}, at + pointer("reports", i)};
      if (method == "dmarc") now.disposition = row.disposition == "pass" ? "none" : row.disposition;
      if (said && !same(*said, now)) return std::nullopt;
      if (!said) said = std::move(now);
    }
  }
  return said;
}

std::vector<ReportedFailure> reported_failures(const Probe& probe, const std::string& at, Refusing by,
                                               std::string_view receiving_mx, std::string_view domain) {
  std::vector<ReportedFailure> all;
  for (std::size_t i = 0; i < probe.reports.size(); ++i) {
    const auto& report = probe.reports[i];
    if (report.kind != "tls" || !counts(report)) continue;
    for (std::size_t r = 0; r < report.rows.size(); ++r) {
      const auto& row = report.rows[r];
      const bool here = row.receiving_mx ? iequals(*row.receiving_mx, receiving_mx) : iequals(report.domain, domain);
      if (!here || row.count == 0 || !refused_by(by, report, row)) continue;
      all.push_back(
          {report.organization, *row.result_type, row.receiving_mx, row.count, at + pointer("reports", i, "rows", r)});
    }
  }
  return all;
}

}  // namespace mailprobe::evidence
