#include "reporter/clause.h"

#include <vector>

#include "reporter/escape.h"

namespace mailprobe::reporter {

namespace {

constexpr std::size_t room = 120;        // of a headline, for what is wrong
constexpr std::size_t longest = 400;     // where nothing can be left out
constexpr std::size_t says_enough = 40;  // before a colon: "Nothing was sent" alone is no reason

/// For each byte, whether it stands in brackets or in quotes: what is said there has marks of its own.
std::vector<bool> asides(std::string_view text) {
  std::vector<bool> inside(text.size(), false);
  bool quoted = false;
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    inside[i] = quoted || depth > 0 || c == '(' || c == '"';
    if (c == '"' && (i == 0 || text[i - 1] != '\\')) quoted = !quoted;
    if (quoted) continue;
    if (c == '(') ++depth;
    if (c == ')' && depth > 0) --depth;
  }
  return inside;
}

/// The last of such joints that leaves what has room; npos: there is none.
std::size_t last_joint(std::string_view text, std::string_view joint) {
  const auto inside = asides(text);
  for (auto at = text.rfind(joint, room); at != std::string_view::npos && at > 0; at = text.rfind(joint, at - 1))
    if (!inside[at]) return at;
  return std::string_view::npos;
}

std::string without_brackets(std::string_view text) {
  std::string out;
  std::size_t depth = 0;
  const auto inside = asides(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool opens = text[i] == '(' && (depth > 0 || i == 0 || !inside[i - 1]);
    if (opens) {
      if (depth++ == 0 && out.ends_with(' ')) out.pop_back();
    } else if (text[i] == ')' && depth > 0) {
      --depth;
    } else if (depth == 0) {
      out += text[i];
    }
  }
  return out;
}

std::string before_colon(std::string_view text) {
  const auto inside = asides(text);
  for (auto at = text.find(": ", says_enough); at != std::string_view::npos && at <= room; at = text.find(": ", at + 1))
    if (!inside[at]) return std::string(text.substr(0, at));
  return {};
}

}  // namespace

std::string whole_sentence(std::string_view text, std::size_t most) {
  auto line = one_line(text, most);
  if (line.ends_with("…")) {
    if (const auto space = line.rfind(' '); space != std::string::npos) line = line.substr(0, space) + " …";
    return line;
  }
  return line.ends_with('.') ? line : line + ".";
}

std::string short_sentence(std::string_view text) {
  const auto bare = without_brackets(text);
  for (const std::string_view each : {text, std::string_view(bare)}) {
    if (each.size() <= room) return whole_sentence(each, longest);
    if (const auto end = last_joint(each, "; "); end != std::string_view::npos)
      return whole_sentence(each.substr(0, end), longest);
  }
  const auto before = before_colon(bare);
  return whole_sentence(before.empty() ? text : std::string_view(before), longest);
}

}  // namespace mailprobe::reporter
