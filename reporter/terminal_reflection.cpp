#include "reporter/terminal_reflection.h"

#include "reporter/reflection.h"

namespace mailprobe::reporter {

namespace {

Ink ink_of_result(std::string_view result) {
  if (result == "pass") return Ink::green;
  if (result == "none" || result == "neutral" || result == "softfail" || result == "policy") return Ink::yellow;
  return Ink::red;
}

}  // namespace

void show_reflection(TerminalPage& page, const evidence::Probe& probe) {
  if (!probe.reflection) return;
  page.heading("As seen by the other side");
  page.line({{"What the reflector says: " + reflector_text(*probe.reflection), Ink::dim}}, 2, 2);
  for (const auto& row : seen_rows(probe)) {
    std::vector<Span> spans;
    if (!row.result.empty()) spans.push_back({row.result + "  ", ink_of_result(row.result)});
    spans.push_back({row.theirs, row.result.empty() ? Ink::plain : Ink::dim});
    if (row.agree && !*row.agree) spans.push_back({"  DIFFERS from ours: " + row.ours, Ink::yellow});
    page.row(row.what, spans);
  }
}

}  // namespace mailprobe::reporter
