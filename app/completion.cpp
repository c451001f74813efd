#include "app/completion.h"

#include <algorithm>
#include <array>

#include "app/commands.h"
#include "app/exit_status.h"
#include "base/vocabulary.h"
#include "scenarios/suites.h"

namespace mailprobe::app {

namespace {

/// Options whose value is one of a few words.
std::vector<std::string> choices_of(std::string_view option) {
  if (option == "--color") return {"auto", "always", "never"};
  if (option == "--fail-on") return {"warn"};
  if (option == "--canonicalization") return {"relaxed/relaxed", "relaxed/simple", "simple/relaxed", "simple/simple"};
  if (option != "--tls") return {};
  std::vector<std::string> floors;
  floors.reserve(std::size(mailprobe::Words<TlsFloor>::table));
  for (const auto& [value, word] : mailprobe::Words<TlsFloor>::table) floors.emplace_back(word);
  return floors;
}

std::vector<std::string> suite_names() {
  std::vector<std::string> names;
  for (const auto& suite : scenarios::suites()) names.emplace_back(suite.name);
  return names;
}

}  // namespace

Expected expected_after(const OptionWords& option) {
  constexpr std::array<std::string_view, 6> files{"FILE", "FILE|-", "FILE...", "LIST", "PREFIX", "DIR"};
  const bool of_files = std::ranges::find(files, option.value) != files.end();
  return {.words = choices_of(option.names.back()), .files = of_files};
}

Expected expected_of(const CommandWords& command) {
  if (command.name == "run") return {.words = suite_names(), .files = true};
  if (command.name == "verify" || command.name == "sign" || command.name == "templates")
    return {.words = {}, .files = true};
  if (command.name == "report" || command.name == "diff") return {.words = {"last"}, .files = true};
  if (command.name == "collect") return {.words = {"last"}};
  if (command.name == "suppress") return {.words = {"list", "add", "remove"}};
  if (command.name == "schema") return {.words = {"scenario", "evidence"}};
  if (command.name == "completion") return {.words = {"bash", "zsh", "fish"}};
  return {};
}

std::string completion(Shell shell, const std::vector<CommandWords>& table) {
  switch (shell) {
    case Shell::bash: return bash_completion(table);
    case Shell::zsh: return zsh_completion(table);
    case Shell::fish: return fish_completion(table);
  }
  return {};
}

int run(const CompletionCommand& command, const Setting&) {
  write_out(completion(command.shell, command_table()));
  return exit_ok;
}

}  // namespace mailprobe::app
