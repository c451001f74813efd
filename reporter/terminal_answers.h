// The section of the terminal's verdict that tells how the target sends.
#pragma once

#include "evidence/document.h"
#include "reporter/terminal_page.h"

namespace mailprobe::reporter {

void show_answers(TerminalPage& page, const evidence::Probe& probe, bool verbose);

}  // namespace mailprobe::reporter
