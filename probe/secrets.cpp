#include "probe/secrets.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/text.h"
#include "probe/command.h"

namespace mailprobe::probe {

namespace {

constexpr std::size_t max_secret = 64 * 1024;
constexpr auto command_time = std::chrono::seconds(60);  // somebody may have to unlock a key

/// The first line: what password managers print, and what a text file has.
Secret first_line(const Secret& text) {
  const std::string_view all = text.reveal();
  auto line = all.substr(0, all.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return Secret(std::string(line));
}

std::unexpected<Error> bad(const std::string& whose, const std::string& why) {
  return fail(Failure::usage, whose + ": " + why);
}

Result<Secret> from_file(const std::string& whose, const std::string& path) {
  const auto file = File::open(path, O_RDONLY);
  if (!file) return bad(whose, file.error().message);
  struct stat facts{};
  if (::fstat(file->descriptor(), &facts) != 0 || !S_ISREG(facts.st_mode)) return bad(whose, path + " is not a file");
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) return bad(whose, path + " can be read by others: chmod 600 " + path);
  auto text = read_all(*file, max_secret, path);
  if (!text) return bad(whose, text.error().message);
  return Secret(std::move(*text));
}

Task<Result<Secret>> from_command(std::string whose, std::string command) {
  auto output = co_await command_output(command, command_time);
  if (!output && output.error().kind == Failure::usage) co_return bad(whose, output.error().message);
  co_return output;
}

Task<Result<Secret>> read_source(std::string whose, SecretSource source) {
  if (source.command) co_return co_await from_command(std::move(whose), *source.command);
  if (source.token_command) co_return co_await from_command(std::move(whose), *source.token_command);
  if (source.file) co_return from_file(whose, *source.file);
  if (source.value) co_return *source.value;
  co_return bad(whose, "no password is configured (password_command, password_file, token_command)");
}

}  // namespace

void tell_of_command(const Progress& progress, const std::string& whose, const SecretSource& source) {
  if (source.command) progress.say("asking password_command for the password of " + whose);
  if (source.token_command) progress.say("asking token_command for the token of " + whose);
}

Task<Result<sasl::Credentials>> read_credentials(std::string whose, std::string user, SecretSource source) {
  const auto text = co_await read_source(whose, source);
  if (!text) co_return std::unexpected(text.error());
  sasl::Credentials credentials{
      .user = std::move(user),
      .secret = source.value ? *text : first_line(*text),
      .proof = source.token_command ? sasl::Proof::token : sasl::Proof::password,
  };
  if (credentials.secret.empty()) co_return bad(whose, "the password is empty");
  co_return credentials;
}

}  // namespace mailprobe::probe
