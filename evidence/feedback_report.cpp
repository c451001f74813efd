#include "evidence/feedback_report.h"

#include <algorithm>

#include "auth/mime_map.h"
#include "base/text.h"
#include "evidence/report_parts.h"

namespace mailprobe::evidence {

namespace {

constexpr std::size_t max_fields = 16 * 1024;  // of the report: RFC 5965 §3 has about twenty short ones
constexpr std::size_t max_value = 320;         // an address

std::string_view value_of(const auth::Message& header, std::string_view name) {
  const auto* field = header.first(name);
  return field == nullptr ? std::string_view{} : trim(field->value);
}

bool is_feedback_report(const auth::Message& message) {
  const auto type = value_of(message, "Content-Type");
  return istarts_with(type, "multipart/report") &&
         iequals(auth::mime_parameter(type, "report-type"), "feedback-report");
}

std::string word_in(const auth::Message& fields, std::string_view name) {
  const auto text = auth::unfold(value_of(fields, name));
  return to_lower(text.substr(0, std::min(text.find_first_of(" \t(;"), max_value)));
}

/// "Original-Rcpt-To: <user@example.com>" (RFC 5965 §3.2); some write no brackets.
std::vector<std::string> recipients_in(const auth::Message& fields) {
  std::vector<std::string> all;
  for (const auto* field : fields.all("Original-Rcpt-To")) {
    if (all.size() == max_feedback_recipients) break;
    auto address = auth::unfold(field->value);
    if (address.starts_with('<') && address.ends_with('>')) address = address.substr(1, address.size() - 2);
    if (!address.empty() && address.size() <= max_value) all.push_back(std::move(address));
  }
  return all;
}

/// The first part that names a type.
void read_fields(std::string_view text, FeedbackReport& into) {
  const auto part = auth::split_message(text);
  if (!into.type.empty() || !istarts_with(value_of(part, "Content-Type"), "message/feedback-report")) return;
  const auto said = decoded_body(part, max_fields);
  const auto fields = auth::split_message(said);
  into.type = word_in(fields, "Feedback-Type");
  into.recipients = recipients_in(fields);
}

}  // namespace

std::optional<FeedbackReport> read_feedback_report(const auth::Message& message) {
  if (!is_feedback_report(message)) return std::nullopt;
  FeedbackReport report;
  for (const auto text : report_parts(message)) read_fields(text, report);
  if (report.type.empty()) return std::nullopt;
  report.returned_header = returned_header(message);
  return report;
}

bool is_complaint(const FeedbackReport& report) { return report.type != "not-spam" && report.type != "auth-failure"; }

}  // namespace mailprobe::evidence
