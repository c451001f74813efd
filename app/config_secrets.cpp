#include <algorithm>

#include "app/config_files.h"
#include "app/config_sections.h"
#include "base/text.h"

namespace mailprobe::app {

namespace {

struct Sources {
  std::optional<Word> password_command, token_command, password_file;
};

/// A password in the file itself is refused under each name that one might try.
Sources read_sources(Fields& account, const std::string& variable) {
  for (const auto* key : {"password", "pass", "secret", "token"})
    account.refuse(key, std::string("\"") + key +
                            "\" in the file itself is refused: use password_command, "
                            "password_file or the variable " +
                            variable);
  return {.password_command = account.word("password_command"),
          .token_command = account.word("token_command"),
          .password_file = account.word("password_file")};
}

void check_commands(const Sources& sources, ConfigContext& context) {
  for (const auto* word : {&sources.password_command, &sources.token_command})
    if (*word && !context.may_run_commands) context.note((*word)->line, context.may_run_commands.error());
}

void check_file(const Sources& sources, ConfigContext& context) {
  if (!sources.password_file) return;
  if (auto ok = check_private_file(context.path(*sources.password_file), "password file"); !ok)
    context.note(sources.password_file->line, ok.error());
}

}  // namespace

std::string password_variable(const std::string& kind, const std::string& name) {
  std::string upper = name;
  std::ranges::transform(upper, upper.begin(), [](char c) {
    if (c >= 'a' && c <= 'z') return static_cast<char>(c - 'a' + 'A');
    return is_alpha(c) || is_digit(c) ? c : '_';
  });
  return "MAILPROBE_" + kind + "_" + upper + "_PASSWORD";
}

probe::SecretSource read_secret(Fields& account, const std::string& kind, const std::string& name,
                                ConfigContext& context) {
  const auto variable = password_variable(kind, name);
  const auto sources = read_sources(account, variable);
  probe::SecretSource secret;
  const int count =
      (sources.password_command ? 1 : 0) + (sources.token_command ? 1 : 0) + (sources.password_file ? 1 : 0);
  if (count > 1)
    context.problems.add(account.line(), "\"" + account.where() +
                                             "\" has more than one of password_command, "
                                             "password_file and token_command: keep one");
  // A variable goes over the file.
  if (auto value = context.environment.get(variable)) {
    secret.value = Secret(std::move(*value));
    return secret;
  }
  if (sources.password_command) secret.command = sources.password_command->text;
  if (sources.token_command) secret.token_command = sources.token_command->text;
  if (sources.password_file) secret.file = context.path(*sources.password_file).string();
  if (!context.needs.secrets) return secret;
  check_commands(sources, context);
  check_file(sources, context);
  if (count == 0)
    context.problems.add(account.line(), "\"" + account.where() +
                                             "\" has no password: set password_command, "
                                             "password_file (mode 0600), token_command or the variable " +
                                             variable);
  return secret;
}

}  // namespace mailprobe::app
