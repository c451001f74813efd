#include "evidence/forwarded.h"

#include <algorithm>

#include "auth/header_block.h"
#include "base/text.h"

namespace mailprobe::evidence {

namespace {

constexpr std::string_view own_field = "X-Mailprobe-Id";  // probe/compose.h writes it
constexpr std::size_t max_id = 64;                        // more than any id of ours has

std::string_view domain_of(std::string_view address) {
  const auto at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
}

}  // namespace

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= max_id &&
         std::ranges::all_of(text, [](char c) { return is_alpha(c) || is_digit(c); });
}

std::optional<std::string> forwarded_id(std::string_view raw) {
  const auto message = auth::split_message(raw);
  const auto* field = message.first(own_field);
  if (field == nullptr) return std::nullopt;
  auto id = to_lower(auth::unfold(field->value));
  return is_id(id) ? std::optional(std::move(id)) : std::nullopt;
}

/// SRS has no RFC: "SRS0" or "SRS1" and one of "=", "-", "+" (Shevek, The Sender Rewriting Scheme, 2004).
Rewriting rewriting_of(std::string_view reverse_path, std::string_view ours) {
  if (reverse_path.empty()) return Rewriting::null;
  if (iequals(domain_of(reverse_path), domain_of(ours))) return Rewriting::none;
  const bool srs = (istarts_with(reverse_path, "SRS0") || istarts_with(reverse_path, "SRS1")) &&
                   reverse_path.size() > 4 && std::string_view("=-+").contains(reverse_path[4]);
  return srs ? Rewriting::srs : Rewriting::other;
}

}  // namespace mailprobe::evidence
