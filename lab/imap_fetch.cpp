#include "lab/imap_fetch.h"

#include <algorithm>
#include <array>

#include <fmt/chrono.h>

#include "auth/header_block.h"
#include "base/text.h"

namespace mailprobe::lab {

namespace {

using Kind = FetchItem::Kind;
using Part = FetchItem::Part;

std::unexpected<Error> bad(std::string what) { return fail(Failure::protocol, std::move(what), Cause::protocol_error); }

FetchItem simple(Kind kind, std::string_view label) { return {.kind = kind, .label = std::string(label)}; }

FetchItem content(std::string_view label, Part part, bool peek) {
  return {.kind = Kind::content, .label = std::string(label), .part = part, .peek = peek};
}

const std::vector<std::pair<std::string_view, std::vector<FetchItem>>>& names() {
  static const auto fast = std::vector{simple(Kind::flags, "FLAGS"), simple(Kind::internal_date, "INTERNALDATE"),
                                       simple(Kind::size, "RFC822.SIZE")};
  static const std::vector<std::pair<std::string_view, std::vector<FetchItem>>> table{
      {"FLAGS", {simple(Kind::flags, "FLAGS")}},
      {"UID", {simple(Kind::uid, "UID")}},
      {"INTERNALDATE", {simple(Kind::internal_date, "INTERNALDATE")}},
      {"RFC822.SIZE", {simple(Kind::size, "RFC822.SIZE")}},
      {"RFC822", {content("RFC822", Part::whole, false)}},
      {"RFC822.HEADER", {content("RFC822.HEADER", Part::header, true)}},
      {"RFC822.TEXT", {content("RFC822.TEXT", Part::text, false)}},
      {"FAST", fast},
  };
  return table;
}

/// Field names that can stand in the answer as they are.
bool is_field_name(const Argument& argument) {
  static constexpr std::string_view not_there = ":()\"\\[]{%*";
  return !argument.list() && !argument.text.empty() && std::ranges::all_of(argument.text, [](char c) {
    return c > 0x20 && c < 0x7f && not_there.find(c) == std::string_view::npos;
  });
}

/// header-list = "(" header-fld-name *(SP header-fld-name) ")"                                            (RFC 3501 §9)
Result<std::vector<std::string>> field_names(std::string_view text) {
  const auto values = parse_arguments(text);
  if (!values || values->size() != 1 || !values->front().list() || values->front().items.empty() ||
      !std::ranges::all_of(values->front().items, is_field_name))
    return bad("A list of field names is needed");
  std::vector<std::string> fields;
  for (const auto& item : values->front().items) fields.push_back(item.text);
  return fields;
}

std::string joined(const std::vector<std::string>& fields) {
  std::string text;
  for (const auto& field : fields) text += (text.empty() ? "" : " ") + field;
  return text;
}

// section-msgtext = "HEADER" / "HEADER.FIELDS" [".NOT"] SP header-list / "TEXT"                          (RFC 3501 §9)
Result<FetchItem> section(std::string_view spec, bool peek) {
  if (spec.empty()) return content("BODY[]", Part::whole, peek);
  if (iequals(spec, "HEADER")) return content("BODY[HEADER]", Part::header, peek);
  if (iequals(spec, "TEXT")) return content("BODY[TEXT]", Part::text, peek);
  const auto name = spec.substr(0, spec.find(' '));
  const bool negative = iequals(name, "HEADER.FIELDS.NOT");
  if (name.size() == spec.size() || (!negative && !iequals(name, "HEADER.FIELDS"))) return bad("Unknown section");
  auto fields = field_names(spec.substr(name.size() + 1));
  if (!fields) return std::unexpected(fields.error());
  auto item = content("BODY[HEADER.FIELDS" + std::string(negative ? ".NOT" : "") + " (" + joined(*fields) + ")]",
                      negative ? Part::fields_not : Part::fields, peek);
  item.fields = std::move(*fields);
  return item;
}

/// "<" number "." nz-number ">"; the answer names the first octet only (RFC 3501 §6.4.5).
std::optional<FetchItem::Partial> parse_partial(std::string_view text) {
  if (!text.starts_with('<') || !text.ends_with('>')) return std::nullopt;
  text = text.substr(1, text.size() - 2);
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto first = parse_number(text.substr(0, dot)), count = parse_number(text.substr(dot + 1));
  if (!first || !count || *count == 0) return std::nullopt;
  return FetchItem::Partial{static_cast<std::size_t>(*first), static_cast<std::size_t>(*count)};
}

Result<FetchItem> body(std::string_view text) {
  const auto open = text.find('['), close = text.rfind(']');
  const auto name = text.substr(0, open);
  if (open == std::string_view::npos || close == std::string_view::npos || close < open ||
      (!iequals(name, "BODY") && !iequals(name, "BODY.PEEK")))
    return bad("Unknown fetch item");
  auto item = section(text.substr(open + 1, close - open - 1), iequals(name, "BODY.PEEK"));
  const auto rest = text.substr(close + 1);
  if (!item || rest.empty()) return item;
  item->partial = parse_partial(rest);
  if (!item->partial) return bad("Malformed partial");
  item->label += "<" + std::to_string(item->partial->first) + ">";
  return item;
}

Result<void> add(std::vector<FetchItem>& items, const Argument& argument) {
  if (!argument.atom()) return bad("A fetch item is needed");
  for (const auto& [name, known] : names()) {
    if (!iequals(argument.text, name)) continue;
    items.insert(items.end(), known.begin(), known.end());
    return {};
  }
  auto item = body(argument.text);
  if (!item) return std::unexpected(item.error());
  items.push_back(std::move(*item));
  return {};
}

bool named(const std::vector<std::string>& fields, std::string_view name) {
  return std::ranges::any_of(fields, [&](const std::string& field) { return iequals(field, name); });
}

/// The empty line belongs to the header (RFC 3501 §6.4.5).
std::string part_of(const FetchItem& item, const std::string& raw) {
  const auto message = auth::split_message(raw);
  if (item.part == Part::whole) return raw;
  if (item.part == Part::text) return std::string(message.body);
  if (item.part == Part::header) return raw.substr(0, raw.size() - message.body.size());
  std::string chosen;
  for (const auto& field : message.fields)
    if (named(item.fields, field.name) == (item.part == Part::fields)) chosen += field.raw;
  return chosen + "\r\n";
}

// date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE                  (RFC 3501 §9)
std::string date_time(Time time) {
  const auto seconds = std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
  return fmt::format("\"{:%d-%b-%Y %H:%M:%S} +0000\"", fmt::gmtime(seconds));
}

}  // namespace

Result<std::vector<FetchItem>> parse_fetch(const Argument& argument) {
  std::vector<FetchItem> items;
  const auto& wanted = argument.list() ? argument.items : std::vector{argument};
  for (const auto& each : wanted)
    if (auto ok = add(items, each); !ok) return std::unexpected(ok.error());
  if (items.empty()) return bad("A fetch item is needed");
  return items;
}

std::string flags_of(const MailStore::Message& message) {
  std::string flags = message.seen ? "\\Seen" : "";
  if (message.deleted) flags += flags.empty() ? "\\Deleted" : " \\Deleted";
  return "(" + flags + ")";
}

std::string render(const FetchItem& item, const MailStore::Message& message) {
  switch (item.kind) {
    case Kind::flags: return "FLAGS " + flags_of(message);
    case Kind::uid: return "UID " + std::to_string(message.uid);
    case Kind::internal_date: return "INTERNALDATE " + date_time(message.received);
    case Kind::size: return "RFC822.SIZE " + std::to_string(message.raw.size());
    case Kind::content: break;
  }
  auto bytes = part_of(item, message.raw);
  if (item.partial) bytes = bytes.substr(std::min(item.partial->first, bytes.size()), item.partial->count);
  return item.label + " {" + std::to_string(bytes.size()) + "}\r\n" + bytes;
}

}  // namespace mailprobe::lab
