// The sections of the terminal's verdict that tell of one probe: delivery, TLS, authentication, signatures, hops.
#pragma once

#include "evidence/document.h"
#include "reporter/terminal_page.h"

namespace mailprobe::reporter {

void show_probe(TerminalPage& page, const evidence::Document& document, const evidence::Probe& probe, bool verbose);

/// What it enforces when it sends (terminal_traps.cpp).
void show_traps(TerminalPage& page, const evidence::Document& document, const evidence::Probe& probe, bool verbose);

/// Who may send by the target's SPF record, where that was looked up (terminal_senders.cpp).
void show_senders(TerminalPage& page, const evidence::Target& target, bool verbose);

/// What was wrong on purpose, and what came of it (terminal_enforcement.cpp).
void show_enforcement(TerminalPage& page, const evidence::Document& document);

/// By other people’s scales (terminal_scores.cpp).
void show_scores(TerminalPage& page, const evidence::Document& document, bool verbose);

/// What has changed since the last run of the kind (terminal_comparison.cpp).
void show_comparison(TerminalPage& page, const evidence::Comparison& comparison, bool verbose);

/// What others reported of it (terminal_reports.cpp).
void show_reports(TerminalPage& page, const evidence::Probe& probe);

}  // namespace mailprobe::reporter
