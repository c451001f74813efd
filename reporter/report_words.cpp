#include "reporter/report_words.h"

#include <algorithm>

#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

using evidence::Report;
using evidence::ReportRow;

void append(std::string& to, const std::string& text, const char* between = ", ") {
  if (!text.empty()) to += (to.empty() ? "" : between) + text;
}

/// A document may come from anybody, with any number.
std::string counted(std::int64_t count, std::string_view noun) {
  return count_of(static_cast<std::size_t>(std::max<std::int64_t>(count, 0)), noun);
}

std::string period(const Report& report) {
  if (!report.begin || !report.end) return "of no known time";
  const auto from = day(*report.begin), to = day(*report.end);
  return from == to ? from : from + " – " + to;
}

std::string policy_words(const Report& report) {
  if (!report.policy) return {};
  if (report.kind == "dmarc") return "published policy " + *report.policy;
  if (*report.policy == "sts") return "MTA-STS";
  if (*report.policy == "tlsa") return "DANE";
  return *report.policy == "no-policy-found" ? "no policy found" : *report.policy;
}

std::string joined_words(const std::string& by) {
  if (by == "selector") return "joined by the message’s own selector";
  if (by == "recipient") return "joined by the recipient’s domain";
  if (by == "reporter") return "joined by who reports";
  if (by == "among") return "perhaps about another message of ours, so it counts for nothing";
  if (by == "session") return "joined by a sender that we saw";
  return by;
}

std::string result_words(const auth::MethodResult& result) {
  auto text = result.method + "=" + result.result;
  for (const auto& [name, value] : result.properties) text += " " + value;
  return text + (result.reason.empty() ? "" : " (" + result.reason + ")");
}

RowWords dmarc_row(const ReportRow& row) {
  RowWords words;
  words.what = counted(row.count, "message") + (row.source_ip ? " from " + *row.source_ip : std::string{});
  if (row.disposition) append(words.result, "disposition " + *row.disposition);
  if (row.dkim) append(words.result, "DKIM " + *row.dkim);
  if (row.spf) append(words.result, "SPF " + *row.spf);
  words.tone = row.dkim == "pass" || row.spf == "pass" ? "pass" : "fail";
  for (const auto& result : row.results) append(words.detail, result_words(result));
  append(words.detail, row.reason.value_or(""), "; ");
  return words;
}

RowWords tls_row(const ReportRow& row) {
  RowWords words;
  words.what = counted(row.count, "session") + (row.source_ip ? " from " + *row.source_ip : std::string{}) +
               (row.receiving_mx ? " to " + *row.receiving_mx : std::string{});
  words.result = row.result_type.value_or("failed");
  words.tone = "none";
  words.detail = row.reason.value_or("");
  return words;
}

}  // namespace

std::string report_title(const Report& report) {
  return std::string(report.kind == "dmarc" ? "DMARC aggregate report of " : "TLS report of ") + report.organization +
         ", " + period(report);
}

std::string report_facts(const Report& report) {
  std::string facts = "about " + report.domain;
  append(facts, policy_words(report));
  if (report.successful && report.failed)
    append(facts, counted(*report.successful, "session") + " with TLS, " + std::to_string(*report.failed) + " failed");
  append(facts, joined_words(report.joined_by), "; ");
  append(facts, "id " + report.id, "; ");
  return facts;
}

namespace {

/// What it is worth, before who it came from.
std::string_view worth_of(const evidence::ReportMail& mail) {
  if (mail.vouched) return "came from ";
  if (mail.dmarc == auth::DmarcOutcome::pass || !mail.signed_by.empty())
    return "not vouched for by who took the mail, so it counts for nothing: came from ";
  return "nobody vouches for it, so it counts for nothing: came from ";
}

}  // namespace

std::string report_origin(const Report& report) {
  if (!report.mail) return {};
  const auto& mail = *report.mail;
  std::string how = mail.dmarc ? "DMARC " + std::string(word(*mail.dmarc)) : "DMARC not evaluated";
  std::string signers;
  for (const auto& domain : mail.signed_by) append(signers, domain);
  append(how, signers.empty() ? "no signature that holds" : "signed by " + signers);
  return std::string(worth_of(mail)) + mail.from + " (" + how + ")";
}

std::vector<RowWords> report_rows(const Report& report) {
  std::vector<RowWords> rows;
  rows.reserve(report.rows.size());
  for (const auto& row : report.rows) rows.push_back(report.kind == "dmarc" ? dmarc_row(row) : tls_row(row));
  return rows;
}

}  // namespace mailprobe::reporter
