#include "reporter/senders.h"
#include "reporter/terminal_sections.h"

namespace mailprobe::reporter {

void show_senders(TerminalPage& page, const evidence::Target& target, bool verbose) {
  const auto senders = sender_rows(target, verbose ? 1000 : 12);
  if (senders.rest.empty()) return;
  page.heading("Who may send for " + target.domain + " (SPF)");
  for (const auto& row : senders.rows) {
    std::vector<Span> spans{{row.term}};
    if (!row.who.empty()) spans.push_back({"  " + row.who, Ink::dim});
    if (row.whose != target.domain) spans.push_back({"  in the record of " + row.whose, Ink::dim});
    if (!row.outcome.empty()) spans.push_back({"  " + row.outcome, Ink::yellow});
    page.line(spans, 2, 4);
  }
  if (senders.left > 0)
    page.line({{"and " + std::to_string(senders.left) + " more: --verbose shows all", Ink::dim}}, 2);
  page.line({{senders.rest}}, 2);
}

}  // namespace mailprobe::reporter
