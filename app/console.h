// Where the program's words go: what standard output and standard error can show, and writing to them whole.
// Unbuffered, so that a forked worker has nothing to write a second time. Escaping is the caller's business.
#pragma once

#include <string_view>

#include "app/environment.h"
#include "app/options.h"

namespace mailprobe::app {

struct Console {
  bool color = false;  // on standard output
  bool live = false;   // standard error is a terminal that a line can be rewritten on
  bool utf8 = true;
  int width = 80;
};

Console make_console(ColorChoice choice, const Environment& environment);

/// False where it could not be written (a closed pipe, a full disk); nothing is thrown and no signal comes.
bool write_out(std::string_view text);
void write_err(std::string_view text);

/// A reader that goes away is not our end: evidence is still to be written.
void ignore_broken_pipes();

}  // namespace mailprobe::app
