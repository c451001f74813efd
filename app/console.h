// Where the program's words go: what standard output and standard error can show, and writing to them whole.
// Unbuffered, so that a forked worker has nothing to write a second time. Escaping is the caller's business.
#pragma once

#include <optional>
#include <string>
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

/// Where it cannot be written nothing is thrown and no signal comes; lost_output() tells.
void write_out(std::string_view text);
/// Why something was lost since the last call: a full disk, a closed descriptor. A reader that went away wants no more,
/// so that is no loss.
std::optional<std::string> lost_output();
void write_err(std::string_view text);

/// A reader that goes away is not our end: evidence is still to be written.
void ignore_broken_pipes();
/// What is closed at the start stays unusable: no socket or file of ours becomes "standard output" by its number.
void hold_standard_descriptors();

/// A core would hold passwords, tokens and keys.
void leave_no_core();

}  // namespace mailprobe::app
