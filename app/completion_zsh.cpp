#include "app/completion.h"
#include "base/text.h"

namespace mailprobe::app {

namespace {

/// Within '…': a quote ends it, and what _arguments reads of a description is escaped.
std::string quoted(std::string_view text, std::string_view special) {
  std::string out;
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else if (c == '\n')
      out += ' ';
    else if (special.contains(c))
      out += std::string("\\") + c;
    else
      out += c;
  }
  return out;
}

std::string action_of(const Expected& expected) {
  std::string words;
  for (const auto& word : expected.words) words += (words.empty() ? "" : " ") + word;
  if (expected.files) return words.empty() ? "_files" : "{_files; compadd " + words + "}";
  return words.empty() ? " " : "(" + words + ")";
}

/// A line for each of its names.
std::string option_lines(const OptionWords& option) {
  std::string lines;
  for (const auto& name : option.names) {
    lines += "        '*" + name + "[" + quoted(option.help, "[]:\\") + "]";
    if (!option.value.empty())
      lines += ":" + quoted(option.value, ":\\") + ":" + quoted(action_of(expected_after(option)), "");
    lines += "' \\\n";
  }
  return lines;
}

std::string command_case(const CommandWords& command) {
  std::string text = "      " + command.name + ") _arguments \\\n";
  for (const auto& option : command.options) text += option_lines(option);
  return text + "        '*:: :" + quoted(action_of(expected_of(command)), "") + "' ;;\n";
}

}  // namespace

std::string zsh_completion(const std::vector<CommandWords>& table) {
  std::string commands, cases, common;
  for (const auto& command : table) {
    if (command.name.empty()) {
      for (const auto& option : command.options) common += option_lines(option);
      continue;
    }
    commands += "    '" + command.name + ":" + quoted(command.description, ":\\") + "'\n";
    cases += command_case(command);
  }
  return "#compdef mailprobe\n"
         "# zsh completion for mailprobe: as _mailprobe into a folder of $fpath\n"
         "_mailprobe() {\n"
         "  local curcontext=\"$curcontext\" state line\n"
         "  local -a commands\n"
         "  commands=(\n" +
         commands +
         "  )\n"
         "  _arguments -C \\\n" +
         common +
         "        '1: :->command' '*:: :->rest'\n"
         "  case $state in\n"
         "    command) _describe command commands ;;\n"
         "    rest) case $line[1] in\n" +
         cases +
         "    esac ;;\n"
         "  esac\n"
         "}\n"
         "if [ \"$funcstack[1]\" = _mailprobe ]; then _mailprobe \"$@\"; else compdef _mailprobe mailprobe; fi\n";
}

}  // namespace mailprobe::app
