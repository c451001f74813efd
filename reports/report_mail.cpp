#include "reports/report_mail.h"

#include <algorithm>
#include <array>

#include "auth/mime_map.h"
#include "base/encoding.h"
#include "base/text.h"
#include "reports/limits.h"

namespace mailprobe::reports {

namespace {

// RFC 9990 §3.5.2, RFC 8460 §6.4 and §6.5, and what was common before them.
constexpr std::array<std::string_view, 9> report_types{
    "application/gzip", "application/x-gzip",      "application/zip", "application/x-zip-compressed",
    "application/xml",  "application/tlsrpt+gzip", "text/xml",        "application/tlsrpt+json",
    "application/json"};
constexpr std::array<std::string_view, 4> report_endings{".gz", ".zip", ".xml", ".json"};

std::string media_type_of(std::string_view content_type) {
  return to_lower(trim(content_type.substr(0, content_type.find(';'))));
}

/// RFC 2183 §2.3, and the older name= of Content-Type.
std::string file_name_of(const auth::Message& header) {
  std::string name;
  if (const auto* field = header.first("Content-Disposition")) name = auth::mime_parameter(field->value, "filename");
  const auto* type = header.first("Content-Type");
  if (name.empty() && type != nullptr) name = auth::mime_parameter(type->value, "name");
  return name.substr(0, limits::file_name);
}

bool may_hold_report(const Attachment& attachment) {
  if (std::ranges::find(report_types, attachment.media_type) != report_types.end()) return true;
  const auto name = to_lower(attachment.file_name);
  return std::ranges::any_of(report_endings, [&](std::string_view ending) { return name.ends_with(ending); });
}

// quoted-printable: "=" and two hexadecimal digits, or "=" at a line's end (RFC 2045 §6.7).
std::string from_quoted_printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '=') {
      out += text[at];
      continue;
    }
    auto end = text.find_first_not_of(" \t\r", at + 1);
    if (end != std::string_view::npos && text[end] == '\n') {
      at = end;
      continue;
    }
    const auto byte = from_hex(text.substr(at + 1, 2));
    out += byte && byte->size() == 1 ? *byte : "=";
    if (byte && byte->size() == 1) at += 2;
  }
  return out;
}

std::optional<std::string> decoded(std::string_view bytes, auth::TransferEncoding encoding) {
  switch (encoding) {
    case auth::TransferEncoding::base64: return from_base64(bytes);
    case auth::TransferEncoding::quoted_printable: return from_quoted_printable(bytes);
    case auth::TransferEncoding::identity: break;
  }
  return std::string(bytes);
}

/// The word behind `label` in `text`.
std::optional<std::string> word_after(std::string_view text, std::string_view label) {
  const auto found = ifind(text, label);
  if (found == std::string_view::npos) return std::nullopt;
  const auto rest = trim(text.substr(found + label.size()));
  auto word = rest.substr(0, rest.find_first_of(" \t\r\n"));
  if (word.starts_with('<') && word.ends_with('>')) word = word.substr(1, word.size() - 2);
  if (word.empty()) return std::nullopt;
  return std::string(word.substr(0, limits::file_name));
}

std::optional<std::string> field_word(const auth::Message& message, std::string_view name) {
  const auto* field = message.first(name);
  if (field == nullptr) return std::nullopt;
  return auth::unfold(field->value).substr(0, limits::file_name);
}

}  // namespace

std::vector<Attachment> report_attachments(const auth::Message& message) {
  std::vector<Attachment> found;
  for (const auto& content : auth::map_mime(message).contents) {
    if (found.size() >= limits::parts) break;
    const auto nested = auth::split_message(content.header.of(message.body));
    const auto& header = content.nested ? nested : message;
    const auto* type = header.first("Content-Type");
    Attachment attachment{.media_type = type != nullptr ? media_type_of(type->value) : "text/plain",
                          .file_name = file_name_of(header),
                          .bytes = {}};
    if (!may_hold_report(attachment)) continue;
    auto bytes = decoded(content.bytes.of(message.body), content.encoding);
    if (!bytes) continue;
    attachment.bytes = std::move(*bytes);
    found.push_back(std::move(attachment));
  }
  return found;
}

Claims subject_claims(std::string_view subject) {
  const auto text = auth::unfold(subject);
  return {.domain = word_after(text, "Report Domain:"),
          .submitter = word_after(text, "Submitter:"),
          .id = word_after(text, "Report-ID:")};
}

Claims header_claims(const auth::Message& message) {
  return {.domain = field_word(message, "TLS-Report-Domain"),
          .submitter = field_word(message, "TLS-Report-Submitter"),
          .id = {}};
}

Claims file_name_claims(std::string_view file_name) {
  const auto parts = split(file_name, '!');
  if (parts.size() < 4) return {};
  return {.domain = std::string(parts[1]), .submitter = std::string(parts[0]), .id = {}};
}

}  // namespace mailprobe::reports
