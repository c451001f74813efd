#include "reporter/markdown_parts.h"

#include <fmt/format.h>

#include "reporter/escape.h"
#include "reporter/phrases.h"
#include "reporter/trap_story.h"

namespace mailprobe::reporter {

// CommonMark §2.4 lets a backslash stand before any punctuation.
std::string markdown_text(std::string_view from) {
  constexpr std::string_view special = "\\`*_{}[]()<>#+!|~@&$";
  std::string out;
  const auto line = one_line(from);
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const auto rest = std::string_view(line).substr(i);
    // Bare addresses become links of themselves (GFM §6.9).
    const bool link = rest.starts_with("://") || (c == '.' && i >= 3 && line.compare(i - 3, 3, "www") == 0);
    const bool block = i == 0 && (c == '-' || c == '=');
    if (special.contains(c) || link || block) out += '\\';
    out += c;
  }
  return out;
}

namespace {

std::string cell(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const auto part : parts)
    if (!part.empty()) out += (out.empty() ? "" : ", ") + markdown_text(part);
  return out.empty() ? "–" : out;
}

std::string row_of(const TrapRow& row) {
  const auto what = row.what.empty() ? "" : ": " + row.what;
  return fmt::format("| **{}** | {} | {} | {} | {} | {} |\n", word(row.verdict), cell({row.name + what, row.control}),
                     cell({row.came, row.when}), cell({row.from, row.client}), cell({row.over}), cell({row.meaning}));
}

std::string section(const TrapStory& story) {
  auto out = fmt::format("\n### Traps: what the target enforces when it sends\n\n{}\n", markdown_text(story.sentence));
  if (!story.rows.empty()) out += "\n| | Trap | Mail | From | Over | What that means |\n|---|---|---|---|---|---|\n";
  for (const auto& row : story.rows) out += row_of(row);
  if (!story.left.empty()) out += "\nNot asked for:\n\n";
  for (const auto& left : story.left)
    out += fmt::format("- {}: {}\n", markdown_text(left.name), markdown_text(left.why));
  return out;
}

}  // namespace

std::string markdown_traps(const evidence::Document& document) {
  std::string out;
  for (const auto& probe : document.probes)
    if (probe.traps) out += section(trap_story(document, probe));
  return out;
}

}  // namespace mailprobe::reporter
