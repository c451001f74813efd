#include <set>

#include "app/completion.h"

namespace mailprobe::app {

namespace {

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : std::string(between)) + word;
  return text;
}

/// Words for compgen, which splits at IFS: a line feed there, so that names of files may have spaces.
std::string list(const std::vector<std::string>& words) { return "$'" + joined(words, "\\n") + "'"; }

/// What an option's value can be: the same wherever the option stands.
std::string value_cases(const std::vector<CommandWords>& table) {
  std::string cases;
  std::set<std::string> told;
  for (const auto& command : table)
    for (const auto& option : command.options) {
      if (option.value.empty() || !told.insert(option.names.back()).second) continue;
      const auto expected = expected_after(option);
      cases += "    " + joined(option.names, "|") + ") ";
      if (!expected.words.empty()) cases += "COMPREPLY=($(compgen -W " + list(expected.words) + " -- \"$cur\")); ";
      if (expected.files) cases += "COMPREPLY=($(compgen -f -- \"$cur\")); ";
      cases += "return ;;\n";
    }
  return cases;
}

std::string command_case(const CommandWords& command, const std::vector<std::string>& commands) {
  const auto expected = expected_of(command);
  auto words = command.name.empty() ? commands : expected.words;
  for (const auto& option : command.options) words.insert(words.end(), option.names.begin(), option.names.end());
  return "    " + (command.name.empty() ? "*" : command.name) + ") words=" + list(words) +
         (expected.files ? " files=1" : "") + " ;;\n";
}

}  // namespace

std::string bash_completion(const std::vector<CommandWords>& table) {
  std::vector<std::string> commands;
  std::string cases;
  for (const auto& command : table)
    if (!command.name.empty()) commands.push_back(command.name);
  for (auto command = table.rbegin(); command != table.rend(); ++command) cases += command_case(*command, commands);
  return "# bash completion for mailprobe: source it, or put it into bash-completion's folder\n"
         "_mailprobe() {\n"
         "  local IFS=$'\\n' cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= word words "
         "files=\n"
         "  COMPREPLY=()\n"
         "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
         "    case $word in " +
         joined(commands, "|") +
         ") command=$word; break ;; esac\n"
         "  done\n"
         "  case $prev in\n" +
         value_cases(table) +
         "  esac\n"
         "  case $command in\n" +
         cases +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
         "  if [[ -n $files && $cur != -* ]]; then COMPREPLY+=($(compgen -f -- \"$cur\")); fi\n"
         "}\n"
         "complete -o filenames -F _mailprobe mailprobe\n";
}

}  // namespace mailprobe::app
