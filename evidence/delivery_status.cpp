#include "evidence/delivery_status.h"

#include <algorithm>

#include "auth/mime_map.h"
#include "auth/text_lines.h"
#include "base/text.h"
#include "evidence/limits.h"

namespace mailprobe::evidence {

namespace {

std::string capped(std::string_view text) { return std::string(text.substr(0, max_status_text)); }

std::string_view type_of(const auth::Message& header) {
  const auto* field = header.first("Content-Type");
  return field == nullptr ? std::string_view{} : trim(field->value);
}

/// Folds and what surrounds them become one space.
std::string on_one_line(std::string_view field) {
  std::string text;
  for (const char c : auth::unfold(field))
    if (!is_space(c))
      text += c;
    else if (!text.ends_with(' '))
      text += ' ';
  return text;
}

// typed-value := type ";" text ; "rfc822; user@example.net", "dns; mx.example.net" (RFC 3464 §2.1.2)
std::string typed_value(std::string_view field) {
  const auto text = on_one_line(field);
  const auto semicolon = text.find(';');
  return capped(trim(semicolon == std::string::npos ? text : std::string_view(text).substr(semicolon + 1)));
}

/// The first word in lower case: comments follow ("5.1.1 (bad mailbox)", RFC 3464 §2.1).
std::string first_word(std::string_view field) {
  const auto text = auth::unfold(field);
  return capped(to_lower(text.substr(0, text.find_first_of(" \t(;"))));
}

std::string typed(const auth::Message& block, std::string_view name) {
  const auto* field = block.first(name);
  return field == nullptr ? std::string{} : typed_value(field->value);
}

std::optional<std::string> optional_typed(const auth::Message& block, std::string_view name) {
  auto value = typed(block, name);
  return value.empty() ? std::nullopt : std::optional(std::move(value));
}

std::string word_of(const auth::Message& block, std::string_view name) {
  const auto* field = block.first(name);
  return field == nullptr ? std::string{} : first_word(field->value);
}

/// Blocks of fields with an empty line between them (RFC 3464 §2.1), each with CRLF line endings.
std::vector<std::string> blocks_of(std::string_view body, const auth::MimeContent& part) {
  std::vector<auth::TextLine> lines;
  auth::TextStore store;
  auth::append_decoded(lines, store, body, part, 1);
  std::vector<std::string> blocks(1);
  for (const auto& line : lines) {
    if (!trim(line.text).empty())
      blocks.back().append(line.text).append("\r\n");
    else if (!blocks.back().empty() && blocks.size() <= max_statuses)
      blocks.emplace_back();
  }
  return blocks;
}

/// RFC 3463 §2: what the class says where no word does.
std::string action_of(std::string_view status) {
  if (status.starts_with("5.")) return "failed";
  return status.starts_with("4.") ? "delayed" : "";
}

// per-recipient-fields (RFC 3464 §2.3): Final-Recipient, Action and Status must be there; what lacks one still counts.
DeliveryStatus status_of(const auth::Message& block) {
  DeliveryStatus status;
  status.recipient = typed(block, "Final-Recipient");
  if (status.recipient.empty()) status.recipient = typed(block, "Original-Recipient");
  status.action = word_of(block, "Action");
  status.status = word_of(block, "Status");
  if (status.action.empty()) status.action = action_of(status.status);
  status.diagnostic = optional_typed(block, "Diagnostic-Code");
  status.remote_mta = optional_typed(block, "Remote-MTA");
  return status;
}

bool of_recipient(const auth::Message& block) {
  return block.first("Final-Recipient") != nullptr || block.first("Action") != nullptr;
}

std::vector<DeliveryStatus> statuses_in(const std::vector<std::string>& blocks) {
  std::vector<DeliveryStatus> all;
  std::optional<std::string> reporting;
  for (const auto& text : blocks) {
    const auto block = auth::split_message(text);
    if (auto mta = optional_typed(block, "Reporting-MTA")) reporting = std::move(mta);
    if (of_recipient(block) && all.size() < max_statuses) all.push_back(status_of(block));
  }
  for (auto& status : all) status.reporting_mta = reporting;
  return all;
}

/// message/delivery-status, and of RFC 6533 §6 message/global-delivery-status.
bool is_delivery_status(std::string_view type) {
  return istarts_with(type, "message/delivery-status") || istarts_with(type, "message/global-delivery-status");
}

// --- bounces in plain words -----------------------------------------------------------------------------------------

/// Of the message that is returned below the words: its trace comes first (RFC 5321 §4.4).
bool begins_a_copy(std::string_view line) {
  return istarts_with(line, "Return-Path:") || istarts_with(line, "Received:");
}

/// The first lines of the text that people read: of a multipart its first part.
std::vector<std::string> text_lines(const auth::Message& message) {
  const auto map = auth::map_mime(message);
  std::vector<auth::TextLine> lines;
  auth::TextStore store;
  if (!map.contents.empty()) auth::append_decoded(lines, store, message.body, map.contents.front(), 1);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < lines.size() && i < max_bounce_lines && !begins_a_copy(trim(lines[i].text)); ++i)
    texts.emplace_back(trim(lines[i].text.substr(0, max_bounce_line)));
  return texts;
}

/// "550 5.1.1 No such user", "<<< 554 Refused", "said: 550-5.7.1 …": three digits of a refusal in a word of their own.
bool has_reply_code(std::string_view text) {
  for (std::size_t at = 0; at + 4 <= text.size(); ++at) {
    const bool begins = at == 0 || !(is_digit(text[at - 1]) || is_alpha(text[at - 1]) || text[at - 1] == '.');
    const bool code = (text[at] == '4' || text[at] == '5') && is_digit(text[at + 1]) && is_digit(text[at + 2]);
    if (begins && code && (text[at + 3] == ' ' || text[at + 3] == '-')) return true;
  }
  return false;
}

/// QSBMF: "<a@example.net>:", and below it up to an empty line why. Its first paragraph begins "Hi. This is the".
std::vector<DeliveryStatus> qmail_statuses(const std::vector<std::string>& lines) {
  std::vector<DeliveryStatus> all;
  bool open = false;
  for (const auto& line : lines) {
    if (line.starts_with("---")) break;  // the message itself follows
    if (open && !line.empty()) {
      auto& why = all.back().diagnostic;
      why = capped(why ? *why + " " + line : line);
    } else if (line.starts_with('<') && line.ends_with(">:") && all.size() < max_statuses) {
      all.push_back({.recipient = line.substr(1, line.size() - 3), .action = "failed", .status = {}});
    }
    open = !all.empty() && !line.empty();
  }
  return all;
}

/// The first line that reads like a server's reply, with those below it up to an empty one.
std::optional<std::string> reply_told(const std::vector<std::string>& lines) {
  const auto tells = [](const std::string& line) { return has_reply_code(line) || !enhanced_code_in(line).empty(); };
  auto line = std::ranges::find_if(lines, tells);
  if (line == lines.end()) return std::nullopt;
  auto told = *line;
  for (++line; line != lines.end() && !line->empty() && told.size() < max_bounce_line; ++line) told += " " + *line;
  return capped(told);
}

/// Exim's field, which others write too; who writes none says why all the same.
std::vector<DeliveryStatus> failed_recipients(const auth::Message& message, const std::vector<std::string>& lines) {
  const auto why = reply_told(lines);
  const auto* field = message.first("X-Failed-Recipients");
  const auto names = field == nullptr ? std::string{} : auth::unfold(field->value);
  std::vector<DeliveryStatus> all;
  if (field == nullptr && why) all.push_back({.recipient = {}, .action = "failed", .status = {}, .diagnostic = why});
  for (const auto name : split(names, ',')) {
    if (trim(name).empty()) continue;
    if (all.size() == max_statuses) break;
    all.push_back({.recipient = capped(trim(name)), .action = "failed", .status = {}, .diagnostic = why});
  }
  return all;
}

}  // namespace

std::string enhanced_code_in(std::string_view text) {
  for (std::size_t at = 0; at + 5 <= text.size(); ++at) {
    if (at > 0 && (is_digit(text[at - 1]) || text[at - 1] == '.')) continue;
    if ((text[at] != '2' && text[at] != '4' && text[at] != '5') || text[at + 1] != '.') continue;
    auto end = at + 2;
    const auto digits = [&] {
      const auto from = end;
      while (end < text.size() && is_digit(text[end])) ++end;
      return end - from;
    };
    const auto subject = digits();
    if (subject == 0 || subject > 3 || end >= text.size() || text[end] != '.') continue;
    ++end;
    const auto detail = digits();
    const bool ends = end >= text.size() || (text[end] != '.' && !is_alpha(text[end]));
    if (detail > 0 && detail <= 3 && ends) return std::string(text.substr(at, end - at));
  }
  return {};
}

std::vector<DeliveryStatus> told_statuses(const auth::Message& message) {
  const auto lines = text_lines(message);
  const bool qmail = !lines.empty() && lines.front().starts_with("Hi. This is the");
  auto all = qmail ? qmail_statuses(lines) : std::vector<DeliveryStatus>{};
  if (all.empty()) all = failed_recipients(message, lines);
  for (auto& status : all)
    if (status.diagnostic) status.status = enhanced_code_in(*status.diagnostic);
  return all;
}

std::optional<std::vector<DeliveryStatus>> reported_statuses(const auth::Message& message, bool of_the_system) {
  if (!istarts_with(type_of(message), of_the_system ? "multipart/" : "multipart/report")) return std::nullopt;
  for (const auto& part : auth::map_mime(message).contents) {
    if (!part.nested) continue;
    const auto header = auth::split_message(part.header.of(message.body));
    if (is_delivery_status(type_of(header))) return statuses_in(blocks_of(message.body, part));
  }
  return std::nullopt;
}

}  // namespace mailprobe::evidence
