// The mail servers that `inspect` had a session with, address by address, for a terminal.
#pragma once

#include "evidence/document.h"
#include "reporter/terminal_page.h"

namespace mailprobe::reporter {

void show_servers(TerminalPage& page, const evidence::Document& document, bool verbose);

}  // namespace mailprobe::reporter
