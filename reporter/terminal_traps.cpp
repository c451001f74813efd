#include "reporter/terminal_sections.h"
#include "reporter/trap_story.h"

namespace mailprobe::reporter {

namespace {

void show_row(TerminalPage& page, const TrapRow& row, bool verbose) {
  page.line({{std::string(page.mark(row.verdict)), ink_of(row.verdict)},
             {" "},
             {row.name, Ink::bold},
             {row.what.empty() ? "" : ": " + row.what, Ink::dim},
             {row.control.empty() ? "" : " (" + row.control + ")", Ink::dim}},
            2, 2);
  std::string facts = row.when.empty() ? "" : ", " + row.when;
  if (!row.from.empty()) facts += ", from " + row.from + (row.client.empty() ? "" : " (" + row.client + ")");
  if (!row.over.empty()) facts += ", " + std::string(row.over == "plain text" ? "in " : "over ") + row.over;
  page.line({{row.came}, {facts}}, 4, 2);
  page.line({{row.meaning, ink_of(row.verdict)}}, 4, 2);
  if (!verbose) return;
  page.line({{"asked: " + row.address, Ink::dim}}, 4, 2);
  for (const auto* session : row.sessions) show_transcript(page, session->events);
}

}  // namespace

void show_traps(TerminalPage& page, const evidence::Document& document, const evidence::Probe& probe, bool verbose) {
  if (!probe.traps) return;
  const auto story = trap_story(document, probe);
  page.heading("Traps: what the target enforces when it sends");
  page.line({{story.sentence}}, 2);
  for (const auto& row : story.rows) show_row(page, row, verbose);
  for (const auto& left : story.left)
    page.line({{std::string(page.mark(evidence::Verdict::not_tested)), Ink::dim},
               {" "},
               {left.name, Ink::dim},
               {": not asked for: " + left.why, Ink::dim}},
              2, 2);
}

}  // namespace mailprobe::reporter
