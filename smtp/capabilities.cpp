#include "smtp/capabilities.h"

#include "base/text.h"
#include "smtp/limits.h"

namespace mailprobe::smtp {

// ehlo-ok-rsp = "250-" Domain [ SP ehlo-greet ] CRLF *( "250-" ehlo-line CRLF ) "250" SP ehlo-line CRLF
// ehlo-line = ehlo-keyword *( SP ehlo-param )                                                     (RFC 5321 §4.1.1.1)
Capabilities::Capabilities(const Reply& ehlo) {
  const auto lines = split(ehlo.text, '\n');
  for (std::size_t i = 1; i < lines.size() && lines_.size() < max_capabilities; ++i)
    if (const auto line = trim(lines[i]); !line.empty()) lines_.emplace_back(line);
}

std::optional<std::vector<std::string>> Capabilities::parameters(std::string_view keyword) const {
  for (const auto& line : lines_) {
    const auto words = split(line, ' ');
    if (!iequals(words[0], keyword)) continue;
    std::vector<std::string> out;
    for (std::size_t i = 1; i < words.size(); ++i)
      if (!words[i].empty()) out.emplace_back(words[i]);
    return out;
  }
  return std::nullopt;
}

std::optional<unsigned long long> Capabilities::size_limit() const {
  const auto words = parameters("SIZE");
  const auto limit = words && !words->empty() ? parse_number(words->front()) : std::nullopt;
  return limit == 0ULL ? std::nullopt : limit;
}

std::vector<std::string> Capabilities::auth_mechanisms() const {
  auto names = parameters("AUTH").value_or(std::vector<std::string>{});
  for (const auto& line : lines_)
    if (istarts_with(line, "AUTH="))
      for (const auto word : split(std::string_view(line).substr(5), ' ')) names.emplace_back(word);
  return names;
}

}  // namespace mailprobe::smtp
