// The command line as a shell completes it, from its definition: bash, zsh and fish. Text in, script out.
#pragma once

#include <string>
#include <vector>

#include "app/command_syntax.h"
#include "app/options.h"

namespace mailprobe::app {

std::string completion(Shell shell, const std::vector<CommandWords>& table);

/// What may stand after an option or a command besides options: words, files, or what nobody can guess.
struct Expected {
  std::vector<std::string> words;
  bool files = false;
};
Expected expected_after(const OptionWords& option);
Expected expected_of(const CommandWords& command);

// A shell each, for completion().
std::string bash_completion(const std::vector<CommandWords>& table);
std::string zsh_completion(const std::vector<CommandWords>& table);
std::string fish_completion(const std::vector<CommandWords>& table);

}  // namespace mailprobe::app
