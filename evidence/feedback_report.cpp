#include "evidence/feedback_report.h"

#include <algorithm>
#include <array>

#include "auth/mime_map.h"
#include "auth/text_lines.h"
#include "base/text.h"

namespace mailprobe::evidence {

namespace {

constexpr std::size_t max_parts = 50;          // RFC 5965 §2 has three
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

auth::TransferEncoding encoding_of(const auth::Message& header) {
  const auto said = value_of(header, "Content-Transfer-Encoding");
  if (iequals(said, "base64")) return auth::TransferEncoding::base64;
  return iequals(said, "quoted-printable") ? auth::TransferEncoding::quoted_printable
                                           : auth::TransferEncoding::identity;
}

/// The first `most` octets, whole lines, with the transfer encoding undone.
std::string decoded(std::string_view text, auth::TransferEncoding encoding, std::size_t most) {
  std::vector<auth::TextLine> lines;
  auth::TextStore store;
  auth::append_decoded(lines, store, text, {.bytes = {0, text.size()}, .encoding = encoding}, 1);
  std::string out;
  for (const auto& line : lines) {
    if (out.size() + line.text.size() + 2 > most) break;
    out.append(line.text).append("\r\n");
  }
  return out;
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

/// RFC 5965 §2: the message, or its header alone.
bool is_returned(std::string_view type) {
  constexpr std::array types{"message/rfc822", "text/rfc822-headers", "message/global"};
  return std::ranges::any_of(types, [&](std::string_view each) { return istarts_with(type, each); });
}

/// Up to the empty line.
std::string header_of(std::string text) {
  const auto end = text.find("\r\n\r\n");
  if (end != std::string::npos) text.resize(end + 2);
  return text;
}

void read_part(std::string_view text, FeedbackReport& into) {
  const auto part = auth::split_message(text);
  const auto type = value_of(part, "Content-Type");
  const auto encoding = encoding_of(part);
  if (into.type.empty() && istarts_with(type, "message/feedback-report")) {
    const auto said = decoded(part.body, encoding, max_fields);
    const auto fields = auth::split_message(said);
    into.type = word_in(fields, "Feedback-Type");
    into.recipients = recipients_in(fields);
  } else if (into.returned_header.empty() && is_returned(type)) {
    into.returned_header = header_of(decoded(part.body, encoding, max_returned_header));
  }
}

}  // namespace

std::optional<FeedbackReport> read_feedback_report(const auth::Message& message) {
  if (!is_feedback_report(message)) return std::nullopt;
  const auto delimiters = auth::map_mime(message).delimiters;
  FeedbackReport report;
  for (std::size_t i = 0; i < delimiters.size() && i < max_parts; ++i) {
    const auto from = auth::line_end(message.body, delimiters[i]).next;
    const auto to = i + 1 < delimiters.size() ? delimiters[i + 1] : message.body.size();
    read_part(message.body.substr(from, to - from), report);
  }
  if (report.type.empty()) return std::nullopt;
  return report;
}

bool is_complaint(const FeedbackReport& report) { return report.type != "not-spam" && report.type != "auth-failure"; }

}  // namespace mailprobe::evidence
