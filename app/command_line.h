// The command line into options: parsed by CLI11, checked, with MAILPROBE_… variables for what no flag says.
// Reads no file and starts nothing. docs/architecture.md, Command line.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "app/environment.h"
#include "app/options.h"
#include "base/error.h"

namespace mailprobe::app {

/// Help or the version: to be printed, and done.
struct Say {
  std::string text;
};

using Parsed = std::variant<Say, CommandLine>;

/// `arguments` without the program's name. Failure::usage says what is wrong and names the nearest that there is.
Result<Parsed> parse_command_line(const std::vector<std::string>& arguments, const Environment& environment);

/// As one would type it again.
std::string command_text(const std::vector<std::string>& arguments);

}  // namespace mailprobe::app
