#include "app/completion.h"

namespace mailprobe::app {

namespace {

/// In fish's single quotes only \ and ' are special.
std::string in_single_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out + "'";
}

std::string words_of(const Expected& expected) {
  std::string words;
  for (const auto& word : expected.words) words += (words.empty() ? "" : " ") + word;
  return (words.empty() ? "" : " -a " + in_single_quotes(words)) + (expected.files ? " -F" : "");
}

std::string option_line(const std::string& condition, const OptionWords& option) {
  std::string line = "complete -c mailprobe -n " + in_single_quotes(condition);
  for (const auto& name : option.names)
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (!option.value.empty()) line += " -r" + words_of(expected_after(option));
  return line + " -d " + in_single_quotes(option.help) + "\n";
}

}  // namespace

std::string fish_completion(const std::vector<CommandWords>& table) {
  std::string text =
      "# fish completion for mailprobe: into ~/.config/fish/completions/\n"
      "complete -c mailprobe -f\n";
  for (const auto& command : table) {
    const bool program = command.name.empty();
    const auto condition =
        program ? std::string("__fish_use_subcommand") : "__fish_seen_subcommand_from " + command.name;
    if (!program) {
      text += "complete -c mailprobe -n __fish_use_subcommand -a " + command.name + " -d " +
              in_single_quotes(command.description) + "\n";
      if (const auto words = words_of(expected_of(command)); !words.empty())
        text += "complete -c mailprobe -n " + in_single_quotes(condition) + words + "\n";
    }
    for (const auto& option : command.options) text += option_line(condition, option);
  }
  return text;
}

}  // namespace mailprobe::app
