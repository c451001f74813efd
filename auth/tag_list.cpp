#include "auth/tag_list.h"

#include <algorithm>

#include "auth/limits.h"
#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

// tag-name = ALPHA *ALNUMPUNC ; ALNUMPUNC = ALPHA / DIGIT / "_"
bool tag_name(std::string_view name) {
  return !name.empty() && is_alpha(name.front()) &&
         std::ranges::all_of(name, [](char c) { return is_alpha(c) || is_digit(c) || c == '_'; });
}

// tval = 1*VALCHAR ; VALCHAR = %x21-3A / %x3C-7E ; with FWS between. UTF-8 is let through (RFC 6376 §3.2, RFC 8616 §5).
bool tag_value(std::string_view value) {
  return std::ranges::all_of(value, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return is_space(c) || (byte >= 0x21 && byte <= 0x7e) || byte >= 0x80;
  });
}

std::unexpected<Error> bad(std::string why) { return fail(Failure::protocol, std::move(why), Cause::protocol_error); }

}  // namespace

// tag-list = tag-spec *( ";" tag-spec ) [ ";" ] ; tag-spec = [FWS] tag-name [FWS] "=" [FWS] tag-value [FWS]
Result<TagList> TagList::parse(std::string_view text) {
  if (text.size() > limits::tag_list) return bad("a tag list of over 16 KB");
  TagList list;
  auto specs = split(text, ';');
  if (trim(specs.back()).empty()) specs.pop_back();
  if (specs.size() > limits::tags) return bad("over 100 tags");
  list.tags_.reserve(specs.size());
  for (const auto spec : specs) {
    const auto equals = spec.find('=');
    if (equals == std::string_view::npos) return bad("no '=' in '" + safe_text(trim(spec), 40) + "'");
    const auto name = trim(spec.substr(0, equals)), value = trim(spec.substr(equals + 1));
    if (!tag_name(name)) return bad("'" + safe_text(name, 40) + "' is not a tag's name");
    if (!tag_value(value)) return bad("tag " + std::string(name) + " has a character that is not allowed");
    if (list.get(name)) return bad("tag " + std::string(name) + " occurs twice");
    list.tags_.emplace_back(name, value);
  }
  return list;
}

std::optional<std::string_view> TagList::get(std::string_view name) const {
  for (const auto& [tag, value] : tags_)
    if (tag == name) return value;
  return std::nullopt;
}

std::string without_white_space(std::string_view text) {
  std::string out(text);
  std::erase_if(out, [](char c) { return is_space(c); });  // a function's address would not be inlined
  return out;
}

}  // namespace mailprobe::auth
