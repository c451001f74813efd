#include "evidence/reflection.h"

#include <optional>
#include <string>
#include <vector>

#include "auth/text_lines.h"
#include "base/safe_text.h"
#include "base/text.h"
#include "evidence/json.h"

namespace mailprobe::evidence {

namespace {

constexpr std::string_view schema_family = "mailprobe-reflection/";

std::string decoded(std::string_view body, const auth::MimeContent& part) {
  std::vector<auth::TextLine> lines;
  auth::TextStore store;
  auth::append_decoded(lines, store, body, part, 1);
  std::string out;
  for (const auto& line : lines) {
    out += line.text;
    out += "\r\n";
  }
  return out;
}

std::string type_of(std::string_view body, const auth::MimeContent& part) {
  const auto header = auth::split_message(part.header.of(body));
  const auto* field = header.first("Content-Type");
  return field != nullptr ? auth::unfold(field->value) : std::string();
}

/// The version that the part's type names: "1" of `schema="mailprobe-reflection/1"`; nullopt: it is another part.
std::optional<std::string> version_of(std::string_view type) {
  if (!istarts_with(type, "application/json")) return std::nullopt;
  const auto at = ifind(type, schema_family);
  if (at == std::string_view::npos) return std::nullopt;
  const auto rest = type.substr(at + schema_family.size());
  return std::string(rest.substr(0, rest.find_first_not_of("0123456789.")));
}

/// Whole lines of it, as many as are kept; the line end before a boundary is the boundary's (RFC 2046 §5.1.1).
std::string capped(std::string headers) {
  while (headers.ends_with("\r\n\r\n")) headers.resize(headers.size() - 2);
  if (headers.size() <= max_reflected_headers) return headers;
  const auto end = headers.rfind("\r\n", max_reflected_headers - 2);
  headers.resize(end == std::string::npos ? max_reflected_headers : end + 2);
  return headers;
}

Result<Reflection> parse(const std::string& text, const std::string& version) {
  if (std::string(schema_family) + version != reflection_schema)
    return fail(Failure::unsupported,
                "the reflector's answer is of version " + safe_text(version, 20) + ", which is unknown here");
  if (text.size() > max_reflection)
    return fail(Failure::protocol, "the reflector's JSON has " + std::to_string(text.size()) + " bytes, more than " +
                                       std::to_string(max_reflection));
  auto reflection = reflection_from_json(text);
  if (!reflection) return fail(Failure::protocol, "the reflector's JSON: " + reflection.error().message);
  if (reflection->schema != reflection_schema)
    return fail(Failure::protocol, "the reflector's JSON says that it is " + safe_text(reflection->schema, 60));
  return reflection;
}

}  // namespace

bool answers_a_probe(std::string_view raw) { return auth::split_message(raw).first(answers_header) != nullptr; }

Result<Reflection> read_reflection(std::string_view raw) {
  if (raw.size() > max_reflection_message)
    return fail(Failure::protocol, "the answer has " + std::to_string(raw.size()) + " bytes, more than " +
                                       std::to_string(max_reflection_message));
  const auto message = auth::split_message(raw);
  const auto map = auth::map_mime(message);
  std::optional<Reflection> found;
  for (const auto& part : map.contents) {
    const auto type = type_of(message.body, part);
    const auto version = version_of(type);
    if (version && !found) {
      auto read = parse(decoded(message.body, part), *version);
      if (!read) return read;
      found = std::move(*read);
    } else if (found && istarts_with(type, "text/rfc822-headers")) {  // RFC 6522 §4
      found->headers = capped(decoded(message.body, part));
      break;
    }
  }
  if (!found) return fail(Failure::protocol, "there is no reflection in the answer");
  found->headers = capped(std::move(found->headers));
  return std::move(*found);
}

}  // namespace mailprobe::evidence
