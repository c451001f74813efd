// The section of the terminal's verdict that tells what a reflector says it saw.
#pragma once

#include "evidence/document.h"
#include "reporter/terminal_page.h"

namespace mailprobe::reporter {

void show_reflection(TerminalPage& page, const evidence::Probe& probe);

}  // namespace mailprobe::reporter
