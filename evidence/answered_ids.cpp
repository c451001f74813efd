#include "evidence/answered_ids.h"

#include <algorithm>
#include <array>
#include <ranges>

#include "auth/mime_map.h"
#include "auth/text_lines.h"
#include "base/text.h"
#include "evidence/feedback_report.h"
#include "evidence/forwarded.h"
#include "evidence/report_parts.h"

namespace mailprobe::evidence {

namespace {

constexpr std::size_t max_text_lines = 1000;  // of a bounce in plain words, with what it returns

void add_id(std::vector<std::string>& ids, std::string_view text) {
  auto id = to_lower(trim(text));
  if (ids.size() < max_answered_ids && is_id(id) && std::ranges::find(ids, id) == ids.end())
    ids.push_back(std::move(id));
}

/// msg-id = "<" id-left "@" id-right ">" (RFC 5322 §3.6.4): the id is what stands on the left of ours. The last one of
/// References is what is answered, those before it are what that answered.
void add_message_ids(std::vector<std::string>& ids, const auth::Message& header, std::string_view name) {
  for (const auto* field : header.all(name))
    for (const auto each : std::views::reverse(split(field->value, '<')))
      if (const auto at = each.find('@'); at != std::string_view::npos) add_id(ids, each.substr(0, at));
}

/// qmail and Exim put what they return below their own words.
std::string header_in_text(const auth::Message& message) {
  const auto map = auth::map_mime(message);
  if (map.contents.empty()) return {};
  std::vector<auth::TextLine> lines;
  auth::TextStore store;
  auth::append_decoded(lines, store, message.body, map.contents.front(), 1);
  constexpr std::array<std::string_view, 2> ours{"Message-ID:", "X-Mailprobe-Id:"};
  std::string header;
  for (const auto& line : lines | std::views::take(max_text_lines))
    if (std::ranges::any_of(ours, [&](std::string_view name) { return istarts_with(line.text, name); }))
      header.append(line.text).append("\r\n");
  return header;
}

/// What any text quotes is no message that came back: only the mail system's own (RFC 5321 §4.5.5) is read for it.
std::string returned(const auth::Message& message, std::string_view reverse_path) {
  const auto* type = message.first("Content-Type");
  if (type != nullptr && istarts_with(trim(type->value), "multipart/report")) return returned_header(message);
  if (!reverse_path.empty()) return {};
  auto header = returned_header(message);  // a report within another multipart
  return header.empty() ? header_in_text(message) : header;
}

}  // namespace

std::vector<std::string> answered_ids(const auth::Message& message, std::string_view reverse_path) {
  if (read_feedback_report(message)) return {};
  std::vector<std::string> ids;
  add_message_ids(ids, message, "In-Reply-To");
  add_message_ids(ids, message, "References");
  for (const auto& id : returned_ids(returned(message, reverse_path))) add_id(ids, id);
  return ids;
}

std::vector<std::string> returned_ids(std::string_view header) {
  std::vector<std::string> ids;
  if (const auto id = forwarded_id(header)) add_id(ids, *id);
  add_message_ids(ids, auth::split_message(header), "Message-ID");
  return ids;
}

}  // namespace mailprobe::evidence
