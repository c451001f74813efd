#include "auth/spf_domain.h"

#include <algorithm>

#include "base/address.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

constexpr std::size_t longest_name = 253, longest_label = 63;

bool ascii(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x7f || c < ' '; });
}

}  // namespace

bool queryable(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.size() > longest_name || !name.contains('.') || !ascii(name)) return false;
  return std::ranges::all_of(split(name, '.'),
                             [](auto label) { return !label.empty() && label.size() <= longest_label; });
}

std::string shortened(std::string name) {
  if (name.ends_with('.')) name.pop_back();
  std::size_t start = 0;
  while (name.size() - start > longest_name) {
    const auto dot = name.find('.', start);
    if (dot == std::string::npos) return name;
    start = dot + 1;
  }
  return name.substr(start);
}

std::string as_a_labels(std::string_view domain) {
  if (domain.ends_with('.')) domain.remove_suffix(1);
  if (ascii(domain)) return to_lower(domain);
  const auto converted = DomainName::parse(domain);
  return converted ? converted->text() : to_lower(domain);
}

bool within(std::string_view name, std::string_view domain) {
  if (iequals(name, domain)) return true;
  if (name.size() <= domain.size()) return false;
  const auto start = name.size() - domain.size();
  return name[start - 1] == '.' && iequals(name.substr(start), domain);
}

}  // namespace mailprobe::auth
