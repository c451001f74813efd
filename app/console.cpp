#include "app/console.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include "base/text.h"

namespace mailprobe::app {

namespace {

constexpr int narrowest = 40, widest = 120;

bool speaks_utf8(const Environment& environment) {
  for (const auto* name : {"LC_ALL", "LC_CTYPE", "LANG"})
    if (const auto value = environment.get(name))
      return ifind(*value, "utf-8") != std::string::npos || ifind(*value, "utf8") != std::string::npos;
  return false;
}

int terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return std::clamp(static_cast<int>(size.ws_col), narrowest, widest);
}

bool colored(ColorChoice choice, const Environment& environment, bool dumb) {
  if (choice != ColorChoice::automatic) return choice == ColorChoice::always;
  return ::isatty(STDOUT_FILENO) == 1 && !dumb && !environment.get("NO_COLOR");  // no-color.org
}

int output_error = 0;  // the first of standard output that is a loss

/// The error, or 0.
int write_to(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

}  // namespace

Console make_console(ColorChoice choice, const Environment& environment) {
  const bool dumb = environment.get("TERM").value_or("dumb") == "dumb";
  return {.color = colored(choice, environment, dumb),
          .live = ::isatty(STDERR_FILENO) == 1 && !dumb,
          .utf8 = speaks_utf8(environment),
          .width = terminal_width()};
}

void write_out(std::string_view text) {
  const int error = write_to(STDOUT_FILENO, text);
  if (error != EPIPE && output_error == 0) output_error = error;
}

std::optional<std::string> lost_output() {
  const int error = std::exchange(output_error, 0);
  if (error == 0) return std::nullopt;
  return "cannot write standard output: " + std::generic_category().message(error);
}

void write_err(std::string_view text) { (void)write_to(STDERR_FILENO, text); }

void ignore_broken_pipes() { (void)std::signal(SIGPIPE, SIG_IGN); }

void leave_no_core() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_CORE, &limit) != 0) return;
  limit.rlim_cur = 0;
  (void)::setrlimit(RLIMIT_CORE, &limit);
}

void hold_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(descriptor, F_GETFD) < 0)  // opened the wrong way round, so that its use fails and is told
      (void)::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

}  // namespace mailprobe::app
