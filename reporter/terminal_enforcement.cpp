#include <algorithm>

#include "reporter/enforcement_grid.h"
#include "reporter/terminal_sections.h"

namespace mailprobe::reporter {

namespace {

constexpr std::size_t mark_width = 2, control_width = 8, grade_width = 13, recorded_width = 15, went_width = 14;

/// Of the column of names; none where the table has no room: then a message takes two lines.
std::size_t room_for_names(const TerminalPage& page, const EnforcementGrid& grid) {
  std::size_t longest = 0;
  for (const auto& row : grid.rows) longest = std::max(longest, display_width(row.name) + 1);
  const auto rest = 2 + mark_width + control_width + grade_width + recorded_width + went_width;
  return longest + rest <= page.width() ? longest : 0;
}

std::string control_words(const EnforcementRow& row) {
  if (row.control.empty()) return "none";
  if (row.control_arrived) return "arrived";
  return row.control_sought ? "missing" : "not sought";
}

void show_row(TerminalPage& page, const EnforcementRow& row, std::size_t width) {
  const Span mark{std::string(page.mark(row.verdict)), ink_of(row.verdict)};
  const Span control{control_words(row), row.control_arrived ? Ink::green : Ink::violet};
  const Span grade{std::string(grade_phrase(row)), ink_of(row.judged)};
  if (width > 0)
    return page.columns({mark, {row.name}, control, grade, {row.recorded.empty() ? "–" : row.recorded}, {row.went}},
                        {mark_width, width, control_width, grade_width, recorded_width});
  page.line({mark, {" " + row.name + ", " + row.wrong}}, 2, 2);
  page.line({{"control "},
             control,
             {" · "},
             grade,
             {row.recorded.empty() ? "" : " (" + row.recorded + ")"},
             {" · " + row.went}},
            4, 2);
}

}  // namespace

void show_enforcement(TerminalPage& page, const evidence::Document& document) {
  const auto grid = enforcement_grid(document);
  if (!grid) return;
  page.heading("What was wrong on purpose, and what came of it");
  const auto width = room_for_names(page, *grid);
  if (width > 0)
    page.columns({{"", Ink::dim},
                  {"message", Ink::dim},
                  {"control", Ink::dim},
                  {"grade", Ink::dim},
                  {"recorded", Ink::dim},
                  {"where it went", Ink::dim}},
                 {mark_width, width, control_width, grade_width, recorded_width});
  const std::string* set = nullptr;
  for (const auto& row : grid->rows) {
    if (grid->several_sets && (set == nullptr || *set != row.set)) page.line({{row.set, Ink::bold}}, 2, 2);
    set = &row.set;
    show_row(page, row, width);
  }
  page.line({{enforcement_sentence(*grid)}}, 2, 2);
}

}  // namespace mailprobe::reporter
