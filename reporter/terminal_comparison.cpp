#include "reporter/comparison.h"
#include "reporter/phrases.h"
#include "reporter/terminal_sections.h"

namespace mailprobe::reporter {

namespace {

Ink ink_of_tone(std::string_view tone) {
  if (tone == "pass") return Ink::green;
  if (tone == "fail") return Ink::red;
  if (tone == "warn") return Ink::yellow;
  if (tone == "unsure") return Ink::violet;
  return tone == "info" ? Ink::blue : Ink::dim;
}

void show_row(TerminalPage& page, const DifferenceRow& row) {
  page.line({{row.title, Ink::bold}, {"  "}, {row.text, ink_of_tone(row.tone)}}, 4, 2);
  if (!row.subject.empty()) page.line({{row.subject, Ink::dim}}, 6, 2);
  if (!row.before.empty()) page.line({{row.before + " → " + row.after, Ink::dim}}, 6, 2);
}

/// What came or went and is well is a count, unless everything is asked for.
void show_group(TerminalPage& page, const DifferenceGroup& group, bool verbose) {
  page.line({{std::string(group.title), ink_of_tone(group.tone)}}, 2, 2);
  std::size_t quiet = 0;
  for (const auto& row : group.rows) {
    if (row.quiet && !verbose)
      ++quiet;
    else
      show_row(page, row);
  }
  if (quiet > 0) page.line({{count_of(quiet, "check") + " with nothing wrong", Ink::dim}}, 4, 2);
}

}  // namespace

void show_comparison(TerminalPage& page, const evidence::Comparison& comparison, bool verbose) {
  page.line({{"Compared with " + earlier_phrase(comparison.with) + ": "}, {difference_counts(comparison), Ink::bold}},
            2, 2);
  for (const auto& group : difference_groups(comparison)) show_group(page, group, verbose);
}

std::string terminal(const evidence::Comparison& comparison, const evidence::Run& later, const TerminalStyle& style) {
  TerminalPage page(style);
  const evidence::EarlierRun of{.id = later.id, .version = later.version, .started = later.started, .exit = later.exit};
  page.line({{later.target, Ink::bold}, {": " + earlier_phrase(of)}}, 0, 2);
  show_comparison(page, comparison, style.verbose);
  return page.text();
}

}  // namespace mailprobe::reporter
