#include <algorithm>

#include "reporter/score_words.h"
#include "reporter/terminal_sections.h"

namespace mailprobe::reporter {

namespace {

Ink ink_of_tone(std::string_view tone) {
  if (tone == "pass") return Ink::green;
  if (tone == "fail") return Ink::red;
  return tone == "warn" ? Ink::yellow : Ink::dim;
}

/// What is missing or not known; of what is in place the number is enough.
std::string open_lines(const ScoreCategory& category, bool verbose) {
  std::string text;
  for (const auto& line : category.why)
    if (verbose || line.tone != "pass") text += (text.empty() ? "" : "; ") + line.text;
  return text;
}

void show_category(TerminalPage& page, const ScoreCategory& category, bool verbose) {
  page.line({{category.name + "  "}, {category.value, ink_of_tone(category.tone)}}, 4, 2);
  if (const auto open = open_lines(category, verbose); !open.empty()) page.line({{open, Ink::dim}}, 6, 2);
}

/// Kept and broken rules by name; those that nothing is known of are counted.
void show_rules(TerminalPage& page, const ScoreProfile& profile, bool verbose) {
  std::size_t unknown = 0;
  for (const auto& rule : profile.categories) {
    if (rule.tone == "mute" && !verbose)
      ++unknown;
    else
      page.line({{rule.name + "  "}, {rule.value, ink_of_tone(rule.tone)}}, 4, 2);
  }
  if (unknown > 0) page.line({{std::to_string(unknown) + " not determined: no answer came", Ink::dim}}, 4, 2);
}

}  // namespace

void show_scores(TerminalPage& page, const evidence::Document& document, bool verbose) {
  const auto profiles = score_profiles(document);
  if (profiles.empty()) return;
  page.heading("Scores");
  for (const auto& profile : profiles) {
    page.line({{profile.title, Ink::bold}}, 2, 2);
    if (profile.rules)
      show_rules(page, profile, verbose);
    else
      for (const auto& category : profile.categories) show_category(page, category, verbose);
  }
}

}  // namespace mailprobe::reporter
