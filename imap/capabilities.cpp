#include "imap/capabilities.h"

#include <algorithm>

#include "base/text.h"

namespace mailprobe::imap {

Capabilities Capabilities::parse(std::string_view words) {
  std::vector<std::string> names;
  for (const auto word : split(words, ' '))
    if (!word.empty()) names.emplace_back(word);
  return Capabilities(std::move(names));
}

bool Capabilities::has(std::string_view name) const {
  return std::ranges::any_of(names_, [&](const std::string& each) { return iequals(each, name); });
}

std::vector<std::string> Capabilities::mechanisms() const {
  std::vector<std::string> found;
  for (const auto& name : names_)
    if (istarts_with(name, "AUTH=")) found.push_back(name.substr(5));
  return found;
}

}  // namespace mailprobe::imap
