// The commands as the help shows them: usage, what each does, which of the common options mean something to it. Data;
// the options themselves are app/command_syntax.cpp's.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace mailprobe::app {

struct CommandRow {
  std::string usage, description, footer;
  std::vector<std::string> common;  // those of the common options that mean something to it; how it talks all have
};

/// In the order of the help.
const std::vector<std::pair<std::string, CommandRow>>& commands();
/// nullptr: there is no such command.
const CommandRow* row_of(const std::string& name);
std::vector<std::string> command_names();

}  // namespace mailprobe::app
