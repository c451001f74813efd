// A client's command lines as a server reads them: paths and parameters, never more than the line holds.
#include <cstdint>
#include <cstdlib>

#include "smtp/command_line.h"
#include "smtp/commands.h"

namespace {

using namespace mailprobe;

void check(bool holds) {
  if (!holds) std::abort();
}

/// A path that was understood is one that our client can say, and that is understood again.
void check_path(const smtp::PathArgument& argument) {
  const auto line = smtp::Command::mail(argument.path, {}).line();
  check(line.find_first_of("\r\n") == std::string::npos);
  const auto again = smtp::parse_path_argument(line.substr(5), "FROM:", "mx.test");
  check(again && again->path.text() == argument.path.text());
  (void)smtp::check_mail_parameters(argument, 1000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto command = smtp::parse_command(line);
  if (!command) return 0;
  check(command->argument.size() <= size);
  if (const auto from = smtp::parse_path_argument(command->argument, "FROM:", "mx.test")) check_path(*from);
  if (const auto to = smtp::parse_path_argument(command->argument, "TO:", "mx.test")) check_path(*to);
  (void)smtp::parse_bdat(command->argument);
  return 0;
}
