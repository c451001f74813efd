#include "auth/header_block.h"

#include "auth/limits.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

bool wsp(char c) { return c == ' ' || c == '\t'; }

/// The end of the field that starts at `at`: past the CRLF that no white space follows (RFC 5322 §2.2.3).
std::size_t field_end(std::string_view raw, std::size_t at) {
  for (;;) {
    const auto line = raw.find("\r\n", at);
    if (line == std::string_view::npos) return raw.size();
    at = line + 2;
    if (at >= raw.size() || !wsp(raw[at])) return at;
  }
}

HeaderField field_of(std::string_view raw) {
  HeaderField field{raw, {}, {}};
  const auto colon = raw.find(':');
  if (colon == std::string_view::npos) return field;
  field.name = raw.substr(0, colon);
  while (!field.name.empty() && wsp(field.name.back())) field.name.remove_suffix(1);
  if (field.name.find_first_of(" \t\r\n") != std::string_view::npos) field.name = {};
  field.value = raw.substr(colon + 1);
  if (field.value.ends_with("\r\n")) field.value.remove_suffix(2);
  return field;
}

}  // namespace

Message split_message(std::string_view raw) {
  constexpr std::size_t usual = 50;  // fields of a message that has come some way
  Message message;
  message.fields.reserve(usual);
  std::size_t at = 0;
  while (at < raw.size()) {
    if (raw.substr(at, 2) == "\r\n") {
      message.body = raw.substr(at + 2);
      break;
    }
    const auto end = field_end(raw, at);
    if (message.fields.size() < limits::header_fields)
      message.fields.push_back(field_of(raw.substr(at, end - at)));
    else
      message.truncated = true;
    at = end;
  }
  return message;
}

std::vector<const HeaderField*> Message::all(std::string_view name) const {
  std::vector<const HeaderField*> found;
  for (const auto& field : fields)
    if (iequals(field.name, name)) found.push_back(&field);
  return found;
}

const HeaderField* Message::first(std::string_view name) const {
  for (const auto& field : fields)
    if (iequals(field.name, name)) return &field;
  return nullptr;
}

std::string unfold(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\r' && i + 1 < value.size() && value[i + 1] == '\n') {
      ++i;
      continue;
    }
    out += value[i];
  }
  return std::string(trim(out));
}

}  // namespace mailprobe::auth
