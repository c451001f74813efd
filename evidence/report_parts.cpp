#include "evidence/report_parts.h"

#include <algorithm>
#include <array>

#include "auth/mime_map.h"
#include "auth/text_lines.h"
#include "base/text.h"

namespace mailprobe::evidence {

namespace {

std::string_view value_of(const auth::Message& header, std::string_view name) {
  const auto* field = header.first(name);
  return field == nullptr ? std::string_view{} : trim(field->value);
}

auth::TransferEncoding encoding_of(const auth::Message& header) {
  const auto said = value_of(header, "Content-Transfer-Encoding");
  if (iequals(said, "base64")) return auth::TransferEncoding::base64;
  return iequals(said, "quoted-printable") ? auth::TransferEncoding::quoted_printable
                                           : auth::TransferEncoding::identity;
}

/// RFC 6522 §3: the message, or its header alone.
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

}  // namespace

std::vector<std::string_view> report_parts(const auth::Message& report) {
  const auto delimiters = auth::map_mime(report).delimiters;
  const auto number = std::min(delimiters.size(), max_report_parts);
  std::vector<std::string_view> parts;
  parts.reserve(number);
  for (std::size_t i = 0; i < number; ++i) {
    const auto from = auth::line_end(report.body, delimiters[i]).next;
    const auto to = i + 1 < delimiters.size() ? delimiters[i + 1] : report.body.size();
    parts.push_back(report.body.substr(from, to - from));
  }
  return parts;
}

std::string decoded_body(const auth::Message& part, std::size_t most) {
  std::vector<auth::TextLine> lines;
  auth::TextStore store;
  auth::append_decoded(lines, store, part.body, {.bytes = {0, part.body.size()}, .encoding = encoding_of(part)}, 1);
  std::string out;
  for (const auto& line : lines) {
    if (out.size() + line.text.size() + 2 > most) break;
    out.append(line.text).append("\r\n");
  }
  return out;
}

std::string returned_header(const auth::Message& report) {
  for (const auto text : report_parts(report)) {
    const auto part = auth::split_message(text);
    if (!is_returned(value_of(part, "Content-Type"))) continue;
    if (auto header = header_of(decoded_body(part, max_returned_header)); !header.empty()) return header;
  }
  return {};
}

}  // namespace mailprobe::evidence
